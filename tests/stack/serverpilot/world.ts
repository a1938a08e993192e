import { randomBytes } from "node:crypto";

import { coveredNames, sameNames } from "./autossl";
import type { DnsTable } from "./dns-table";
import type { Account, Action, App, Clock, Server, Settings } from "./types";

export type AccountOptions = Pick<Account, "clientId" | "apiKey">;
export type ServerOptions = Partial<
  Pick<Server, "id" | "name" | "clientId" | "lastaddress" | "address6">
>;
export interface AppOptions {
  id?: string;
  name?: string;
  /** Default: the first account. */
  clientId?: string;
  /** Default: the account's first server, made where there is none. */
  serverId?: string;
  domains?: string[];
}

/** A change of an app's list: by a write of the API, or by a person in the panel. */
export interface DomainsChange {
  appId: string;
  before: readonly string[];
  after: readonly string[];
  by: "write" | "panel";
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
  readonly settings: Settings;
  readonly dns: DnsTable;
  readonly clock: Clock;
  readonly domainsListeners = new Set<(change: DomainsChange) => void>();

  constructor(settings: Settings, dns: DnsTable, clock: Clock) {
    this.settings = settings;
    this.dns = dns;
    this.clock = clock;
  }

  clear(): void {
    for (const things of [this.accounts, this.servers, this.apps, this.actions])
      things.clear();
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
      addedAt: new Map(),
      covered: [],
      ssl: null,
      served: null,
      open: [],
    };
    this.apps.set(app.id, app);
    this.setDomains(app, options.domains ?? [], "panel");
    return app;
  }

  /** Puts a whole list on an app, as a write or a person in the panel does. */
  setDomains(
    app: App,
    domains: readonly string[],
    by: DomainsChange["by"],
  ): void {
    const now = this.clock();
    const before = app.domains;
    app.addedAt = new Map(
      domains.map((name) => [name, app.addedAt.get(name) ?? now]),
    );
    app.domains = [...domains];
    for (const listener of this.domainsListeners)
      listener({ appId: app.id, before, after: domains, by });
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

  /** Starts an action on an app that ends after `settings.actionMs`, or never. */
  startAction(
    app: App,
    how: Pick<Action, "outcome" | "onSuccess" | "onError"> & {
      never?: boolean;
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

  /** Lets happen to an app what was due: actions end, its AutoSSL certificate grows and, with `autoDeploy`, is served. */
  settle(app: App): void {
    const now = this.clock();
    const ended = app.open.filter((action) => action.endsAt <= now);
    app.open = app.open.filter((action) => action.endsAt > now);
    for (const action of ended.sort(
      (one, other) => one.endsAt - other.endsAt,
    )) {
      action.status = action.outcome;
      (action.outcome === "success" ? action.onSuccess : action.onError)?.();
    }
    const server = this.servers.get(app.serverId);
    if (server)
      app.covered = coveredNames(app, server, this.dns, this.settings, now);
    const grown =
      app.ssl?.auto &&
      app.served !== null &&
      !sameNames(app.served.names, app.covered);
    if (this.settings.autoDeploy && grown && app.covered.length > 0)
      this.serve(app, app.covered, false);
  }

  settleAll(): void {
    for (const app of this.apps.values()) this.settle(app);
  }

  /** From now on the server presents a certificate with these names for the app's domains. */
  serve(app: App, names: readonly string[], custom: boolean): void {
    app.served = { names: [...names], custom, issuedAt: Date.now() };
  }

  #firstAccount(): string {
    const [first] = this.accounts.keys();
    if (first === undefined) throw new Error("add an account first");
    return first;
  }
}
