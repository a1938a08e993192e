import { Resolver } from "node:dns/promises";

import type { Clock } from "../clock";

/** What one DNS server said of one name: its addresses, else its CNAME, else nothing, or no usable answer. */
export type Reply =
  | { kind: "addresses"; addresses: string[]; ipv6: string[]; ttl: number }
  | { kind: "cname"; target: string }
  | { kind: "nothing" }
  | { kind: "failed"; detail: string };

interface Records {
  values: string[];
  ttl: number;
  /** Why there is no usable answer; null where there is one, an empty one included. */
  failure: string | null;
}

const NO_RECORDS = new Set(["ENODATA", "ENOTFOUND"]);
const TIMED_OUT = "no answer in time";

const words: Readonly<Record<string, string>> = {
  ETIMEOUT: TIMED_OUT,
  ECANCELLED: TIMED_OUT,
  ESERVFAIL: "SERVFAIL",
  EREFUSED: "REFUSED",
  ECONNREFUSED: "connection refused",
  EBADRESP: "unreadable answer",
  EFORMERR: "FORMERR",
};

/**
 * Asks one server for A, AAAA and, where neither is there, CNAME, all within `timeoutMs`. A resolver of its own each
 * time: nothing of one name's trouble (c-ares keeps time-outs and failures per channel) reaches another name.
 */
export async function exchange(
  server: string,
  name: string,
  timeoutMs: number,
  clock: Clock,
): Promise<Reply> {
  // Asked again halfway, because a packet may be lost; the deadline below is ours, not c-ares's.
  const resolver = new Resolver({ timeout: timeoutMs / 2, tries: 2 });
  const stop = clock.after(timeoutMs, () => {
    resolver.cancel();
  });
  try {
    resolver.setServers([server]);
    const [v4, v6] = await Promise.all([
      read(resolver.resolve4(name, { ttl: true })),
      read(resolver.resolve6(name, { ttl: true })),
    ]);
    // An AAAA question that fails matters only where there is no A record: many old name servers refuse it.
    const failure =
      v4.failure ?? (v4.values.length === 0 ? v6.failure : null) ?? null;
    if (failure === null && v4.values.length + v6.values.length > 0) {
      return {
        kind: "addresses",
        addresses: v4.values,
        ipv6: v6.values,
        ttl: Math.min(v4.ttl, v6.ttl),
      };
    }
    // Resolvers answer a looping or broken CNAME with SERVFAIL; asked for the CNAME itself, they show it.
    const target = failure === TIMED_OUT ? undefined : await readCname();
    if (target !== undefined) return { kind: "cname", target };
    return failure === null
      ? { kind: "nothing" }
      : { kind: "failed", detail: failure };
  } catch (error) {
    return { kind: "failed", detail: describe(error) };
  } finally {
    stop();
  }

  async function readCname(): Promise<string | undefined> {
    try {
      return (await resolver.resolveCname(name))[0]?.toLowerCase();
    } catch {
      return undefined;
    }
  }
}

async function read(
  question: Promise<{ address: string; ttl: number }[]>,
): Promise<Records> {
  try {
    const records = await question;
    return {
      values: records.map(({ address }) => address),
      ttl: Math.min(...records.map(({ ttl }) => ttl)),
      failure: null,
    };
  } catch (error) {
    const code = codeOf(error);
    const failure = NO_RECORDS.has(code) ? null : describe(error);
    return { values: [], ttl: Infinity, failure };
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "unknown failure";
}

function describe(error: unknown): string {
  const code = codeOf(error);
  return words[code] ?? code;
}
