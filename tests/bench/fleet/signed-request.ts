import { randomUUID } from "node:crypto";
import { sign } from "../../../sidecar/contract/signature";
import { sidecarSecret } from "../../stack/stack";

/** A signed request with events, as the plugin sends it, ready to be written to a socket. */
export function signedEvents(
  network: string,
  events: readonly object[],
): Buffer {
  const body = JSON.stringify({ events });
  const target = `/v1/networks/${network}/events`;
  const headers = {
    host: "127.0.0.1",
    ...sign({
      secrets: [sidecarSecret],
      id: `msg_${randomUUID()}`,
      timestamp: Math.floor(Date.now() / 1000),
      method: "POST",
      target,
      body,
    }),
    "content-type": "application/json",
    accept: "application/json",
    "x-correlation-id": "wp-0123456789abcdef",
    "content-length": String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`POST ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}
