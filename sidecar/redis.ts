import { Redis } from "ioredis";
import type { Clock } from "./clock";
import type { Logger } from "./log/logger";

/** How long one command may take before Redis counts as away, in milliseconds. */
const PATIENCE_MS = 2_000;

/** How long after its return BullMQ may still speak of what it met while Redis was away, in milliseconds. */
const SETTLING_MS = 30_000;

/** Within this time, errors of a Redis that answers are told once, in milliseconds. */
const QUIET_MS = 60_000;

/** Connecting goes on in the background; the password in the address never reaches the log. */
export function openRedis(
  url: string,
  options: Omit<RedisLinkOptions, "url">,
): RedisLink {
  const { password } = new URL(url);
  for (const secret of [password, decodeURIComponent(password)])
    if (secret) options.logger.redact.add(secret);
  return new RedisLink({ url, ...options });
}

export interface RedisLinkOptions {
  url: string;
  clock: Clock;
  logger: Logger;
}

/**
 * The sidecar's connections to Redis, and whether Redis is there. While it is away every attempt fails at once, so that
 * nobody waits; the log hears of it once, and once when it is back.
 */
export class RedisLink {
  /** For commands that are given up when they take too long. */
  readonly commands: Redis;
  /** For BullMQ, whose commands wait for Redis to come back. */
  readonly patient: Redis;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners: { away(): void; back(): void }[] = [];
  #isAway = false;
  #wasReady = false;
  #lastTrouble = "no answer";
  #toldAt = -Infinity;
  #backAt = -Infinity;

  constructor({ url, clock, logger }: RedisLinkOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.commands = new Redis(url, {
      maxRetriesPerRequest: 1,
      commandTimeout: PATIENCE_MS,
    });
    this.patient = new Redis(url, { maxRetriesPerRequest: null });
    for (const client of [this.commands, this.patient]) {
      client.on("error", (error: Error) => {
        this.#lastTrouble = error.message;
      });
      client.on("ready", () => {
        if (!this.#isReady) return;
        if (this.#wasReady || this.#isAway) this.#tell("back");
        this.#wasReady = true;
      });
    }
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  /** `away` when Redis is lost, `back` when the connections stand again: it may have lost everything meanwhile. */
  listen(listener: { away(): void; back(): void }): void {
    this.#listeners.push(listener);
  }

  /** @throws Error at once while Redis is away, and when the work fails or takes too long: then Redis is away. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isAway) throw new Error("Redis is away");
    try {
      return await this.#inTime(work());
    } catch (error) {
      this.#lost(error);
      throw error;
    }
  }

  /** Finds out whether Redis is there. */
  async look(): Promise<boolean> {
    try {
      if (this.#isAway && !this.#isReady) return false;
      await this.#inTime(this.commands.ping());
    } catch (error) {
      this.#lost(error);
      return false;
    }
    if (this.#isAway) {
      this.#isAway = false;
      this.#backAt = this.#clock.now();
      this.#logger.info("Redis is back");
    }
    return true;
  }

  /** Notes an error that BullMQ met: where Redis answers all the same, the log hears of it once in a while. */
  note(error: Error): void {
    const now = this.#clock.now();
    // A time in the future comes from a clock that was wrong.
    if (this.#isAway || Math.abs(now - this.#backAt) < SETTLING_MS) return;
    if (Math.abs(now - this.#toldAt) < QUIET_MS) return;
    this.#toldAt = now;
    void this.look().then((isThere) => {
      const detail = error.message;
      if (isThere) this.#logger.warn("the queue reports an error", { detail });
    });
  }

  close(): void {
    this.commands.disconnect();
    this.patient.disconnect();
  }

  get #isReady(): boolean {
    return [this.commands, this.patient].every(
      ({ status }) => status === "ready",
    );
  }

  #lost(error: unknown): void {
    if (this.#isAway) return;
    this.#isAway = true;
    const { message } = error as Error;
    this.#logger.warn(
      "Redis is away: this sidecar works on its own until it is back",
      { detail: this.#isReady ? message : this.#lastTrouble },
    );
    this.#tell("away");
  }

  #tell(event: "away" | "back"): void {
    for (const listener of this.#listeners) listener[event]();
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => {
        reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`));
      });
      work.then(resolve, reject).finally(cancel);
    });
  }
}
