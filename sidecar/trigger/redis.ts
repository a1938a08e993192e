import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis } from "rate-limiter-flexible";
import type { Clock } from "../clock";
import type { Logger } from "../log/logger";

/** How long one command may take before Redis counts as away, and how often it is tried then, in milliseconds. */
const PATIENCE_MS = 2_000;

/** Within this time errors of a Redis that answers are logged once, and none after its return, in milliseconds. */
const QUIET_MS = 60_000;

export interface RedisLinkOptions {
  url: string;
  clock: Clock;
  logger: Logger;
}

/**
 * The sidecar's connections to Redis, and whether Redis is there. While it is away every attempt fails at once, so that
 * nobody waits; the log says so once, and once when it is back.
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
  #isClosed = false;
  #cancelRetry: () => void = () => undefined;
  #lastError = "no answer";
  #quietFrom = -Infinity;

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
        this.#lastError = error.message;
      });
      client.on("ready", () => {
        if (this.#isReady) this.#connected();
      });
    }
  }

  /** `away` when Redis is lost, `back` when it answers again: it may have lost everything meanwhile. */
  listen(listener: { away(): void; back(): void }): void {
    this.#listeners.push(listener);
  }

  /**
   * @throws Error at once while Redis is away, and when the work fails or takes too long: then Redis is away. Where
   * BullMQ says no, Redis is there.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isAway) throw new Error("Redis is away");
    try {
      return await this.#inTime(work());
    } catch (error) {
      if (!isRefusal(error)) this.#lost(error);
      throw error;
    }
  }

  /** Finds out whether Redis is there and takes what is written. */
  async isThere(): Promise<boolean> {
    return this.attempt(() => this.#write()).then(
      () => true,
      () => false,
    );
  }

  /** Notes an error that BullMQ met: where Redis answers all the same, it is logged once in a while. */
  note(error: Error): void {
    const now = this.#clock.now();
    // A time in the future comes from a clock that was wrong.
    if (this.#isAway || Math.abs(now - this.#quietFrom) < QUIET_MS) return;
    this.#quietFrom = now;
    void this.isThere().then((isThere) => {
      const detail = error.message;
      if (isThere) this.#logger.warn("the queue reports an error", { detail });
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRetry();
    this.commands.disconnect();
    this.patient.disconnect();
  }

  get #isReady(): boolean {
    return [this.commands, this.patient].every(
      ({ status }) => status === "ready",
    );
  }

  #connected(): void {
    if (!this.#wasReady) void this.#checkEviction();
    if (this.#isAway) void this.#retry();
    // A restart that no command noticed: it may have lost everything all the same.
    else if (this.#wasReady) this.#tell("back");
    this.#wasReady = true;
  }

  /** Lanes survive the loss of any key, but each loss delays work and may repeat some. */
  async #checkEviction(): Promise<void> {
    // Where the account may not read it, BullMQ cannot work either and reports it.
    const info = await this.commands.info("memory").catch(() => "");
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
    if (policy !== "noeviction")
      this.#logger.warn(
        "Redis may drop jobs when its memory is full: set its maxmemory-policy to noeviction",
        { policy },
      );
  }

  #lost(error: unknown): void {
    if (this.#isAway || this.#isClosed) return;
    this.#isAway = true;
    const { message } = error as Error;
    this.#logger.warn(
      "Redis is away: this sidecar works on its own until it is back",
      { detail: this.#isReady ? message : this.#lastError },
    );
    this.#tell("away");
    this.#retryLater();
  }

  #retryLater(): void {
    this.#cancelRetry();
    if (!this.#isClosed)
      this.#cancelRetry = this.#clock.after(
        PATIENCE_MS,
        () => void this.#retry(),
      );
  }

  /** Tries a Redis that is away, again and again until it answers. */
  async #retry(): Promise<void> {
    try {
      if (!this.#isReady) throw new Error("not connected");
      await this.#inTime(this.#write());
    } catch {
      this.#retryLater();
      return;
    }
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#quietFrom = this.#clock.now();
    this.#logger.info("Redis is back");
    this.#tell("back");
  }

  /** One that is full or a replica answers, but is of no use. */
  #write(): Promise<unknown> {
    return this.commands.set("{domain-bridge}:probe", "", "PX", PATIENCE_MS);
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

/** BullMQ's own errors, such as that a job is gone, have a number for their code. */
function isRefusal(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === "number";
}

/** Connecting goes on in the background; the password in the address never reaches the log. */
export function openRedis(
  url: string,
  { clock, logger }: Omit<RedisLinkOptions, "url">,
): RedisLink {
  const { password } = new URL(url);
  for (const secret of [password, decodeURIComponent(password)])
    if (secret) logger.redact.add(secret);
  return new RedisLink({ url, clock, logger });
}

/** Counts an account's calls of all sidecars; while Redis is away each sidecar counts its own. */
export function createRedisLimiter(
  link: RedisLink,
  perMinute: number,
): RateLimiterRedis {
  const limits = { points: perMinute, duration: 60 };
  return new RateLimiterRedis({
    ...limits,
    storeClient: link.commands,
    keyPrefix: "{domain-bridge}:budget",
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(limits),
  });
}
