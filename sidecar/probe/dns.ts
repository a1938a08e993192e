import type { Clock } from "../clock";
import { createLimit } from "../concurrency";
import type {
  AliasAnswer,
  DnsAnswer,
  Freshness,
  Probes,
  Unanswered,
} from "../reconcile/probes";
import { askCaa } from "./caa";
import {
  createAsk,
  TIMED_OUT,
  unanswered,
  type Ask,
  type Put,
} from "./resolver";
import { askZone } from "./zone";

export interface DnsProbeOptions {
  /** `address` or `address:port` (IPv6 in brackets); empty = the machine's own. */
  servers: readonly string[];
  clock: Clock;
  /** How long each server has for one name, in milliseconds (2000). */
  timeoutMs?: number;
  /** Names that are asked for at the same time (100): a name that hangs must not keep the others waiting. */
  concurrency?: number;
}

const LONGEST_CACHE_MS = 60_000;
const SHORTEST_CACHE_MS = 1_000;
/** Answers without a TTL: a missing record is waited for by someone, a dead name server usually stays dead. */
const MISSING_CACHE_MS = 10_000;
const UNANSWERED_CACHE_MS = 30_000;
const LONGEST_CHAIN = 8;
const CACHE_SIZE = 10_000;

/** DNS with time-outs, a short memory and no trust: whatever goes wrong is an answer, never an exception. */
export function createDnsProbe({
  servers,
  clock,
  timeoutMs = 2_000,
  concurrency = 100,
}: DnsProbeOptions): Pick<Probes, "lookUp" | "alias" | "zone" | "caa"> {
  const ask = createAsk({ servers, clock, timeoutMs });
  const limit = createLimit(concurrency);
  const remembered = <T extends { kind: string }>(
    question: (ask: Ask, name: string) => Promise<T>,
    lifetimeMs: (answer: T) => number,
  ) =>
    createMemory(
      clock,
      (name) => limit(() => question(ask, name)),
      (answer) =>
        answer.kind === "unanswered" ? UNANSWERED_CACHE_MS : lifetimeMs(answer),
    );
  return {
    lookUp: remembered(lookUp, (answer) =>
      "ttl" in answer ? lifetimeOf(answer.ttl) : MISSING_CACHE_MS,
    ),
    alias: remembered(askAlias, () => MISSING_CACHE_MS),
    zone: remembered(askZone, () => LONGEST_CACHE_MS),
    caa: remembered(askCaa, () => MISSING_CACHE_MS),
  };
}

function lifetimeOf(ttl: number): number {
  return Math.min(Math.max(ttl * 1_000, SHORTEST_CACHE_MS), LONGEST_CACHE_MS);
}

/** Keeps answers for their lifetime, and asks once for what many ask for at the same time. */
function createMemory<T>(
  clock: Clock,
  question: (name: string) => Promise<T>,
  lifetimeMs: (answer: T) => number,
): (name: string, options?: Freshness) => Promise<T> {
  const cache = new Map<string, { answer: T; until: number }>();
  const underWay = new Map<string, Promise<T>>();
  return (name, { fresh = false } = {}) => {
    const kept = cache.get(name);
    const left = (kept?.until ?? 0) - clock.now();
    // A clock that was set back must not keep an answer for longer than a minute.
    if (!fresh && kept && left > 0 && left <= LONGEST_CACHE_MS)
      return Promise.resolve(kept.answer);
    const already = underWay.get(name);
    if (already) return already;
    const asked = question(name)
      .then((answer) => {
        if (cache.size >= CACHE_SIZE) cache.clear();
        cache.set(name, { answer, until: clock.now() + lifetimeMs(answer) });
        return answer;
      })
      .finally(() => underWay.delete(name));
    underWay.set(name, asked);
    return asked;
  };
}

/** What one server says of a name's addresses, or where its CNAME leads where it does not follow that itself. */
type Addresses =
  | { kind: "addresses"; addresses: string[]; ipv6: string[]; ttl: number }
  | { kind: "cname"; target: string }
  | { kind: "nothing" };

/** Follows what CNAMEs the servers did not follow themselves. */
async function lookUp(ask: Ask, name: string): Promise<DnsAnswer> {
  const seen = new Set([name]);
  let cname: string | null = null;
  while (seen.size <= LONGEST_CHAIN) {
    const asked: string = cname ?? name;
    const reply = await ask((put) => addressesOf(put, asked));
    switch (reply.kind) {
      case "addresses": {
        const { addresses, ipv6, ttl } = reply;
        return { kind: "answer", addresses, ipv6, cname, ttl };
      }
      case "nothing":
        return { kind: "missing", cname };
      case "unanswered":
        return reply;
      case "cname":
        if (seen.has(reply.target)) return unanswered("CNAME loop");
        seen.add(reply.target);
        cname = reply.target;
    }
  }
  return unanswered("CNAME chain too long");
}

async function addressesOf(
  put: Put,
  name: string,
): Promise<Addresses | Unanswered> {
  const [v4, v6] = await Promise.all([
    put((resolver) => resolver.resolve4(name, { ttl: true })),
    put((resolver) => resolver.resolve6(name, { ttl: true })),
  ]);
  const addresses = v4.kind === "records" ? v4.records : [];
  const ipv6 = v6.kind === "records" ? v6.records : [];
  // An AAAA question that fails matters only where there is no A record: many old name servers refuse it.
  const failure =
    v4.kind === "unanswered"
      ? v4
      : v6.kind === "unanswered" && addresses.length === 0
        ? v6
        : null;
  if (failure === null && addresses.length + ipv6.length > 0) {
    return {
      kind: "addresses",
      addresses: addresses.map(({ address }) => address),
      ipv6: ipv6.map(({ address }) => address),
      ttl: Math.min(...[...addresses, ...ipv6].map(({ ttl }) => ttl)),
    };
  }
  if (failure?.detail === TIMED_OUT) return failure;
  // A CNAME into nothing looks like nothing, and resolvers answer a broken or looping one with SERVFAIL: asked for the
  // CNAME itself, they show it.
  const target = await aliasOf(put, name);
  if (target.kind === "alias" && target.target !== null)
    return { kind: "cname", target: target.target };
  return failure ?? { kind: "nothing" };
}

function askAlias(ask: Ask, name: string): Promise<AliasAnswer> {
  return ask((put) => aliasOf(put, name));
}

/** The target of the name's own CNAME record. */
export async function aliasOf(put: Put, name: string): Promise<AliasAnswer> {
  const reply = await put((resolver) => resolver.resolveCname(name));
  if (reply.kind === "unanswered") return reply;
  const target = reply.kind === "records" ? reply.records[0] : undefined;
  return { kind: "alias", target: target?.toLowerCase() ?? null };
}
