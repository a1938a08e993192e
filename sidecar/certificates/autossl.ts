import { createHash } from "node:crypto";
import type { Clock } from "../clock";
import { type KnownError, isKnownError } from "../errors";
import type {
  AppRecords,
  AppState,
  NetworkLock,
  ServerPilot,
} from "../reconcile/ports";
import type { Finding } from "./dns-findings";
import { memoryOf, type Attempt, type CertificateMemory } from "./memory";

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
  records: AppRecords;
  lock: NetworkLock;
  clock: Clock;
  /** How often the app is read while a name waits for its certificate, in milliseconds. */
  pollMs: number;
}

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
export function createSslWrites(
  deps: SslWritesDeps,
  memory: CertificateMemory,
): SslWrites {
  const { clock, records } = deps;
  const refusedMs = POLLS_AFTER_REFUSAL * deps.pollMs;
  let enabledAt =
    memory.enabled?.failure === null ? memory.enabled.at : -Infinity;

  return {
    async enable(app, serverPilot) {
      const kept = memory.enabled;
      const what = coveredBy(app);
      // Where AutoSSL is off although it was enabled, somebody turned it off meanwhile.
      const turnedOff = app.ssl?.auto !== true;
      if (
        kept?.what === what &&
        tooEarly(kept, turnedOff ? refusedMs : HOUR_MS)
      )
        return { enabled: false, failure: kept.failure };
      const failure = await attempt("enabled", kept, async (stillHeld) => {
        const fresh = await serverPilot.getApp();
        if (fresh.autossl?.available !== true || fresh.ssl?.custom === true)
          return false;
        await serverPilot.enableAutoSsl(() => stillHeld(coveredBy(fresh)));
        return true;
      });
      if (failure === "unchanged") return { enabled: false, failure: null };
      if (failure === null) enabledAt = clock.now();
      return { enabled: failure === null, failure };
    },

    async force(app, serverPilot) {
      const kept = memory.forced;
      if (kept && tooEarly(kept, HOUR_MS)) return;
      await attempt("forced", kept, async (stillHeld) => {
        const fresh = await serverPilot.getApp();
        const grown = fresh.domains.some((name) => !app.domains.includes(name));
        if (fresh.ssl?.auto !== true || fresh.ssl.force || grown) return false;
        await serverPilot.setForceSsl(true, () => stillHeld("force"));
        return true;
      });
    },

    settling: () => {
      const age = clock.now() - enabledAt;
      return age >= 0 && age < SETTLING_MS;
    },
  };

  /** An attempt in the future comes from a clock that was wrong and forbids nothing. */
  function tooEarly({ at, count, failure }: Attempt, doneMs: number): boolean {
    const now = clock.now();
    const first = failure === null ? doneMs : refusedMs;
    return at <= now && now - at < Math.min(first * 2 ** (count - 1), DAY_MS);
  }

  /** Null = written; "unchanged" = there was nothing to write; else why ServerPilot did not do it. */
  async function attempt(
    which: "enabled" | "forced",
    before: Attempt | null,
    write: (keep: (what: string) => Promise<void>) => Promise<boolean>,
  ): Promise<Finding | "unchanged" | null> {
    const remember = async (what: string, failure: Finding | null) => {
      const same =
        before?.what === what &&
        (before.failure === null) === (failure === null);
      const tried: Attempt = {
        what,
        at: clock.now(),
        count: (same ? before.count : 0) + 1,
        failure,
      };
      await records.update((record) => ({
        ...record,
        certificates: { ...memoryOf(record), [which]: tried },
      }));
    };
    let tried = "";
    try {
      const isWritten = await deps.lock.run((stillHeld) =>
        write(async (what) => {
          tried = what;
          await remember(what, null);
          await stillHeld();
        }),
      );
      return isWritten ? null : "unchanged";
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const failure = { reason: error.reason, params: error.params };
      await remember(tried, failure);
      return failure;
    }
  }
}

/** A short mark of the covered names. */
function coveredBy(app: AppState): string {
  const names = [...(app.autossl?.domains ?? [])].sort().join(" ");
  return createHash("sha256").update(names.toLowerCase()).digest("base64url");
}

function isRefusal(error: unknown): error is KnownError {
  return isKnownError(error) && refusals.has(error.reason);
}
