import type { Request } from "express";
import type { Clock } from "../clock";
import { TOLERANCE_SECONDS, verify } from "../contract/signature";
import { isKnownError } from "../errors";
import type { Limits } from "./limits";
import { Refusal } from "./problems";
import type { Answer, NetworkService, Replay, Route } from "./routes";

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

/** A signature from a clock that runs ahead stays good for twice the tolerance. */
const KEEP_MS = 2 * TOLERANCE_SECONDS * 1000;

/** About 20 MB; 10,000 requests a minute for as long as an id is kept are half of it. */
const MOST_IDS = 200_000;

export interface ReplayMemory {
  /** False when the id was claimed before. */
  claim(id: string): boolean;
}

/** Remembers ids of accepted requests for as long as their signatures are good; the oldest give way when it is full. */
export function createReplayMemory(
  clock: Clock,
  most: number = MOST_IDS,
): ReplayMemory {
  const expiries = new Map<string, number>();
  return {
    claim(id) {
      const now = clock.now();
      for (const [oldest, expiry] of expiries) {
        if (expiry >= now && expiries.size < most) break;
        expiries.delete(oldest);
      }
      if (expiries.has(id)) return false;
      expiries.set(id, now + KEEP_MS);
      return true;
    },
  };
}

export interface LadderDeps {
  networks: Networks;
  clock: Clock;
  limits: Limits;
  memory: ReplayMemory;
  stopping: () => boolean;
}

/**
 * The ladder of refusals, each with its own status, from the cheapest and least telling to the last: 413 (before, by
 * the body reader), 415, 401, 409, 400, 404, 422, 429, 503. `route` is a refusal where there is nothing to be had.
 *
 * @throws Refusal, or what the network's service throws.
 */
export async function climb(
  request: Request<{ id: string }>,
  correlationId: string,
  route: Route | Refusal,
  { networks, clock, limits, memory, stopping }: LadderDeps,
): Promise<Answer> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  if (hasBody && !isJson(request.headers["content-type"])) {
    throw new Refusal(415, "body-not-json");
  }
  const { network, webhookId } = await authenticate(
    request,
    body,
    clock.now(),
    networks,
    limits,
  );
  if (route instanceof Refusal) throw route;

  const input = hasBody ? parse(body) : request.query;
  const replay =
    typeof route.replay === "function" ? route.replay(input) : route.replay;
  if (!(await claim(network, webhookId, replay, memory))) {
    throw new Refusal(409, "request-replayed");
  }
  if (input === undefined) throw new Refusal(400, "body-malformed");
  const work = route.prepare(input);
  await limits.admit(network);
  if (stopping()) {
    throw new Refusal(
      503,
      "shutting-down",
      {},
      { "retry-after": "5", connection: "close" },
    );
  }
  return work({ network, correlationId, params: request.params });
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(
    contentType ?? "",
  );
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The parsed body; undefined, which JSON does not know, where it is malformed. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    return undefined;
  }
}

/** False when a request with this id was accepted before. */
async function claim(
  network: NetworkService,
  webhookId: string,
  replay: Replay,
  memory: ReplayMemory,
): Promise<boolean> {
  if (replay === "none") return true;
  const inMemory = (): boolean => memory.claim(`${network.id} ${webhookId}`);
  if (replay === "memory") return inMemory();
  try {
    return await network.claimRequest(webhookId);
  } catch (error) {
    // A check must be able to say that the database is away.
    if (replay !== "database-preferred" || !isKnownError(error)) throw error;
    return inMemory();
  }
}
