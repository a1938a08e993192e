import { type RequestListener, type Server, createServer } from "node:http";
import type { Duplex } from "node:stream";
import { Refusal, problemOf } from "./problems";

/** Milliseconds that a client may take; slow ones are cut off, so that they cannot use up the connections. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 15_000;
const KEEP_ALIVE_TIMEOUT = 5_000;
const CHECK_INTERVAL = 1_000;

/** How long a client may take to read its refusal, in milliseconds: one that never does must not keep a connection. */
const REFUSAL_TIMEOUT = 1_000;

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 1024;

/** An HTTP server with the limits that slow, greedy and broken clients meet before the app sees them. */
export function createHttpServer(
  app: RequestListener,
  limits: { headersTimeout?: number; requestTimeout?: number } = {},
): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      connectionsCheckingInterval: CHECK_INTERVAL,
      maxHeaderSize: MAX_HEADER_BYTES,
      ...limits,
    },
    app,
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on("clientError", refuse);
  return server;
}

/** What Node could not read as a request gets the same kind of answer as everything else. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? 408
      : error.code === "HPE_HEADER_OVERFLOW"
        ? 431
        : 400;
  const detail = error.code ?? "unknown";
  const refusal = new Refusal(status, "request-malformed", { detail });
  const body = JSON.stringify(problemOf(refusal));
  const head = [
    `HTTP/1.1 ${status} ${refusal.reason}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), REFUSAL_TIMEOUT).unref();
}
