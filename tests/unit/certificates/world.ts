import {
  type CertificateRoundRequest,
  createCertificateRound,
} from "../../../sidecar/certificates/round";
import { PermanentError } from "../../../sidecar/errors";
import type {
  ActionStatus,
  AppState,
  CertificateView,
  NameRecord,
  ServerPilot,
} from "../../../sidecar/reconcile/ports";
import type {
  DnsAnswer,
  ServedCertificate,
} from "../../../sidecar/reconcile/probes";
import { createFakeClock } from "../fake-clock";

export const SERVER = "203.0.113.10";
export const POLL_MS = 10_000;
export const WINDOW_MS = 1_800_000;
const YEAR_MS = 365 * 86_400_000;

export const at = (...addresses: string[]): DnsAnswer => ({
  ...{ kind: "answer", addresses, ipv6: [], cname: null, ttl: 1 },
});

type Never = "never";

const unasked = (): Promise<never> =>
  Promise.reject(new Error("this world has no answer to it"));

/** A ledger, an app, DNS and a web server in memory, around a certificate round and a clock that stands still. */
export class CertificateWorld {
  readonly clock = createFakeClock();
  readonly records = new Map<string, NameRecord>();
  readonly saved: { name: string; view: CertificateView; at: number }[] = [];
  readonly log: string[] = [];
  readonly dns = new Map<string, DnsAnswer | Never>();
  /** Names that the server presents a certificate for. */
  readonly served = new Set<string>();
  readonly state = new Map<string, unknown>();
  readonly settings = { maxTries: 5, forceSsl: false };
  app: AppState = {
    ...{ id: "app", name: "app", serverId: "srv", runtime: "php8.3" },
    ...{ domains: [], ssl: null, autossl: { available: false, domains: [] } },
  };
  /** Thrown by the next calls of these names. */
  readonly faults = new Map<string, Error>();
  actionStatus: ActionStatus = "success";
  locked = false;
  /** False: enabling AutoSSL succeeds, but the server goes on serving what it served. */
  deploys = true;
  #round = this.#newRound();

  add(name: string, over: Partial<NameRecord> = {}): void {
    this.app.domains.push(name);
    if (!this.dns.has(name)) this.dns.set(name, at(SERVER));
    this.records.set(name, {
      ...{ name, kind: "mapping", siteId: 2, owned: true, changedAt: 0 },
      ...{
        state: "securing",
        reason: "certificate-pending",
        params: {},
        tries: 0,
        triesSince: null,
      },
      ...{
        nextTryAt: this.clock.now(),
        certificateEndsAt: null,
        dnsSeen: null,
      },
      ...over,
    });
  }

  /** What ServerPilot's certificate covers from now on. */
  cover(...names: string[]): void {
    this.app.autossl = { available: true, domains: names };
  }

  run(
    request: Partial<CertificateRoundRequest> = {},
  ): Promise<{ nextAt: number | null }> {
    return this.#round.run({ retry: [], correlationId: "c", ...request });
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

  count(call: string): number {
    return this.log.filter((entry) => entry === call).length;
  }

  #call<T>(name: string, result: () => T): Promise<T> {
    this.log.push(name);
    const fault = this.faults.get(name);
    return fault ? Promise.reject(fault) : Promise.resolve(result());
  }

  #newRound() {
    const serverPilot: ServerPilot = {
      calls: 0,
      getApp: () => this.#call("getApp", () => structuredClone(this.app)),
      replaceDomains: () =>
        Promise.reject(
          new Error("the certificate round never writes the list"),
        ),
      enableAutoSsl: () =>
        this.#call("enableAutoSsl", () => {
          if (!this.locked) throw new Error("written without the lock");
          if (this.app.autossl?.available !== true)
            throw new PermanentError("autossl-refused", { message: "no" });
          this.app.ssl = { auto: true, force: false, custom: false };
          if (this.deploys)
            for (const name of this.app.autossl.domains) this.served.add(name);
          return { actionId: null };
        }),
      setForceSsl: (force) =>
        this.#call("setForceSsl", () => {
          if (this.app.ssl) this.app.ssl.force = force;
          return { actionId: null };
        }),
      getAction: () => this.#call("getAction", () => this.actionStatus),
      getServer: () =>
        Promise.reject(new Error("the server is remembered elsewhere")),
    };
    return createCertificateRound({
      serverPilot: () => Promise.resolve(serverPilot),
      server: (_, app) =>
        this.#call("server", () => ({
          id: app.serverId,
          name: "web",
          lastAddress: SERVER,
        })),
      ledger: {
        certificateNames: () => Promise.resolve([...this.records.values()]),
        saveCertificate: (name, view) => {
          const record = this.records.get(name);
          if (!record) throw new Error(`there is no ${name}`);
          this.records.set(name, { ...record, ...view });
          this.saved.push({ name, view, at: this.clock.now() });
          return Promise.resolve();
        },
      },
      state: {
        get: (key) => Promise.resolve(this.state.get(key)),
        set: (key, value) => {
          this.state.set(key, structuredClone(value));
          return Promise.resolve();
        },
      },
      lock: {
        run: async (work) => {
          this.locked = true;
          try {
            return await work(() => this.#call("stillHeld", () => undefined));
          } finally {
            this.locked = false;
          }
        },
      },
      probes: {
        lookUp: (name) => {
          this.log.push(`dns ${name}`);
          const answer = this.dns.get(name) ?? { kind: "missing", cname: null };
          return answer === "never"
            ? new Promise(() => undefined)
            : Promise.resolve(answer);
        },
        handshake: (_, name) => {
          this.log.push(`tls ${name}`);
          return Promise.resolve(this.#present(name));
        },
        alias: unasked,
        zone: unasked,
        caa: unasked,
        reach: unasked,
        reachAtServer: unasked,
        challenge: unasked,
      },
      clock: this.clock,
      settings: () => Promise.resolve({ ...this.settings }),
      pollMs: POLL_MS,
      windowMs: WINDOW_MS,
      probeAddress: undefined,
    });
  }

  #present(name: string): ServedCertificate {
    return {
      kind: "certificate",
      matchesName: this.served.has(name),
      untrusted: null,
      endsAt: this.clock.now() + YEAR_MS,
      issuer: "R11",
    };
  }
}
