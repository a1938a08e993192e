import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { Refusal } from "./problems";
import type { NetworkService } from "./routes";

/** Requests a minute; ten times what a network of thousands of sites sends in its worst burst. */
const REQUESTS_PER_NETWORK = 30_000;
const FAILURES_PER_ADDRESS = 100;

export interface Limits {
  /** @throws Refusal 429 when the network has used up its requests of this minute. */
  admit(
    network: Pick<NetworkService, "id" | "requestsPerMinute">,
  ): Promise<void>;
  /** @throws Refusal 429 instead of one more 401 to an address that keeps sending bad signatures. */
  countFailure(address: string): Promise<void>;
}

/** Limits in memory. Good signatures always pass, so that a flood of bad ones never locks WordPress out. */
export function createLimits({
  requestsPerNetwork = REQUESTS_PER_NETWORK,
  failuresPerAddress = FAILURES_PER_ADDRESS,
} = {}): Limits {
  // One for each limit that some network has; the counts are kept by network.
  const limiters = new Map<number, RateLimiterMemory>();
  const networks = (points: number): RateLimiterMemory => {
    const limiter =
      limiters.get(points) ?? new RateLimiterMemory({ points, duration: 60 });
    limiters.set(points, limiter);
    return limiter;
  };
  const addresses = new RateLimiterMemory({
    points: failuresPerAddress,
    duration: 60,
  });
  return {
    admit: ({ id, requestsPerMinute = requestsPerNetwork }) =>
      consume(networks(requestsPerMinute), id),
    countFailure: (address) => consume(addresses, address),
  };
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw new Refusal(
      429,
      "rate-limited",
      { seconds },
      { "retry-after": String(seconds) },
    );
  }
}
