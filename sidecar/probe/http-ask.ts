import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { TLSSocket } from "node:tls";

import type { Clock } from "../clock";
import type { Address, Unreachable } from "../reconcile/probes";

export interface HttpRequest {
  /** Scheme, path and query, and the host that goes into Host and SNI. What it resolves to is not asked here. */
  url: URL;
  /** Where to connect: an IP address, already checked, so that no second look-up can lead elsewhere. */
  to: Address;
  clock: Clock;
  /** From the first packet to the end of the answer, in milliseconds. */
  timeoutMs: number;
  /** PEM of the trusted CAs; default: Node's. */
  ca?: string | undefined;
  /** Sent by POST; default: a GET. */
  post?: { body: string; headers: Readonly<Record<string, string>> };
}

export interface HttpAnswer {
  kind: "http";
  status: number;
  location: string | null;
  /** At most 64 KB; what is longer is cut off. */
  body: string;
  /** Why the certificate is not good, or null; the exchange goes on in any case. */
  certificate: string | null;
  /** A proxy asks to prove oneself human. Source: Cloudflare, "Detect a Challenge Page response". */
  challenge: boolean;
}

export interface HttpFailure {
  kind: "failure";
  why: Unreachable["why"];
  detail: string;
}

const LARGEST_BODY_BYTES = 64 * 1024;

const reasons: Readonly<Record<string, Unreachable["why"]>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "time-out",
  ENETUNREACH: "no-route",
  EHOSTUNREACH: "no-route",
  EADDRNOTAVAIL: "no-route",
  EAFNOSUPPORT: "no-route",
};

/**
 * Sends one request, without cookies, credentials, proxy and reuse of connections; whatever goes wrong is an answer. A
 * certificate that is not good is told, not refused: nothing secret is sent.
 */
export function httpAsk(
  request: HttpRequest,
): Promise<HttpAnswer | HttpFailure> {
  const { url, to, clock, timeoutMs, ca, post } = request;
  const secure = url.protocol === "https:";
  return new Promise((resolve) => {
    let certificate: string | null = null;
    let shaken = !secure;
    let stop = (): void => undefined;
    const sent = (secure ? httpsRequest : httpRequest)({
      host: to.host,
      port: to.port,
      method: post === undefined ? "GET" : "POST",
      path: url.pathname + url.search,
      // An agent for this request only: a connection that is kept would not be checked again.
      agent: false,
      headers: {
        host: url.host,
        accept: "application/json",
        "accept-encoding": "identity",
        "cache-control": "no-cache",
        "user-agent": "domain-bridge-for-serverpilot",
        ...post?.headers,
      },
      servername: url.hostname,
      rejectUnauthorized: false,
      ca,
    });
    const finish = (result: HttpAnswer | HttpFailure): void => {
      stop();
      resolve(result);
      sent.destroy();
    };
    stop = clock.after(timeoutMs, () => {
      const detail = `no answer within ${timeoutMs / 1_000} seconds`;
      finish({ kind: "failure", why: "time-out", detail });
    });
    sent.on("socket", (socket) => {
      socket.once("secureConnect", () => {
        shaken = true;
        if (socket instanceof TLSSocket) certificate = faultOf(socket);
      });
    });
    sent.on("error", (error: NodeJS.ErrnoException) => {
      finish(failureOf(error, shaken));
    });
    sent.on("response", (response) => {
      void read(response).then((body) => {
        finish({
          kind: "http",
          status: response.statusCode ?? 0,
          location: response.headers.location ?? null,
          body,
          certificate,
          challenge: response.headers["cf-mitigated"] === "challenge",
        });
      });
    });
    sent.end(post?.body);
  });
}

/** What came of a body until it ended, broke off or became too long. */
async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= LARGEST_BODY_BYTES) break;
    }
  } catch {
    // The status has been read; a body that breaks off is no JSON, and so is no mapping.
  }
  return Buffer.concat(chunks).toString("utf8", 0, LARGEST_BODY_BYTES);
}

/** Node's types say Error; at run time it is a code as a string. */
function faultOf({ authorized, authorizationError }: TLSSocket): string | null {
  if (authorized) return null;
  const error: unknown = authorizationError;
  return typeof error === "string" ? error : "not trusted";
}

function failureOf(error: NodeJS.ErrnoException, shaken: boolean): HttpFailure {
  const detail = error.code ?? error.message;
  const known = reasons[detail];
  if (known !== undefined) return { kind: "failure", why: known, detail };
  const why = !shaken
    ? "tls"
    : detail.startsWith("HPE_")
      ? "not-http"
      : "closed";
  return { kind: "failure", why, detail };
}
