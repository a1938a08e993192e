import { getServers } from "node:dns";

import type { Clock } from "../clock";
import type { DnsAnswer, Probes } from "../reconcile/probes";
import { exchange, type Reply } from "./exchange";
import { createLimit } from "../concurrency";

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
const SERVER_REST_MS = 60_000;
const LONGEST_CHAIN = 8;
const CACHE_SIZE = 10_000;

/** A resolver with time-outs, a short memory and no trust: whatever goes wrong is an answer, never an exception. */
export function createDnsProbe(options: DnsProbeOptions): Probes["lookUp"] {
  const { clock, timeoutMs = 2_000, concurrency = 100 } = options;
  const servers =
    options.servers.length > 0 ? [...options.servers] : getServers();
  const limit = createLimit(concurrency);
  const cache = new Map<string, { answer: DnsAnswer; until: number }>();
  const underWay = new Map<string, Promise<DnsAnswer>>();
  const failedAt = new Map<string, number>();

  return async (name, { fresh = false } = {}) => {
    const kept = cache.get(name);
    const left = (kept?.until ?? 0) - clock.now();
    if (!fresh && kept && left > 0 && left <= LONGEST_CACHE_MS)
      return kept.answer;
    const already = underWay.get(name);
    if (already) return already;
    const asked = limit(() => follow(name)).finally(() =>
      underWay.delete(name),
    );
    underWay.set(name, asked);
    return asked.then((answer) => {
      if (cache.size >= CACHE_SIZE) cache.clear();
      cache.set(name, { answer, until: clock.now() + lifetime(answer) });
      return answer;
    });
  };

  /** Follows what CNAMEs the servers did not follow themselves. */
  async function follow(name: string): Promise<DnsAnswer> {
    const seen = new Set([name]);
    let cname: string | null = null;
    while (seen.size <= LONGEST_CHAIN) {
      const reply = await ask(cname ?? name);
      switch (reply.kind) {
        case "addresses": {
          const { addresses, ipv6, ttl } = reply;
          return { kind: "answer", addresses, ipv6, cname, ttl };
        }
        case "nothing":
          return { kind: "missing", cname };
        case "failed":
          return { kind: "unanswered", detail: reply.detail };
        case "cname":
          if (seen.has(reply.target))
            return { kind: "unanswered", detail: "CNAME loop" };
          seen.add(reply.target);
          cname = reply.target;
      }
    }
    return { kind: "unanswered", detail: "CNAME chain too long" };
  }

  /** Tries each server, a lone one twice; servers that lately failed come last, so that a dead one costs little. */
  async function ask(name: string): Promise<Reply> {
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
    let reply: Reply = { kind: "failed", detail: "no DNS server is known" };
    for (const server of order) {
      reply = await exchange(server, name, timeoutMs, clock);
      if (reply.kind !== "failed") {
        failedAt.delete(server);
        return reply;
      }
      failedAt.set(server, now);
    }
    return reply;
  }
}

function lifetime(answer: DnsAnswer): number {
  if (answer.kind === "missing") return MISSING_CACHE_MS;
  if (answer.kind === "unanswered") return UNANSWERED_CACHE_MS;
  const ms = answer.ttl * 1_000;
  return Math.min(Math.max(ms, SHORTEST_CACHE_MS), LONGEST_CACHE_MS);
}
