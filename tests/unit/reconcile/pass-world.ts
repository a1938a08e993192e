import {
  NotAppliedError,
  PermanentError,
  TransientError,
} from "../../../sidecar/errors";
import {
  emptyRecord,
  type AppRecord,
} from "../../../sidecar/reconcile/app-record";
import { comparable } from "../../../sidecar/reconcile/hostnames";
import {
  runPass,
  type PassDeps,
  type PassResult,
} from "../../../sidecar/reconcile/pass";
import type {
  ActionStatus,
  AppState,
  Mapping,
  NameRecord,
  PassEntry,
  ServerPilot,
} from "../../../sidecar/reconcile/ports";
import { WAITING } from "../../../sidecar/reconcile/records";
import { createFakeClock } from "../fake-clock";

/** Spans in milliseconds, for the world's clock. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** How a write is answered: taken, or with one of these. */
export type Answer = "taken" | Error;

/** ServerPilot as far as a pass sees it, in all the ways that its documentation leaves open. */
export function createFakeServerPilot(now: () => number) {
  const api = {
    id: "app1",
    domains: [] as string[],
    /** Every list that was sent, in order. */
    writes: [] as string[][],
    /** What a read gives instead of the list, for the next reads. */
    reads: [] as (readonly string[] | Error)[],
    /** Says what comes of a write; a list that is taken is applied at once. */
    onWrite: (() => "taken") as (list: readonly string[]) => Answer,
    /** What ServerPilot makes of a list that it takes. */
    applied: (list: readonly string[]): readonly string[] => list,
    /** How long an action takes, in milliseconds; null: there is none. */
    actionMs: 300 as number | null,
    actionEnds: "success" as ActionStatus | PermanentError,
    calls: 0,
    custom: false,
    /** What happens elsewhere while the app is read. */
    whileReading: () => undefined as unknown,
  };
  const actions = new Map<string, number>();
  const client: ServerPilot = {
    get calls() {
      return api.calls;
    },
    getApp() {
      api.calls += 1;
      api.whileReading();
      const read = api.reads.shift() ?? api.domains;
      if (read instanceof Error) return Promise.reject(read);
      return Promise.resolve(appOf(api.id, read, api.custom));
    },
    async replaceDomains(list, beforeSending) {
      await beforeSending();
      api.calls += 1;
      api.writes.push([...list]);
      const answer = api.onWrite(list);
      if (answer instanceof Error) throw answer;
      api.domains = [...api.applied(list)];
      if (api.actionMs === null) return { actionId: null };
      const actionId = `action${api.writes.length}`;
      actions.set(actionId, now());
      return { actionId };
    },
    getAction(actionId) {
      api.calls += 1;
      const since = actions.get(actionId);
      if (since === undefined) return Promise.resolve("unknown");
      const { actionEnds } = api;
      if (actionEnds instanceof PermanentError)
        return Promise.reject(actionEnds);
      const isOver = now() - since >= (api.actionMs ?? 0);
      return Promise.resolve(isOver ? actionEnds : "open");
    },
    getApps: () => Promise.resolve([]),
    getServer: () => Promise.reject(new PermanentError("internal-error")),
    enableAutoSsl: () => Promise.reject(new PermanentError("internal-error")),
    setForceSsl: () => Promise.reject(new PermanentError("internal-error")),
    inBackground: () => client,
  };
  return { api, client };
}

function appOf(
  id: string,
  domains: readonly string[],
  custom: boolean,
): AppState {
  return {
    id,
    name: "network",
    serverId: "server1",
    runtime: "php8.2",
    domains: [...domains],
    sslUnreadable: false,
    ssl: custom ? { auto: false, force: false, custom } : null,
    autossl: null,
  };
}

