import { PermanentError, TransientError } from "../../../sidecar/errors";
import {
  HELD_KEY,
  type HeldPlan,
  type PassDeps,
  type PassResult,
  runPass,
} from "../../../sidecar/reconcile/pass";
import type {
  ActionStatus,
  AppState,
  NameRecord,
  PassEntry,
  ServerPilot,
} from "../../../sidecar/reconcile/ports";
import {
  type LedgerChanges,
  WAITING,
} from "../../../sidecar/reconcile/records";
import { createFakeClock } from "../fake-clock";

/** A pass's whole world in memory: a mapping table, an app, a ledger, a lock, each of which can be made to fail. */
export function createPassWorld() {
  const clock = createFakeClock();
  const mappings: string[] = [];
  const writes: string[][] = [];
  const entries: PassEntry[] = [];
  const records = new Map<string, NameRecord>();
  const reported = new Map<string, number>();
  const state = new Map<string, unknown>();
  const world = {
    clock,
    mappings,
    writes,
    entries,
    records,
    reported,
    domains: [] as string[],
    actionEnds: "success" as ActionStatus,
    lockHeld: true,
    whileWaitingForLock: () => undefined as unknown,
    wwwPolicy: "never" as "always" | "never",
    fail: {} as Partial<
      Record<"source" | "getApp" | "replace" | "answer", Error>
    >,
    /** What happens while the ledger claims names. */
    whileClaiming: (): Promise<void> => Promise.resolve(),
    /** What happens on ServerPilot's side while our write is under way. */
    onWrite: () => undefined as unknown,
    owned: () =>
      [...records.values()]
        .filter(({ owned }) => owned)
        .map(({ name }) => name),
    stateOf: (name: string) => records.get(name)?.state,
    held: () => (state.get(HELD_KEY) ?? null) as HeldPlan | null,
    approve(checksum: string) {
      state.set(HELD_KEY, {
        ...(state.get(HELD_KEY) as HeldPlan),
        checksum,
        approved: true,
      });
    },
    async run(): Promise<PassResult> {
      const running = runPass(deps, {
        trigger: "test",
        correlationId: "c1",
        signal: new AbortController().signal,
      });
      for (let round = 0; round < 5; round += 1) await clock.advance(1000);
      return running;
    },
  };

  const app = (): AppState => ({
    id: "app1",
    name: "network",
    serverId: "server1",
    runtime: "php8.2",
    domains: [...world.domains],
    ssl: null,
    autossl: null,
  });
  const serverPilot: ServerPilot = {
    calls: 0,
    getApp: () =>
      world.fail.getApp
        ? Promise.reject(world.fail.getApp)
        : Promise.resolve(app()),
    replaceDomains(list) {
      if (world.fail.replace) return Promise.reject(world.fail.replace);
      writes.push([...list]);
      world.domains = [...list];
      world.onWrite();
      return world.fail.answer
        ? Promise.reject(world.fail.answer)
        : Promise.resolve({ actionId: "action1" });
    },
    getAction: () => Promise.resolve(world.actionEnds),
    getServer: () => Promise.reject(new PermanentError("internal-error")),
    enableAutoSsl: () => Promise.reject(new PermanentError("internal-error")),
    setForceSsl: () => Promise.reject(new PermanentError("internal-error")),
  };
  const deps: PassDeps = {
    clock,
    source: {
      read: () =>
        world.fail.source
          ? Promise.reject(world.fail.source)
          : Promise.resolve({
              networkDomain: "network.example",
              sites: [],
              mappings: mappings.map((domain, index) => ({
                id: index,
                siteId: 2,
                domain,
                primary: false,
                createdAt: index,
                siteExists: true,
                lacksCertificate: false,
              })),
            }),
    },
    state: {
      get: (key) => Promise.resolve(state.get(key)),
      set(key, value) {
        state.set(key, value);
        return Promise.resolve();
      },
    },
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
      load: () => Promise.resolve({ names: [...records.values()], reported }),
      claim(names, now) {
        for (const name of names) {
          const known = records.get(name.name);
          records.set(name.name, {
            ...(known ?? { ...BLANK, changedAt: now }),
            ...name,
            owned: true,
          });
        }
        return world.whileClaiming();
      },
      settle({
        save,
        forget,
        answered,
      }: LedgerChanges & { answered: string[] }) {
        for (const record of save) records.set(record.name, record);
        for (const name of forget) records.delete(name);
        for (const name of answered) reported.delete(name);
        return Promise.resolve();
      },
      addPass(entry) {
        entries.push(entry);
        return Promise.resolve();
      },
    },
    connect: () =>
      Promise.resolve({
        serverPilot,
        settings: {
          wwwPolicy: world.wwwPolicy,
          multiPartTlds: [],
          wwwOverrides: {},
          excluded: [],
          forceSsl: false,
        },
      }),
  };
  return world;
}

const BLANK = { ...WAITING, kind: "mapping", siteId: null } as const;
