import { randomUUID } from "node:crypto";
import { sign } from "../../sidecar/contract/signature";
import { sidecarSecret } from "../stack/stack-options";

export interface SignedCall {
  readonly port: number;
  readonly method: string;
  /** Below the network's address. */
  readonly path: string;
  readonly body?: unknown;
  readonly id?: string;
  readonly secret?: string;
  /** Unix time in seconds. */
  readonly timestamp?: number;
}

export interface SignedAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Sends one request to a sidecar as the plugin does, or as somebody who gets something wrong. */
export async function signedCall(call: SignedCall): Promise<SignedAnswer> {
  const { port, method } = call;
  const target = `/v1/networks/default${call.path}`;
  const body = call.body === undefined ? "" : JSON.stringify(call.body);
  const headers = sign({
    secrets: [call.secret ?? sidecarSecret],
    id: call.id ?? `msg_${randomUUID()}`,
    timestamp: call.timestamp ?? Math.floor(Date.now() / 1000),
    method,
    target,
    body,
  });
  const answer = await fetch(`http://127.0.0.1:${port}${target}`, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    ...(body === "" ? {} : { body }),
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, unknown>,
  };
}
