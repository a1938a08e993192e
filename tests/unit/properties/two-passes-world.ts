import type fc from "fast-check";
import { TransientError } from "../../../sidecar/errors";
import {
  emptyRecord,
  type AppRecord,
} from "../../../sidecar/reconcile/app-record";
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

const NO_WWW = {
  wwwPolicy: "never",
  multiPartTlds: [],
  wwwOverrides: {},
  excluded: [],
  networkId: null,
} as const;

const BLANK: Omit<NameRecord, "name" | "owned"> = {
  ...WAITING,
  kind: "mapping",
  siteId: null,
  appId: null,
  used: false,
  knownSince: 0,
  changedAt: 0,
};

/** Two sidecars on one network whose every look and write can come before or after any other's. */
export class TwoPassesWorld {
  readonly table = new Set<string>();
  domains: string[];
  readonly records = new Map<string, NameRecord>();
  /** Every list that was written, with what it replaced. */
  readonly writes: { before: string[]; after: string[] }[] = [];
  readonly #scheduler: fc.Scheduler;
  readonly #deps: PassDeps;
  #record: AppRecord = emptyRecord;

  constructor(scheduler: fc.Scheduler, domains: string[], lock: NetworkLock) {
    this.#scheduler = scheduler;
    this.domains = domains;
    const { records } = this;
    const serverPilot = this.#serverPilot();
    this.#deps = {
      clock: createFakeClock(),
      lock,
      source: {
        read: this.#later("table", () => ({
          networkDomain: "net.example",
          sites: [],
          mappings: [...this.table].map((domain, index) => ({
            id: index,
            siteId: 2,
            domain,
            primary: false,
            createdAt: index,
            siteExists: true,
            lacksCertificate: false,
            stage: "checking-dns",
          })),
        })),
      },
      records: { load: this.#later("record", () => this.#record) },
      ledger: {
        load: this.#later("ledger", () => ({
          names: [...records.values()],
          reported: new Map<string, number>(),
          record: this.#record,
        })),
        intend: this.#later("intend", (record, names) => {
          const kept = this.#swap(record);
          for (const name of names)
            records.set(name.name, {
              ...(records.get(name.name) ?? BLANK),
              ...name,
              appId: record.appId,
              owned: true,
            });
          return kept;
        }),
        settle: this.#later("settle", ({ save, forget, record }) => {
          const kept = record && this.#swap(record);
          for (const one of save) records.set(one.name, one);
          for (const name of forget) records.delete(name);
          return kept;
        }),
        addPass: this.#later("history", () => undefined),
      },
      connect: () =>
        Promise.resolve({ serverPilot, appId: "app", settings: NO_WWW }),
      witness: () => Promise.resolve(true),
    };
  }

  run(trigger: string): Promise<PassResult> {
    const { signal } = new AbortController();
    const request = { trigger, correlationId: trigger, signal, urgent: true };
    return runPass(this.#deps, request);
  }

  #swap(record: AppRecord): AppRecord {
    if (record.revision !== this.#record.revision)
      throw new TransientError("lock-lost");
    this.#record = { ...record, revision: record.revision + 1 };
    return this.#record;
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
    const send = this.#later("write app", (list: readonly string[]) => {
      this.writes.push({ before: this.domains, after: [...list] });
      this.domains = [...list];
      return { actionId: null };
    });
    const client: ServerPilot = {
      calls: 0,
      getApp: this.#later("read app", () => ({
        id: "app",
        name: "",
        serverId: "s",
        runtime: "",
        domains: [...this.domains],
        sslUnreadable: false,
        ssl: null,
        autossl: null,
      })),
      async replaceDomains(list, beforeSending) {
        await beforeSending();
        return send(list);
      },
      getApps: refuse,
      getAction: refuse,
      getServer: refuse,
      enableAutoSsl: refuse,
      setForceSsl: refuse,
      inBackground: () => client,
    };
    return client;
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

/** No lock at all, as in a cluster of databases whose locks are local to a node. */
export const noLock: NetworkLock = {
  run: (work) => work(() => Promise.resolve()),
};
