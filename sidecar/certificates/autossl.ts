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
  /** It can be tried in a moment: the name is checked again at the next poll. */
  isPostponed: boolean;
}

export interface SslWritesDeps {
  records: AppRecords;
  lock: NetworkLock;
  clock: Clock;
  serverPilot: ServerPilot;
  /** See {@link CertificateMemory.turnedAt}. */
  turnedAt: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long an action is followed, in milliseconds. */
const FOLLOWED_MS = 300_000;
const ACTION_FAILED: Finding = { reason: "action-failed", params: {} };

/** How long after it was enabled the server may take to serve a certificate, and is checked often. */
export const SETTLING_MS = 120_000;

/**
 * The two writes to an app's SSL. The app is read again before; the lock is held for the write alone, right before
 * which the attempt is kept, so that neither a restart nor another sidecar repeats it.
 */
export function createSslWrites(deps: SslWritesDeps): SslWrites {
  return {
    enable: (wishes) => enable(deps, wishes),
    follow: () => follow(deps),
    force: () => force(deps),
  };
}

async function enable(
  deps: SslWritesDeps,
  wishes: readonly Wish[],
): Promise<EnableResult> {
  const { records, clock, serverPilot, turnedAt } = deps;
  const record = await records.load();
  // While a list is being written, ServerPilot answers with a conflict.
  if (record.write !== null && record.write.stage !== "done")
    return { enabled: false, failure: null, isPostponed: true };
  const { attempts } = memoryOf(record);
  const refused = refusal(attempts, wishes, turnedAt, clock.now());
  if (refused !== null) {
    const { why, isBrief } = refused;
    return { enabled: false, failure: why, isPostponed: isBrief };
  }
  const app = await serverPilot.inBackground().getApp();
  return canEnable(app)
    ? attemptTo(deps, wishes, app, attempts)
    : { enabled: false, failure: null, isPostponed: false };
}

function canEnable({ autossl, ssl, sslUnreadable }: AppState): boolean {
  return !sslUnreadable && autossl?.available === true && ssl?.custom !== true;
}

async function attemptTo(
  deps: SslWritesDeps,
  wishes: readonly Wish[],
  app: AppState,
  before: readonly EnableAttempt[],
): Promise<EnableResult> {
  const at = deps.clock.now();
  const attempt: EnableAttempt = {
    at,
    names: namesFor(wishes, app),
    outcome: "sent",
    failure: null,
    actionId: null,
    added: false,
  };
  const keep = () =>
    change(deps, (memory) => {
      // Another sidecar has tried since the attempts were read.
      if (memory.attempts.at(-1)?.at !== before.at(-1)?.at)
        throw new TransientError("lock-lost");
      const attempts = [...recentAttempts(memory.attempts, at), attempt];
      return { ...memory, attempts };
    });
  const { failure, actionId } = await send(deps, keep, (beforeSending) =>
    deps.serverPilot.enableAutoSsl(beforeSending),
  );
  const outcome = failure === null ? "accepted" : "failed";
  await amend(deps, at, { outcome, failure, actionId });
  return { enabled: failure === null, failure, isPostponed: false };
}

/** The names that lack their certificate; all of them where ServerPilot does not list what it covers. */
function namesFor(wishes: readonly Wish[], { autossl }: AppState): string[] {
  const covered = new Set(autossl?.domains.map((name) => name.toLowerCase()));
  const wished = wishes.map(({ name }) => name);
  const isListed = wished.some((name) => covered.has(name));
  return wished.filter((name) => !isListed || covered.has(name));
}

async function follow(deps: SslWritesDeps): Promise<void> {
  const { records, clock, serverPilot } = deps;
  const last = memoryOf(await records.load()).attempts.at(-1);
  if (last?.actionId == null || last.added) return;
  const isOld = Math.abs(clock.now() - last.at) > FOLLOWED_MS;
  const status = isOld
    ? "unknown"
    : await serverPilot.inBackground().getAction(last.actionId);
  if (status === "open") return;
  await amend(
    deps,
    last.at,
    status === "error"
      ? { actionId: null, outcome: "failed", failure: ACTION_FAILED }
      : { actionId: null },
  );
}

function amend(
  deps: SslWritesDeps,
  at: number,
  ended: Partial<EnableAttempt>,
): Promise<void> {
  return deps.lock.run(() =>
    change(deps, (memory) => ({
      ...memory,
      attempts: memory.attempts.map((attempt) =>
        attempt.at === at ? { ...attempt, ...ended } : attempt,
      ),
    })),
  );
}

async function force(deps: SslWritesDeps): Promise<void> {
  const { records, lock, clock, serverPilot } = deps;
  const { forced } = memoryOf(await records.load());
  if (forced !== null && isResting(forced.at, forced.count, clock.now()))
    return;
  const { ssl } = await serverPilot.inBackground().getApp();
  if (ssl?.auto !== true || ssl.force) return;
  const count = (forced?.failure == null ? 0 : forced.count) + 1;
  const keep = (failure: Finding | null) =>
    change(deps, (memory) => ({
      ...memory,
      forced: { at: clock.now(), count, failure },
    }));
  const { failure } = await send(
    deps,
    () => keep(null),
    (beforeSending) => serverPilot.setForceSsl(true, beforeSending),
  );
  if (failure !== null) await lock.run(() => keep(failure));
}

/** An attempt in the future comes from a clock that was wrong and forbids nothing. */
function isResting(at: number, count: number, now: number): boolean {
  const age = now - at;
  return age >= 0 && age < Math.min(HOUR_MS * 2 ** (count - 1), DAY_MS);
}

/** @throws what happened before the request was sent: then it was no attempt. */
async function send(
  { lock }: SslWritesDeps,
  keep: () => Promise<void>,
  write: (
    beforeSending: () => Promise<void>,
  ) => Promise<{ actionId: string | null }>,
): Promise<{ failure: Finding | null; actionId: string | null }> {
  const request = { isSent: false };
  const sendHeld = (stillHeld: () => Promise<void>) =>
    write(async () => {
      await stillHeld();
      await keep();
      request.isSent = true;
    });
  try {
    const { actionId } = await lock.run(sendHeld);
    return { failure: null, actionId };
  } catch (error) {
    if (!request.isSent || !isKnownError(error)) throw error;
    const { reason, params } = error;
    return { failure: { reason, params }, actionId: null };
  }
}

/** To be called while the lock is held, so that no pass loses what it has read. */
async function change(
  { records }: SslWritesDeps,
  make: (memory: CertificateMemory) => CertificateMemory,
): Promise<void> {
  await records.update((record) => ({
    ...record,
    certificates: make(memoryOf(record)),
  }));
}

/** Whether AutoSSL was enabled so lately that the server may still be taking the certificate up. */
export function isSettling(
  { attempts }: CertificateMemory,
  now: number,
): boolean {
  const last = attempts.at(-1);
  if (last?.outcome !== "accepted") return false;
  const age = now - last.at;
  return age >= 0 && age < SETTLING_MS;
}
