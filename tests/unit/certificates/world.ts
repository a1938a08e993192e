import {
  type CertificateRoundRequest,
  createCertificateRound,
} from "../../../sidecar/certificates/round";
import { memoryOf } from "../../../sidecar/certificates/memory";
import { PermanentError } from "../../../sidecar/errors";
import {
  emptyRecord,
  type AppRecord,
} from "../../../sidecar/reconcile/app-record";
import type {
  ActionStatus,
  AppOfAccount,
  AppState,
  CertificateView,
  Mapping,
  NameRecord,
  ServerPilot,
} from "../../../sidecar/reconcile/ports";
import type {
  AliasAnswer,
  CaaAnswer,
  ChallengeFinding,
  DnsAnswer,
  ReachAnswer,
  ZoneAnswer,
} from "../../../sidecar/reconcile/probes";
import { createFakeClock } from "../fake-clock";
import { probesOf } from "./world-probes";

export const SERVER = "203.0.113.10";
export const POLL_MS = 10_000;
export const WINDOW_MS = 1_800_000;
export const NETWORK_DOMAIN = "network.example";

export const at = (...addresses: string[]): DnsAnswer => ({
  kind: "answer",
  addresses,
  ipv6: [],
  cname: null,
  ttl: 1,
});

type Never = "never";

/** A ledger, an app, DNS and a web server in memory, around a certificate round and a clock that stands still. */
export class CertificateWorld {
  readonly clock = createFakeClock();
  readonly records = new Map<string, NameRecord>();
  readonly saved: { name: string; view: CertificateView; at: number }[] = [];
  readonly log: string[] = [];
  /** A function is asked at each question. */
  readonly dns = new Map<string, DnsAnswer | Never | (() => DnsAnswer)>();
  /** Names that the server presents a certificate for. */
  readonly served = new Set<string>();
  readonly settings = { maxTries: 5, forceSsl: false, forceSslProxied: false };
  record: AppRecord = { ...emptyRecord, networkDomain: NETWORK_DOMAIN };
  app: AppState = {
    id: "app",
    name: "network",
    serverId: "srv",
    runtime: "php8.3",
    domains: [],
    sslUnreadable: false,
    ssl: null,
    autossl: { available: false, domains: [] },
  };
  apps: AppOfAccount[] = [];
  address = SERVER;
  readonly serverAddresses: readonly string[];
  /** Thrown by the next calls of these names. */
  readonly faults = new Map<string, Error>();
  actionId: string | null = null;
  actionStatus: ActionStatus = "success";
  locked = false;
  /** False: enabling AutoSSL succeeds, but the server goes on serving what it served. */
  deploys = true;
  /** UM's stages by mapping; every name in the ledger has one unless it is null here. */
  readonly stages = new Map<string, string | null>();
  /** Whether the plugin gives nonces, and what asking through names and at the server then comes to. */
  givesNonces = false;
  readonly through = new Map<string, ReachAnswer>();
  readonly atServer = new Map<string, ReachAnswer>();
  readonly zones = new Map<string, ZoneAnswer>();
  readonly aliases = new Map<string, AliasAnswer>();
  readonly caa = new Map<string, CaaAnswer>();
  readonly challenges = new Map<string, ChallengeFinding>();
  #round;

  constructor({ serverAddresses = [] }: { serverAddresses?: string[] } = {}) {
    this.serverAddresses = serverAddresses;
    this.#round = this.#newRound();
  }

  add(name: string, over: Partial<NameRecord> = {}): void {
    this.app.domains.push(name);
    if (!this.dns.has(name)) this.dns.set(name, at(SERVER));
    this.records.set(name, {
      name,
      kind: "mapping",
      siteId: 2,
      owned: true,
      appId: "app",
      used: false,
      knownSince: this.clock.now(),
      changedAt: this.clock.now(),
      state: "securing",
      reason: "not-checked-yet",
      params: {},
      tries: 0,
      triesSince: null,
      nextTryAt: this.clock.now(),
      certificateEndsAt: null,
      dnsSeen: null,
      liveSince: null,
      dns: null,
      ...over,
    });
  }

