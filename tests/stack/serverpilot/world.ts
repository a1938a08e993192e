import { randomBytes } from "node:crypto";

import { coveredNames, Issued, sameNames } from "./autossl";
import type { DnsTable } from "./dns-table";
import { hostnameOf, NameRules } from "./domains";
import type { HttpFaults } from "./http-faults";
import type { Settings } from "./settings";
import type { Account, Action, App, Clock, Reading, Server } from "./types";

export type AccountOptions = Pick<Account, "clientId" | "apiKey">;
export type ServerOptions = Partial<Omit<Server, "datecreated">>;
export interface AppOptions {
  id?: string;
  name?: string;
  /** Default: the first account. */
  clientId?: string;
  /** Default: the account's first server, made where there is none. */
  serverId?: string;
  domains?: string[];
}

/** A change of an app's list. */
export interface DomainsChange {
  appId: string;
  before: readonly string[];
  after: readonly string[];
  /**
   * A write of the API, one that is applied long after it was sent, ServerPilot's taking back of a write whose action
   * ended in error, or a person in the panel.
   */
  by: "write" | "late-write" | "revert" | "panel";
  /** The list as the client sent it, which may be another one than `after`; null where none was sent. */
  sent: readonly string[] | null;
}

/** A call that is done later than it was sent. */
interface Late {
  appId: string;
  at: number;
  run: () => void;
}

/** An id as ServerPilot makes them. */
function newId(): string {
  return randomBytes(12).toString("base64url").replace(/[-_]/g, "x");
}

/** Accounts, servers, apps and actions. Time passes when it is looked at: `settle` brings an app up to the clock. */
export class World {
  readonly accounts = new Map<string, Account>();
  readonly servers = new Map<string, Server>();
  readonly apps = new Map<string, App>();
  readonly actions = new Map<string, Action>();
  readonly names = new NameRules();
  readonly issued = new Issued();
  readonly settings: Settings;
  readonly dns: DnsTable;
  readonly http: HttpFaults;
  readonly clock: Clock;
  readonly domainsListeners = new Set<(change: DomainsChange) => void>();
  #late: Late[] = [];
  #actionsStarted = 0;

  constructor(
    settings: Settings,
    tables: { dns: DnsTable; http: HttpFaults },
    clock: Clock,
  ) {
    this.settings = settings;
    this.dns = tables.dns;
    this.http = tables.http;
    this.clock = clock;
  }

  clear(): void {
    for (const things of [this.accounts, this.servers, this.apps, this.actions])
      things.clear();
    this.names.clear();
    this.issued.clear();
    this.#late = [];
    this.#actionsStarted = 0;
  }

  addAccount(options: AccountOptions): Account {
    const account = { ...options, refusal: null };
    this.accounts.set(account.clientId, account);
    return account;
  }

  addServer(options: ServerOptions = {}): Server {
    const server = {
      id: options.id ?? newId(),
      name: options.name ?? `server-${this.servers.size + 1}`,
      clientId: options.clientId ?? this.#firstAccount(),
      lastaddress: options.lastaddress ?? "127.0.0.1",
      address6: options.address6 ?? "::1",
      addresses: options.addresses ?? [],
      denyUnknownDomains: options.denyUnknownDomains ?? true,
      datecreated: Math.floor(this.clock() / 1000),
    };
    this.servers.set(server.id, server);
    return server;
  }

  /** Adds an app, taking its place where the id exists. Throws Error for an unknown server. */
  addApp(options: AppOptions = {}): App {
    const clientId = options.clientId ?? this.#firstAccount();
    const own = [...this.servers.values()].find(
      (server) => server.clientId === clientId,
    );
    const serverId =
      options.serverId ?? own?.id ?? this.addServer({ clientId }).id;
    if (!this.servers.has(serverId))
      throw new Error(`there is no server ${serverId}`);
    const app: App = {
      id: options.id ?? newId(),
      name: options.name ?? `app${this.apps.size + 1}`,
      clientId,
      serverId,
      sysuserid: newId(),
      datecreated: Math.floor(this.clock() / 1000),
      runtime: "php8.2",
      domains: [],
      before: [],
      addedAt: new Map(),
      covered: [],
      ssl: null,
      served: null,
      open: [],
      odd: null,
      backend: null,
    };
    this.apps.set(app.id, app);
    this.setDomains(app, options.domains ?? [], "panel");
    return app;
  }

  /** Puts a whole list on an app; `sent` is what a client sent for it. */
  setDomains(
    app: App,
    domains: readonly string[],
    by: DomainsChange["by"],
    sent: readonly string[] | null = null,
  ): void {
    const now = this.clock();
    const { domains: before, addedAt } = app;
    app.addedAt = new Map(
      domains.map(hostnameOf).map((host) => [host, addedAt.get(host) ?? now]),
    );
    app.before = before;
    app.domains = [...domains];
    for (const listener of this.domainsListeners)
      listener({ appId: app.id, before, after: domains, by, sent });
  }

