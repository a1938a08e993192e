import type { ReasonCode, ReasonParams } from "../reasons";

/** What a pass needs from the outside, as interfaces: source, serverpilot, probe and record implement them. */

/** One row of UM's mapping table, as read; `domain` is not normalised yet. */
export interface Mapping {
  id: number;
  siteId: number;
  domain: string;
  primary: boolean;
  /** Milliseconds since the epoch, or null where UM left it empty. */
  createdAt: number | null;
  /** False for rows that outlived their site. */
  siteExists: boolean;
}

/** One site of the network, with the address WordPress itself gave it. */
export interface Site {
  siteId: number;
  domain: string;
}

/** All of the network that decides the plan, read in one consistent snapshot. */
export interface NetworkSnapshot {
  /** The network's own domain, as WordPress stores it (it may carry a port). */
  networkDomain: string;
  mappings: Mapping[];
  sites: Site[];
}

export interface Source {
  /**
   * Reads UM's mapping table and WordPress's sites.
   *
   * @throws TransientError `database-unreachable`, `database-busy`
   * @throws PermanentError `table-missing`, `column-missing`, `database-access-denied`, `database-not-found`; never an empty list instead
   */
  read(): Promise<NetworkSnapshot>;
}

/** An app as ServerPilot describes it, without its private key. */
export interface AppState {
  id: string;
  name: string;
  serverId: string;
  runtime: string;
  domains: string[];
  /** Null while no certificate is installed. `custom` = a certificate that AutoSSL does not manage. */
  ssl: { auto: boolean; force: boolean; custom: boolean } | null;
  /** Null where ServerPilot says nothing of AutoSSL. */
  autossl: { available: boolean; domains: string[] } | null;
}

export interface Server {
  id: string;
  name: string;
  /** The server's IP address, where ServerPilot knows it. */
  lastAddress: string | null;
}

export type ActionStatus = "open" | "success" | "error";

/** ServerPilot's API for one app. Every method throws TransientError or PermanentError with a `serverpilot-*` reason. */
export interface ServerPilot {
  getApp(): Promise<AppState>;
  /** Replaces the app's whole list. `actionId` is null where ServerPilot had nothing to do. */
  replaceDomains(
    domains: readonly string[],
  ): Promise<{ actionId: string | null }>;
  /** @throws PermanentError `autossl-refused` with ServerPilot's words (HTTP 400). */
  enableAutoSsl(): Promise<{ actionId: string | null }>;
  setForceSsl(force: boolean): Promise<{ actionId: string | null }>;
  getAction(actionId: string): Promise<ActionStatus>;
  getServer(serverId: string): Promise<Server>;
  /** How many requests this client has sent, retries included. */
  readonly calls: number;
}

/** A name with the reason why it cannot be on the app. */
export interface BlockedName {
  name: string;
  reason: ReasonCode;
  params: ReasonParams;
  siteId: number | null;
}