  /** What a pass does that finds the name off the app and puts it there again, or what a person does who retries it. */
  addAgain(name: string): void {
    this.#change(name, {
      state: "securing",
      reason: "not-checked-yet",
      tries: 0,
      triesSince: null,
      nextTryAt: this.clock.now(),
    });
  }

  retry(name: string): void {
    this.#change(name, { triesSince: null, nextTryAt: null });
  }

  /** What ServerPilot's certificate covers from now on. */
  cover(...names: string[]): void {
    this.app.autossl = { available: true, domains: names };
  }

  async run(
    request: Partial<CertificateRoundRequest> = {},
  ): Promise<{ nextAt: number | null }> {
    return this.#round.run({ correlationId: "c", ...request });
  }

  /** Runs rounds at the times that they ask for, up to `untilMs` from now. */
  async live(untilMs: number): Promise<void> {
    const end = this.clock.now() + untilMs;
    for (;;) {
      const { nextAt } = await this.run();
      if (nextAt === null || nextAt > end) break;
      await this.clock.advance(nextAt - this.clock.now());
    }
    await this.clock.advance(end - this.clock.now());
  }

  restart(): void {
    this.#round = this.#newRound();
  }

  stateOf(name: string): [string | undefined, string | null | undefined] {
    const record = this.records.get(name);
    return [record?.state, record?.reason];
  }

  get memory() {
    return memoryOf(this.record);
  }

  count(call: string): number {
    return this.log.filter((entry) => entry === call).length;
  }

  /** What WordPress would be told: each change of a state or its reason. */
  told(): number {
    return this.#told;
  }

  #told = 0;

  #change(name: string, over: Partial<NameRecord>): void {
    const record = this.records.get(name);
    if (!record) throw new Error(`there is no ${name}`);
    this.records.set(name, { ...record, ...over });
  }

  /** Writes a call down and gives its result, or the fault that is set for it. */
  call<T>(name: string, result: () => T): Promise<T> {
    this.log.push(name);
    const fault = this.faults.get(name);
    return fault ? Promise.reject(fault) : Promise.resolve(result());
  }

  #save(name: string, view: CertificateView): void {
    const before = this.records.get(name);
    if (before?.state !== view.state || before.reason !== view.reason)
      this.#told += 1;
    this.#change(name, view);
    this.saved.push({ name, view, at: this.clock.now() });
  }

  #serverPilot(): ServerPilot {
    const serverPilot: ServerPilot = {
      calls: 0,
      inBackground: () => serverPilot,
      getApp: () => this.call("getApp", () => structuredClone(this.app)),
      getApps: () => this.call("getApps", () => structuredClone(this.apps)),
      replaceDomains: () =>
        Promise.reject(
          new Error("the certificate round never writes the list"),
        ),
      enableAutoSsl: async (beforeSending) => {
        await beforeSending();
        return this.call("enableAutoSsl", () => this.#enable());
      },
      setForceSsl: async (force, beforeSending) => {
        await beforeSending();
        return this.call("setForceSsl", () => {
          if (this.app.ssl) this.app.ssl.force = force;
          return { actionId: null };
        });
      },
      getAction: () => this.call("getAction", () => this.actionStatus),
      getServer: (id) =>
        this.call("getServer", () => ({
          id,
          name: "web",
          lastAddress: this.address,
        })),
    };
    return serverPilot;
  }

  #enable() {
    if (!this.locked) throw new Error("written without the lock");
    if (this.app.autossl?.available !== true)
      throw new PermanentError("autossl-refused", { message: "no" });
    this.app.ssl = { auto: true, force: false, custom: false };
    if (this.deploys)
      for (const name of this.app.autossl.domains) this.served.add(name);
    return { actionId: this.actionId };
  }

  #mappings(): Mapping[] {
    return [...this.records.keys()].flatMap((domain, index) => {
      const stage = this.stages.get(domain) ?? "checking-dns";
      return this.stages.get(domain) === null
        ? []
        : [
            {
              id: index + 1,
              siteId: 2,
              domain,
              primary: false,
              createdAt: null,
              siteExists: true,
              lacksCertificate: false,
              stage,
            },
          ];
    });
  }

  #newRound() {
    const serverPilot = this.#serverPilot();
    return createCertificateRound({
      connect: () =>
        Promise.resolve({
          serverPilot,
          settings: { ...this.settings },
          snapshot: () =>
            Promise.resolve({
              networkDomain: NETWORK_DOMAIN,
              mappings: this.#mappings(),
              sites: [],
            }),
          nonces: (names) =>
            Promise.resolve(
              new Map(this.givesNonces ? names.map((one) => [one, "n"]) : []),
            ),
        }),
      ledger: {
        certificateNames: () => Promise.resolve([...this.records.values()]),
        saveCertificate: (name, view) => {
          this.#save(name, view);
          return Promise.resolve();
        },
      },
      onSaved: () => undefined,
      records: {
        load: () => Promise.resolve(this.record),
        update: (change) => {
          if (!this.locked) throw new Error("changed without the lock");
          this.record = change(this.record) ?? this.record;
          return Promise.resolve(this.record);
        },
      },
      lock: {
        run: async (work) => {
          this.locked = true;
          try {
            return await work(() => this.call("stillHeld", () => undefined));
          } finally {
            this.locked = false;
          }
        },
      },
      probes: probesOf(this),
      clock: this.clock,
      pollMs: POLL_MS,
      windowMs: WINDOW_MS,
      probeAddress: undefined,
      serverAddresses: this.serverAddresses,
    });
  }
}
