import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
  socket: Socket;
}

/** What the API does with one request; none left = the last one again. */
export type Reply = (response: ServerResponse) => void;

export interface ScriptedApi {
  url: string;
  seen: SeenRequest[];
  /** Resolves when so many requests have come in. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Reply {
  return raw(status, JSON.stringify(body), {
    "content-type": "application/json",
    ...headers,
  });
}

export function raw(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Reply {
  return (response) => {
    response.writeHead(status, headers).end(body);
  };
}

export const reset: Reply = (response) => {
  response.destroy();
};

/** A loopback HTTP server that gives the replies in their order and keeps what it was asked. */
export async function startScriptedApi(
  ...replies: Reply[]
): Promise<ScriptedApi> {
  const seen: SeenRequest[] = [];
  const waiting = new Map<number, () => void>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => (body += part));
    request.on("end", () => {
      const { method = "", url = "", headers, socket } = request;
      seen.push({ method, path: url, headers, body, socket });
      waiting.get(seen.length)?.();
      replies[Math.min(seen.length, replies.length) - 1]?.(response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    seen,
    received: (count) =>
      new Promise((resolve) => {
        if (seen.length >= count) resolve();
        else waiting.set(count, resolve);
      }),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
