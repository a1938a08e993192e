import { createHash } from "node:crypto";
import type { Clock } from "../clock";
import { type KnownError, isKnownError } from "../errors";
import { followAction } from "../reconcile/follow-action";
import type {
  AppState,
  NetworkLock,
  ServerPilot,
  StateStore,
} from "../reconcile/ports";
import type { Finding } from "./dns-findings";

export interface SslWrites {
  /** Enables AutoSSL for what its certificate covers now; null failure = done, or not to be done again yet. */
  enable(app: AppState, serverPilot: ServerPilot): Promise<EnableResult>;
  /** Turns ForceSSL on where AutoSSL is on and force is not. */
  force(app: AppState, serverPilot: ServerPilot): Promise<void>;
  /** Whether AutoSSL was enabled so lately that the server may still be taking the certificate up. */
  settling(): boolean;
}

export interface EnableResult {
  /** AutoSSL was enabled just now, so what is served may have changed. */
  enabled: boolean;
  failure: Finding | null;
}

export interface SslWritesDeps {
  state: StateStore;
  lock: NetworkLock;
  clock: Clock;
  signal: AbortSignal | undefined;
  /** How often the app is read while a name waits for its certificate, in milliseconds. */
  pollMs: number;
}

/** The last attempt at a write, kept so that a restart does not repeat it early. */
interface Attempt {
  /** What it was for: enabling again makes sense when the certificate covers other names. */
  what: string;
  at: number;
  /** Attempts for the same, this one included. */
  count: number;
  failure: Finding | null;
}

const ENABLE_KEY = "autossl-enabled";
const FORCE_KEY = "ssl-forced";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const POLLS_AFTER_REFUSAL = 3;
const SETTLING_MS = 120_000;

/** ServerPilot's refusals of the write itself: they become the names' reason instead of ending the round. */
const refusals = new Set([
  "autossl-refused",
  "action-failed",
  "action-unfinished",
  "serverpilot-rejected",
]);

/**
 * The two writes to an app's SSL. Each holds the network's lock, reads the app again, and is not repeated for the same
 * names until an hour has passed (three polls after a refusal), twice as long each time, a day at most.
 */
export function createSslWrites(deps: Omit<SslWritesDeps, "signal">) {
  let enabledAt = -Infinity;
  const refusedMs = POLLS_AFTER_REFUSAL * deps.pollMs;

  return (signal: AbortSignal | undefined): SslWrites => ({
    async enable(app, serverPilot) {
      const kept = await lastAttempt(deps.state, ENABLE_KEY);
      const what = coveredBy(app);
      // Where AutoSSL is off although it was enabled, somebody turned it off meanwhile.
      const turnedOff = app.ssl?.auto !== true;
      if (
        kept?.what === what &&
        tooEarly(kept, turnedOff ? refusedMs : HOUR_MS)
      )
        return { enabled: false, failure: kept.failure };
      let tried = what;
      const failure = await attempt(async (stillHeld) => {
        const fresh = await serverPilot.getApp();
        if (fresh.autossl?.available !== true || fresh.ssl?.custom === true)
          return false;
        tried = coveredBy(fresh);
        await stillHeld();
        const { actionId } = await serverPilot.enableAutoSsl();
        await followAction(serverPilot, actionId, deps.clock, signal);
        return true;
      });
      if (failure === "unchanged") return { enabled: false, failure: null };
      await remember(ENABLE_KEY, kept, tried, failure);
      if (failure === null) enabledAt = deps.clock.now();
      return { enabled: failure === null, failure };
    },

    async force(app, serverPilot) {
      const kept = await lastAttempt(deps.state, FORCE_KEY);
      if (kept && tooEarly(kept, HOUR_MS)) return;
      const failure = await attempt(async (stillHeld) => {
        const fresh = await serverPilot.getApp();
        const grown = fresh.domains.some((name) => !app.domains.includes(name));
        if (fresh.ssl?.auto !== true || fresh.ssl.force || grown) return false;
        await stillHeld();
        const { actionId } = await serverPilot.setForceSsl(true);
        await followAction(serverPilot, actionId, deps.clock, signal);
        return true;
      });
      if (failure !== "unchanged")
        await remember(FORCE_KEY, kept, "force", failure);
    },

    settling: () => {
      const age = deps.clock.now() - enabledAt;
      return age >= 0 && age < SETTLING_MS;
    },
  });

  /** An attempt in the future comes from a clock that was wrong and forbids nothing. */
  function tooEarly({ at, count, failure }: Attempt, doneMs: number): boolean {
    const now = deps.clock.now();
    const first = failure === null ? doneMs : refusedMs;
    return at <= now && now - at < Math.min(first * 2 ** (count - 1), DAY_MS);
  }

  /** Null = written; "unchanged" = there was nothing to write; else why ServerPilot did not do it. */
  async function attempt(
    write: (stillHeld: () => Promise<void>) => Promise<boolean>,
  ): Promise<Finding | "unchanged" | null> {
    try {
      return (await deps.lock.run(write)) ? null : "unchanged";
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { reason: error.reason, params: error.params };
    }
  }

  async function remember(
    key: string,
    kept: Attempt | null,
    what: string,
    failure: Finding | null,
  ): Promise<void> {
    const before =
      kept?.what === what && (kept.failure === null) === (failure === null)
        ? kept.count
        : 0;
    const attempted: Attempt = {
      what,
      at: deps.clock.now(),
      count: before + 1,
      failure,
    };
    await deps.state.set(key, attempted);
  }
}

async function lastAttempt(
  state: StateStore,
  key: string,
): Promise<Attempt | null> {
  return ((await state.get(key)) as Attempt | null | undefined) ?? null;
}

/** A short mark of the covered names. */
function coveredBy(app: AppState): string {
  const names = [...(app.autossl?.domains ?? [])].sort().join(" ");
  return createHash("sha256").update(names.toLowerCase()).digest("base64url");
}

function isRefusal(error: unknown): error is KnownError {
  return isKnownError(error) && refusals.has(error.reason);
}