/** A pass's whole world in memory: a mapping table, an app, a ledger, a lock, each of which can be made to fail. */
export function createPassWorld() {
  const clock = createFakeClock();
  const { api, client } = createFakeServerPilot(() => clock.now());
  const mappings: Mapping[] = [];
  const records = new Map<string, NameRecord>();
  const reported = new Map<string, number>();
  const entries: PassEntry[] = [];
  let record: AppRecord = emptyRecord;

  const swap = (next: AppRecord): AppRecord => {
    if (next.revision !== record.revision)
      throw new TransientError("lock-lost");
    // As the database does: nothing is shared with what the pass goes on with.
    record = JSON.parse(
      JSON.stringify({ ...next, revision: next.revision + 1 }),
    ) as AppRecord;
    return record;
  };

  const world = {
    clock,
    api,
    mappings,
    records,
    reported,
    entries,
    sites: [] as string[],
    networkDomain: "network.example",
    lockHeld: true,
    wwwPolicy: "never" as "always" | "never",
    urgent: false,
    /** Whether the network answers at the app's server. */
    witness: false,
    whileWaitingForLock: () => undefined as unknown,
    /** What happens while the ledger keeps the intent of a write. */
    whileIntending: (): Promise<void> => Promise.resolve(),
    /** What happens once the ledger has been read. */
    whileLoaded: () => undefined as unknown,
    sourceFails: null as Error | null,
    get record() {
      return record;
    },
    change(over: Partial<AppRecord>) {
      record = { ...record, ...over, revision: record.revision + 1 };
    },
    map(...names: string[]) {
      for (const domain of names)
        mappings.push({
          id: mappings.length + 1,
          siteId: 2,
          domain,
          primary: false,
          createdAt: clock.now(),
          siteExists: true,
          lacksCertificate: false,
          stage: "checking-dns",
        });
    },
    unmap(...names: string[]) {
      const gone = new Set(names);
      const left = mappings.filter(({ domain }) => !gone.has(domain));
      mappings.splice(0, mappings.length, ...left);
    },
    owned: () =>
      [...records.values()]
        .filter(({ owned }) => owned)
        .map(({ name }) => name),
    stateOf: (name: string) => records.get(name)?.state,
    /** What the ledger says of a name: its state and reason. */
    says: (name: string) => {
      const known = records.get(name);
      return known && `${known.state} ${known.reason ?? "-"}`;
    },
    /** One run of the pass. */
    async once(trigger = "test"): Promise<PassResult> {
      const running = runPass(deps, {
        trigger,
        correlationId: "c1",
        signal: new AbortController().signal,
        urgent: world.urgent,
      });
      await clock.advance(0);
      return running;
    },
    /** Runs as the lane does, until nothing is left to do or the time is over; gives the last run that told something. */
    async run(forMs = 120_000): Promise<PassEntry> {
      const end = clock.now() + forMs;
      let failures = 0;
      for (;;) {
        const { entry, nextAt, error } = await world.once();
        if (entry !== null) entries.push(entry);
        failures = error === null ? 0 : failures + 1;
        const backoff = Math.min(2_000 * 2 ** (failures - 1), 300_000);
        const next = error === null ? nextAt : clock.now() + backoff;
        if (next === null || next > end || failures > 1) break;
        await clock.advance(Math.max(0, next - clock.now()));
      }
      const last = entries.at(-1);
      if (last === undefined) throw new Error("no pass told anything");
      return last;
    },
    /** Lets the time pass and runs again, as the resync does. */
    async later(ms: number, forMs?: number): Promise<PassEntry> {
      await clock.advance(ms);
      return world.run(forMs);
    },
  };

  const deps: PassDeps = {
    clock,
    source: {
      read: () =>
        world.sourceFails
          ? Promise.reject(world.sourceFails)
          : Promise.resolve({
              networkDomain: world.networkDomain,
              sites: world.sites.map((domain, index) => ({
                siteId: 100 + index,
                domain,
              })),
              mappings: [...mappings],
            }),
    },
    records: { load: () => Promise.resolve(record) },
    lock: {
      async run(work) {
        world.whileWaitingForLock();
        return work(() =>
          world.lockHeld
            ? Promise.resolve()
            : Promise.reject(new TransientError("lock-lost")),
        );
      },
    },
    ledger: {
      load() {
        const loaded = { names: [...records.values()], reported, record };
        world.whileLoaded();
        return Promise.resolve(loaded);
      },
      async intend(next, claimed, now) {
        const kept = swap(next);
        for (const name of claimed)
          records.set(name.name, {
            ...(records.get(name.name) ?? {
              ...WAITING,
              knownSince: now,
              changedAt: now,
              used: false,
            }),
            ...name,
            appId: next.appId,
            owned: true,
          });
        await world.whileIntending();
        return kept;
      },
      settle(changes) {
        const kept = changes.record && swap(changes.record);
        for (const one of changes.save) records.set(one.name, one);
        for (const name of changes.forget) records.delete(name);
        for (const name of changes.answered) reported.delete(name);
        return Promise.resolve(kept);
      },
      addPass: () => Promise.resolve(),
    },
    connect: () =>
      Promise.resolve({
        serverPilot: client,
        appId: api.id,
        settings: {
          wwwPolicy: world.wwwPolicy,
          multiPartTlds: [],
          wwwOverrides: {},
          excluded: [],
          networkId: null,
        },
      }),
    witness: () => Promise.resolve(world.witness),
  };
  return world;
}

export type PassWorld = ReturnType<typeof createPassWorld>;

/** So many names with a common beginning. */
export function numbered(count: number, prefix = "n"): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}${n}.example`);
}

/** A ServerPilot that refuses every list with one of these names, in the words that it is given. */
export function refusing(
  names: readonly string[],
  words = "Invalid domain.",
): (list: readonly string[]) => Answer {
  const refused = new Set(names);
  return (list) =>
    list.some((name) => refused.has(comparable(name)))
      ? new PermanentError("serverpilot-rejected", { message: words })
      : "taken";
}

export const unanswered = new TransientError("serverpilot-unavailable", {
  detail: "reset",
});
export const conflict = new TransientError("serverpilot-conflict", {
  message: "An action is running.",
});
export const notSent = new NotAppliedError("serverpilot-unavailable", {
  detail: "ECONNREFUSED",
});

/** A network with a panel's name on its app and these names mapped and on it. */
export async function settled(...names: string[]): Promise<PassWorld> {
  const world = createPassWorld();
  world.api.domains = ["network.example", "panel.example"];
  world.map(...names);
  await world.run();
  return world;
}

/** Tells the sidecar of removals, as UM does. */
export function remove(world: PassWorld, ...names: string[]): void {
  world.unmap(...names);
  for (const name of names) world.reported.set(name, world.clock.now());
}
