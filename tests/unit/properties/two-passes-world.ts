import type fc from "fast-check";
import { TransientError } from "../../../sidecar/errors";
import {
  runPass,
  type PassDeps,
  type PassResult,
} from "../../../sidecar/reconcile/pass";
import type {
  NameRecord,
  NetworkLock,
  ServerPilot,
} from "../../../sidecar/reconcile/ports";
import { WAITING } from "../../../sidecar/reconcile/records";
import { createFakeClock } from "../fake-clock";

/** Two sidecars on one network whose every look and write can come before or after any other's. */
export class TwoPassesWorld {
  readonly table = new Set<string>();
  domains: string[];
  readonly records = new Map<string, NameRecord>();
  /** Every list that was written, with what it replaced. */
  readonly writes: { before: string[]; after: string[] }[] = [];
  readonly #scheduler: fc.Scheduler;
  readonly #deps: PassDeps;

  constructor(scheduler: fc.Scheduler, domains: string[], lock: NetworkLock) {
    this.#scheduler = scheduler;
    this.domains = domains;
    const state = new Map<string, unknown>();
    const { records } = this;
    this.#deps = {
      clock: createFakeClock(),
      lock,
      source: {
        read: this.#later("table", () => ({
          networkDomain: "net.example",
          sites: [],
          mappings: [...this.table].map((domain, index) => ({
            ...{ id: index, siteId: 2, domain, primary: false },
            ...{ createdAt: index, siteExists: true, lacksCertificate: false },
          })),
        })),
      },
      state: {
        get: this.#later("state", (key: string) => state.get(key)),
        set: this.#later("state", (key: string, value: unknown) => {
          state.set(key, value);
        }),
      },
      ledger: {
        load: this.#later("ledger", () => ({
          names: [...records.values()],
          reported: new Map<string, number>(),
        })),
        claim: this.#later("claim", (names) => {
          for (const name of names)
            records.set(name.name, {
              ...(records.get(name.name) ?? BLANK),
              ...name,
              owned: true,
            });
        }),
        settle: this.#later("settle", ({ save, forget }) => {
          for (const record of save) records.set(record.name, record);
          for (const name of forget) records.delete(name);
        }),
        addPass: this.#later("history", () => undefined),
      },
      connect: () =>
        Promise.resolve({ serverPilot: this.#serverPilot(), settings: NO_WWW }),
    };
  }

  run(trigger: string): Promise<PassResult> {
    const { signal } = new AbortController();
    return runPass(this.#deps, { trigger, correlationId: trigger, signal });
  }

  /** Work that is done at a moment of the scheduler's choosing. */
  #later<Args extends unknown[], T>(
    label: string,
    work: (...args: Args) => T,
  ): (...args: Args) => Promise<T> {
    return (...args) =>
      this.#scheduler
        .schedule(Promise.resolve(), label)
        .then(() => work(...args));
  }

  #serverPilot(): ServerPilot {
    const refuse = () => Promise.reject(new TransientError("internal-error"));
    return {
      calls: 0,
      getApp: this.#later("read app", () => ({
        ...{ id: "app", name: "", serverId: "s", runtime: "" },
        ...{ domains: [...this.domains], ssl: null, autossl: null },
      })),
      replaceDomains: this.#later("write app", (list: readonly string[]) => {
        this.writes.push({ before: this.domains, after: [...list] });
        this.domains = [...list];
        return { actionId: null };
      }),
      getAction: refuse,
      getServer: refuse,
      enableAutoSsl: refuse,
      setForceSsl: refuse,
    };
  }
}

/** A lock as the database's: who comes second waits. */
export function createMutex(): NetworkLock {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run<T>(work: (stillHeld: () => Promise<void>) => Promise<T>): Promise<T> {
      const turn = last.then(() => work(() => Promise.resolve()));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** No lock at all: what the design forbids. */
export const noLock: NetworkLock = {
  run: (work) => work(() => Promise.resolve()),
};

const NO_WWW = {
  wwwPolicy: "never",
  multiPartTlds: [],
  wwwOverrides: {},
  excluded: [],
  forceSsl: false,
} as const;

const BLANK: Omit<NameRecord, "name" | "owned"> = {
  ...WAITING,
  ...{ kind: "mapping", siteId: null, changedAt: 0 },
};
