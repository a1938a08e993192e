import type { Clock } from "../clock";
import { isKnownError, TransientError } from "../errors";
import type {
  AppRecords,
  AppState,
  NetworkLock,
  ServerPilot,
} from "../reconcile/ports";
import {
  type EnableAttempt,
  recentAttempts,
  refusal,
  type Wish,
} from "./attempts";
import type { Finding } from "./dns-findings";
import { type CertificateMemory, memoryOf } from "./memory";

export interface SslWrites {
  /** Enables AutoSSL where the limits of attempts allow it. Whatever ServerPilot answers is kept, and no error. */
  enable(wishes: readonly Wish[]): Promise<EnableResult>;
  /** Sees whether the action of the last attempt has failed, as long as that is not known. */
  follow(): Promise<void>;
  /** Turns ForceSSL on; an hour after an attempt, and ever later where it keeps failing. */
  force(): Promise<void>;
}

export interface EnableResult {
  /** AutoSSL was enabled just now, so what is served may have changed. */
  enabled: boolean;
  /** Why it was not, or is not tried now. */
  failure: Finding | null;
  /** It can be tried in a moment: the name is looked at again at the next poll. */
  isPostponed: boolean;
}

export interface SslWritesDeps {
  records: AppRecords;
  lock: NetworkLock;
  clock: Clock;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long an action is followed, in milliseconds. */
const FOLLOWED_MS = 300_000;
const ACTION_FAILED: Finding = { reason: "action-failed", params: {} };

/** How long after it was enabled the server may take to serve a certificate, and is looked at often. */
export const SETTLING_MS = 120_000;

/**
 * The two writes to an app's SSL. The app is read again before; the lock is held for the write alone, right before
 * which the attempt is kept, so that neither a restart nor another sidecar repeats it.
 *
 * @param turnedAt see {@link CertificateMemory.turnedAt}.
 */
export function createSslWrites(
  { records, lock, clock }: SslWritesDeps,
  serverPilot: ServerPilot,
  turnedAt: number,
): SslWrites {
  return {
    async enable(wishes) {
      const record = await records.load();
      // While a list is being written, ServerPilot answers with a conflict.
      const isBusy = record.write !== null && record.write.stage !== "done";
      if (isBusy) return { enabled: false, failure: null, isPostponed: true };
      const { attempts } = memoryOf(record);
      const refused = refusal(attempts, wishes, turnedAt, clock.now());
      if (refused !== null)
        return {
          enabled: false,
          failure: refused.why,
          isPostponed: refused.isBrief,
        };
      const fresh = await serverPilot.inBackground().getApp();
      if (!canEnable(fresh))
        return { enabled: false, failure: null, isPostponed: false };
      return attemptTo(wishes, fresh, attempts);
    },

    async follow() {
      const last = memoryOf(await records.load()).attempts.at(-1);
      if (last?.actionId == null || last.added) return;
      const isOld = Math.abs(clock.now() - last.at) > FOLLOWED_MS;
      const status = isOld
        ? "unknown"
        : await serverPilot.inBackground().getAction(last.actionId);
      if (status === "open") return;
      const ended: Partial<EnableAttempt> =
        status === "error"
          ? { actionId: null, outcome: "failed", failure: ACTION_FAILED }
          : { actionId: null };
      await lock.run(() => amend(last.at, ended));
    },

    async force() {
      const { forced } = memoryOf(await records.load());
      if (forced !== null && isResting(forced.at, forced.count)) return;
      const fresh = await serverPilot.inBackground().getApp();
      if (fresh.ssl?.auto !== true || fresh.ssl.force) return;
      const count = (forced?.failure == null ? 0 : forced.count) + 1;
      const keep = (failure: Finding | null) =>
        change((memory) => ({
          ...memory,
          forced: { at: clock.now(), count, failure },
        }));
      const { failure } = await send(
        () => keep(null),
        (before) => serverPilot.setForceSsl(true, before),
      );
      if (failure !== null) await lock.run(() => keep(failure));
    },
  };

  async function attemptTo(
    wishes: readonly Wish[],
    { autossl }: AppState,
    before: readonly EnableAttempt[],
  ): Promise<EnableResult> {
    const at = clock.now();
    const covered = new Set(autossl?.domains.map((name) => name.toLowerCase()));
    const wished = wishes.map(({ name }) => name);
    const isListed = wished.some((name) => covered.has(name));
    const names = wished.filter((name) => !isListed || covered.has(name));
    const attempt: EnableAttempt = {
      at,
      names,
      outcome: "sent",
      failure: null,
      actionId: null,
      added: false,
    };
    const { failure, actionId } = await send(
      () =>
        change((memory) => {
          // Another sidecar has tried since the attempts were read.
          if (memory.attempts.at(-1)?.at !== before.at(-1)?.at)
            throw new TransientError("lock-lost");
          const attempts = [...recentAttempts(memory.attempts, at), attempt];
          return { ...memory, attempts };
        }),
      (keep) => serverPilot.enableAutoSsl(keep),
    );
    const outcome = failure === null ? "accepted" : "failed";
    await lock.run(() => amend(at, { outcome, failure, actionId }));
    return { enabled: failure === null, failure, isPostponed: false };
  }

  function amend(at: number, ended: Partial<EnableAttempt>): Promise<void> {
    return change((memory) => ({
      ...memory,
      attempts: memory.attempts.map((attempt) =>
        attempt.at === at ? { ...attempt, ...ended } : attempt,
      ),
    }));
  }

  /** @throws what happened before the request was sent: then it was no attempt. */
  async function send(
    keep: () => Promise<void>,
    write: (
      beforeSending: () => Promise<void>,
    ) => Promise<{ actionId: string | null }>,
  ): Promise<{ failure: Finding | null; actionId: string | null }> {
    const request = { isSent: false };
    try {
      const { actionId } = await lock.run((stillHeld) =>
        write(async () => {
          await stillHeld();
          await keep();
          request.isSent = true;
        }),
      );
      return { failure: null, actionId };
    } catch (error) {
      if (!request.isSent || !isKnownError(error)) throw error;
      const { reason, params } = error;
      return { failure: { reason, params }, actionId: null };
    }
  }

  async function change(
    make: (memory: CertificateMemory) => CertificateMemory,
  ): Promise<void> {
    await records.update((record) => ({
      ...record,
      certificates: make(memoryOf(record)),
    }));
  }

  /** An attempt in the future comes from a clock that was wrong and forbids nothing. */
  function isResting(at: number, count: number): boolean {
    const age = clock.now() - at;
    return age >= 0 && age < Math.min(HOUR_MS * 2 ** (count - 1), DAY_MS);
  }
}

function canEnable({ autossl, ssl, sslUnreadable }: AppState): boolean {
  return !sslUnreadable && autossl?.available === true && ssl?.custom !== true;
}

/** Whether AutoSSL was enabled so lately that the server may still be taking the certificate up. */
export function isSettling(
  { attempts }: CertificateMemory,
  now: number,
): boolean {
  const last = attempts.at(-1);
  if (last?.outcome !== "accepted" || last.added) return false;
  const age = now - last.at;
  return age >= 0 && age < SETTLING_MS;
}
