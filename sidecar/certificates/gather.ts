import { type Clock, soon } from "../clock";
import { comparable } from "../reconcile/hostnames";
import type {
  AppOfAccount,
  Mapping,
  NetworkSnapshot,
} from "../reconcile/ports";
import type { Probes, ReachAnswer, ReachRequest } from "../reconcile/probes";
import type { Place } from "./dns-findings";
import type { Gathered, Reach } from "./facts";

/** What UM and WordPress know of a name; the same for its `www.`, which UM routes by the same mapping. */
export interface KnownMapping {
  networkDomain: string;
  mapping: Mapping | null;
}

export interface GatherContext {
  probes: Probes;
  clock: Clock;
  place: Place;
  mappingOf(name: string): Promise<KnownMapping>;
  /** UM's nonces by name; none where the plugin gives none, or is away. */
  nonces(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Every app of the account; null where that cannot be read. */
  apps(): Promise<readonly AppOfAccount[] | null>;
  reached: ReachMemory;
}

export interface GatherOptions {
  /** Caches are passed over. */
  fresh?: boolean;
  /** The name was well and nothing hints at a change: asking UM once a day is enough. */
  isCalm?: boolean;
}

/** When a name was last reached, and with which answer; in memory only. */
export type ReachMemory = Map<string, { at: number; answer: ReachAnswer }>;

/** A site that hangs must not make the round, and with it the next poll, late for the others. */
const REACH_PATIENCE_MS = 6_000;

/** What is only for people's eyes must not keep a name from being secure. */
const RECORDS_PATIENCE_MS = 2_000;

/** A little less than a day, so that the daily check asks again. */
const REACHED_KEPT_MS = 23 * 3_600_000;

/** Gathers one fact about a name. Each is gathered once a check. */
export async function gather(
  need: keyof Gathered,
  name: string,
  context: GatherContext,
  { fresh = false, isCalm = false }: GatherOptions,
): Promise<Gathered> {
  const { probes, clock, place } = context;
  switch (need) {
    case "records": {
      const [zone, alias] = await Promise.all([
        soon(probes.zone(name, { fresh }), RECORDS_PATIENCE_MS, clock),
        soon(probes.alias(name, { fresh }), RECORDS_PATIENCE_MS, clock),
      ]);
      return { records: { zone, alias } };
    }
    case "reach":
      return { reach: await reachOf(name, context, isCalm) };
    case "atServer": {
      const { server } = place;
      const request = await requestFor(name, context);
      const answer =
        request === null || server === null
          ? null
          : await soon(
              probes.reachAtServer({ ...request, server }),
              REACH_PATIENCE_MS,
              clock,
            );
      return { atServer: answer };
    }
    case "apps":
      return { apps: await context.apps() };
    case "caa":
      // Asked for seldom, and what is found is said for an hour.
      return { caa: await probes.caa(name, { fresh: true }) };
    case "challenge": {
      const unanswered = {
        kind: "unreachable",
        why: "dns",
        address: null,
        detail: "no answer in time",
      } as const;
      const found = await soon(
        probes.challenge(name, { ours: place.ours }),
        REACH_PATIENCE_MS,
        clock,
      );
      return { challenge: found ?? unanswered };
    }
  }
}

async function reachOf(
  name: string,
  context: GatherContext,
  isCalm: boolean,
): Promise<Reach> {
  const { reached } = context;
  const { mapping } = await context.mappingOf(name);
  const stage = mapping?.stage ?? null;
  const request = await requestFor(name, context);
  if (request === null) return { answer: null, stage };
  const { probes, clock, place } = context;
  const kept = reached.get(name);
  const age = clock.now() - (kept?.at ?? -Infinity);
  if (kept && isCalm && age >= 0 && age < REACHED_KEPT_MS)
    return { answer: kept.answer, stage };
  const answer: ReachAnswer | null = await soon(
    probes.reach({ ...request, ours: place.ours }),
    REACH_PATIENCE_MS,
    clock,
  );
  if (answer?.https.kind === "reached")
    reached.set(name, { at: clock.now(), answer });
  else reached.delete(name);
  return { answer, stage };
}

/** Null where the name has no mapping, or no nonce is to be had: then nothing can be asked. */
async function requestFor(
  name: string,
  context: GatherContext,
): Promise<ReachRequest | null> {
  const { mapping, networkDomain } = await context.mappingOf(name);
  if (mapping === null) return null;
  const twin = name.startsWith("www.") ? name.slice(4) : `www.${name}`;
  const nonces = await context.nonces([name, twin]);
  if (!nonces.has(name)) return null;
  return {
    name,
    mapping: { id: mapping.id, domain: mapping.domain.toLowerCase() },
    nonces: Object.fromEntries(nonces),
    networkDomain,
  };
}

/** Finds mappings by name, in a snapshot that is read when the first one is asked for. */
export function mappingsOf(
  snapshot: () => Promise<NetworkSnapshot>,
): GatherContext["mappingOf"] {
  const read = once(async () => {
    const { mappings, networkDomain } = await snapshot();
    const byName = new Map<string, Mapping>();
    for (const mapping of mappings)
      if (mapping.siteExists) byName.set(comparable(mapping.domain), mapping);
    const own = comparable(networkDomain);
    return { byName, networkDomain: own };
  });
  return async (name) => {
    const { byName, networkDomain } = await read();
    const bare = name.startsWith("www.") ? name.slice("www.".length) : name;
    const mapping = byName.get(name) ?? byName.get(bare) ?? null;
    return { networkDomain, mapping };
  };
}

/** Starts the work when it is first asked for; everybody gets the one result. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
