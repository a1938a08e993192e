import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { Refusal } from "./refusal";

/** Requests a minute; ten times what a network of thousands of sites sends in its worst burst. */
const REQUESTS_PER_NETWORK = 30_000;
const FAILURES_PER_ADDRESS = 100;

export interface Limits {
  /** @throws Refusal 429 when the network has used up its requests of this minute. */
  admit(networkId: string): Promise<void>;
  /** @throws Refusal 429 instead of one more 401 to an address that keeps sending bad signatures. */
  countFailure(address: string): Promise<void>;
}

/** Limits in memory. Good signatures always pass, so that a flood of bad ones never locks WordPress out. */
export function createLimits({
  requestsPerNetwork = REQUESTS_PER_NETWORK,
  failuresPerAddress = FAILURES_PER_ADDRESS,
} = {}): Limits {
  const networks = new RateLimiterMemory({
    points: requestsPerNetwork,
    duration: 60,
  });
  const addresses = new RateLimiterMemory({
    points: failuresPerAddress,
    duration: 60,
  });
  return {
    admit: (networkId) => consume(networks, networkId),
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