  /** The app up to the clock, or undefined. */
  app(id: string): App | undefined {
    const app = this.apps.get(id);
    if (app) this.settle(app);
    return app;
  }

  /** The action up to the clock, or undefined. */
  action(id: string): Action | undefined {
    const action = this.actions.get(id);
    if (action) this.app(action.appId);
    return action;
  }

  /** The trouble that the settings have for the action that starts now, which is counted. */
  nextActionTrouble(): Settings["actionTrouble"] | undefined {
    const { actionTroubleEvery: every, actionTrouble } = this.settings;
    this.#actionsStarted += 1;
    return every > 0 && this.#actionsStarted % every === 0
      ? actionTrouble
      : undefined;
  }

  /** Starts an action on an app that ends after `settings.actionMs`, or never. */
  startAction(
    app: App,
    how: Pick<Action, "outcome" | "hidden" | "onSuccess" | "onError"> & {
      never: boolean;
    },
  ): Action {
    const { never, ...rest } = how;
    const now = this.clock();
    const { id: appId, clientId, serverId } = app;
    const endsAt = never ? Infinity : now + this.settings.actionMs;
    const action: Action = {
      id: newId(),
      clientId,
      serverId,
      appId,
      status: "open",
      startedAt: now,
      endsAt,
      ...rest,
    };
    this.actions.set(action.id, action);
    app.open.push(action);
    return action;
  }

  /** Does something to an app once the clock has come to `at`. */
  later(appId: string, at: number, run: () => void): void {
    this.#late.push({ appId, at, run });
  }

  /**
   * Notes a write or trouble, after which reads may be odd for a while. Between two such times at least one read shows
   * how things are.
   */
  noteFor(app: App, what: Settings["oddReadAfter"]): void {
    const { oddRead, oddReadAfter, oddReads, oddReadMs } = this.settings;
    if (oddRead === "none" || oddReadAfter !== what || app.odd) return;
    const byTime = oddReadMs > 0;
    app.odd = {
      shows: oddRead,
      reads: byTime ? Infinity : oddReads,
      until: byTime ? this.clock() + oddReadMs : Infinity,
    };
  }

  /** What the read of an app that is answered now shows, if it is an odd one. */
  takeOddRead(app: App): Reading | undefined {
    const { odd } = app;
    if (!odd || odd.reads <= 0 || odd.until <= this.clock()) {
      app.odd = null;
      return undefined;
    }
    odd.reads -= 1;
    return odd.shows;
  }

  /**
   * Lets happen to an app what was due, in its order: actions end, late writes are done; then its AutoSSL certificate
   * grows and, with `autoDeploy`, is served.
   */
  settle(app: App): void {
    const now = this.clock();
    for (;;) {
      const late = earliest(
        this.#late.filter(({ appId }) => appId === app.id),
        ({ at }) => at,
      );
      const action = earliest(app.open, ({ endsAt }) => endsAt);
      const lateAt = late?.at ?? Infinity;
      const endsAt = action?.endsAt ?? Infinity;
      if (Math.min(lateAt, endsAt) > now) break;
      if (action && endsAt <= lateAt) this.#end(app, action);
      else if (late) {
        this.#late = this.#late.filter((one) => one !== late);
        late.run();
      }
    }
    const server = this.servers.get(app.serverId);
    if (server) app.covered = coveredNames(app, server, this);
    const grown =
      this.settings.autoDeploy &&
      app.ssl?.auto &&
      app.served !== null &&
      !sameNames(app.served.names, app.covered);
    if (grown && app.covered.length > 0) this.serve(app, app.covered, false);
  }

  settleAll(): void {
    for (const app of this.apps.values()) this.settle(app);
  }

  /** From now on the server presents a certificate with these names for the app's domains. */
  serve(app: App, names: readonly string[], custom: boolean): void {
    app.served = { names: [...names], custom, issuedAt: Date.now() };
    if (!custom) this.issued.add(names, this.clock());
  }

  #end(app: App, action: Action): void {
    app.open = app.open.filter((one) => one !== action);
    action.status = action.outcome;
    (action.outcome === "success" ? action.onSuccess : action.onError)?.();
    if (action.outcome === "error") this.noteFor(app, "trouble");
  }

  #firstAccount(): string {
    const [first] = this.accounts.keys();
    if (first === undefined) throw new Error("add an account first");
    return first;
  }
}

function earliest<T>(
  things: readonly T[],
  timeOf: (thing: T) => number,
): T | undefined {
  const [first, ...others] = things;
  if (first === undefined) return undefined;
  return others.reduce(
    (soonest, thing) => (timeOf(thing) < timeOf(soonest) ? thing : soonest),
    first,
  );
}
