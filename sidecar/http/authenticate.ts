import type { Request } from "express";
import { verify } from "../signature";
import type { Limits } from "./limits";
import { Refusal } from "./refusal";
import type { NetworkService } from "./service";

export interface Networks {
  get(id: string): NetworkService | undefined;
  all(): Iterable<NetworkService>;
}

/** Bytes that may be hashed to tell whether a request for an unknown network comes from one that is known. */
const MOST_HASHED = 32 * 1024 * 1024;

/** About what a request's line and headers add to its body. */
const SIGNED_OVERHEAD = 256;

/**
 * The network that a request is for and the request's id, once its raw bytes are verified.
 *
 * @throws Refusal 401 without a good signature (429 after too many), 404 for an unknown network.
 */
export async function authenticate(
  request: Request<{ id: string }>,
  body: Buffer,
  nowMs: number,
  networks: Networks,
  limits: Limits,
): Promise<{ network: NetworkService; webhookId: string }> {
  const signed = {
    headers: request.headers,
    method: request.method,
    target: request.originalUrl,
    body,
    nowMs,
  };
  const network = networks.get(request.params.id);
  const secrets = network?.secrets ?? [];
  const verified = verify({ ...signed, secrets });
  if (network && verified.ok) return { network, webhookId: verified.id };

  await limits.countFailure(request.socket.remoteAddress ?? "unknown");
  // Who cannot sign for any network does not learn which ones exist.
  if (!network) {
    const known = [...networks.all()].flatMap((other) => other.secrets);
    const cost = known.length * (body.length + SIGNED_OVERHEAD);
    if (cost <= MOST_HASHED && verify({ ...signed, secrets: known }).ok) {
      throw new Refusal(404, "network-unknown", { network: request.params.id });
    }
  }
  throw verified.ok
    ? new Refusal(401, "signature-invalid")
    : new Refusal(401, verified.reason, verified.params);
}
