import { getServers, promises } from "node:dns";

import type { Clock } from "../clock";
import type { Unanswered } from "../reconcile/probes";

type Resolver = promises.Resolver;

/** What DNS said to one question. `nothing` is an answer: there is no such record, or (`exists` false) no such name. */
export type Reply<T> =
  | { kind: "records"; records: readonly T[] }
  | { kind: "nothing"; exists: boolean }
  | Unanswered;

/** Puts one question to the server whose turn it is. Never throws. */
export type Put = <T>(
  question: (resolver: Resolver) => Promise<readonly T[]>,
) => Promise<Reply<T>>;

/** Has one or several questions answered by one server, and by the next where the outcome is `unanswered`. */
export type Ask = <R extends { kind: string }>(
  questions: (put: Put) => Promise<R | Unanswered>,
) => Promise<R | Unanswered>;

export interface ResolverOptions {
  /** `address` or `address:port` (IPv6 in brackets); empty = the machine's own. */
  servers: readonly string[];
  clock: Clock;
  /** How long each server has for all that is asked of it at once, in milliseconds. */
  timeoutMs: number;
}

const SERVER_REST_MS = 60_000;

export const TIMED_OUT = "no answer in time";

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECANCELLED: TIMED_OUT,
  ETIMEOUT: TIMED_OUT,
};

/** Tries each server, a lone one twice; servers that lately failed come last, so that a dead one costs little. */
export function createAsk({
  servers: given,
  clock,
  timeoutMs,
}: ResolverOptions): Ask {
  const servers = given.length > 0 ? given : getServers();
  const failedAt = new Map<string, number>();

  return async (questions) => {
    const now = clock.now();
    const rests = (server: string): boolean => {
      const age = now - (failedAt.get(server) ?? -Infinity);
      return age >= 0 && age < SERVER_REST_MS;
    };
    const order = [
      ...servers.filter((server) => !rests(server)),
      ...servers.filter(rests),
    ];
    if (order.length === 1) order.push(...order);
    let failed = unanswered("no DNS server is known");
    for (const server of order) {
      const outcome = await askServer(server, questions, clock, timeoutMs);
      if (!isUnanswered(outcome)) {
        failedAt.delete(server);
        return outcome;
      }
      failed = outcome;
      failedAt.set(server, now);
    }
    return failed;
  };
}

/**
 * A resolver of its own each time, so that each has its own time-out, and ports and ids that nobody can guess. A packet
 * may be lost, so c-ares sends it twice; the second try has double the time, which makes three thirds.
 */
async function askServer<R extends { kind: string }>(
  server: string,
  questions: (put: Put) => Promise<R | Unanswered>,
  clock: Clock,
  timeoutMs: number,
): Promise<R | Unanswered> {
  const timeout = Math.ceil(timeoutMs / 3);
  const resolver = new promises.Resolver({ timeout, tries: 2 });
  let late = false;
  const stop = clock.after(timeoutMs, () => {
    late = true;
    resolver.cancel();
  });
  const put: Put = async (question) =>
    late ? unanswered(TIMED_OUT) : replyTo(question(resolver));
  try {
    resolver.setServers([server]);
  } catch (error) {
    stop();
    return unanswered(codeOf(error));
  }
  return questions(put).finally(stop);
}

/** Node's codes: https://nodejs.org/api/dns.html#error-codes. A chain of CNAMEs into nothing comes as an empty list. */
async function replyTo<T>(asked: Promise<readonly T[]>): Promise<Reply<T>> {
  try {
    const records = await asked;
    return records.length > 0
      ? { kind: "records", records }
      : { kind: "nothing", exists: true };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENODATA") return { kind: "nothing", exists: true };
    // A name that fits in no DNS message is in no DNS.
    if (code === "ENOTFOUND" || code === "EBADNAME")
      return { kind: "nothing", exists: false };
    return unanswered(words[code] ?? code.replace(/^E/, ""));
  }
}

export function unanswered(detail: string): Unanswered {
  return { kind: "unanswered", detail };
}

function isUnanswered(outcome: { kind: string }): outcome is Unanswered {
  return outcome.kind === "unanswered";
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "unknown failure";
}
