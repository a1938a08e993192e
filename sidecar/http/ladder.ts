import type { Request } from "express";
import type { Clock } from "../clock";
import { isKnownError } from "../errors";
import { authenticate, type Networks } from "./authenticate";
import type { Limits } from "./limits";
import { Refusal } from "./refusal";
import type { ReplayMemory } from "./replay-memory";
import type { Answer, Replay, Route } from "./routes";
import type { NetworkService } from "./service";

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
  return work({ network, correlationId });
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
