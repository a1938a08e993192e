import type { ReasonCode, ReasonParams } from "../reasons/reasons";

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
  /** UM believes that it has no certificate: its stage is `checking-ssl-cert` or `ssl-failed`. */
  lacksCertificate: boolean;
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

export type NameKind = "mapping" | "www" | "site";

/** `securing`, `secure` and `ssl-failed` are on the app; the certificate round moves names between these three. */
export type NameState =
  "pending" | "securing" | "secure" | "ssl-failed" | "blocked" | "removing";

/** What the ledger keeps of a name. Times are milliseconds since the epoch. */
export interface NameRecord extends CertificateView {
  name: string;
  kind: NameKind;
  siteId: number | null;
  /** The bridge put the name on the app or adopted it, so the bridge may remove it. */
  owned: boolean;
  /** When state or reason last changed. */
  changedAt: number;
}

/** The part of a name's record that the certificate round decides. */
export interface CertificateView {
  state: NameState;
  reason: ReasonCode | null;
  params: ReasonParams;
  /** Looks at the certificate that counted, since the name was put on the app or its DNS changed. */
  tries: number;
  /** When the schedule of tries began; null before the first look. */
  triesSince: number | null;
  nextTryAt: number | null;
  certificateEndsAt: number | null;
  /** The DNS answer that the last look saw, to notice a change. */
  dnsSeen: string | null;
}

/** A name in a certificate state. */
export type CertificateState = Extract<
  NameState,
  "securing" | "secure" | "ssl-failed"
>;

export interface CertificateLedger {
  /** The records in a certificate state. */
  certificateNames(): Promise<NameRecord[]>;
  /**
   * Saves a look's result, unless the name has left the certificate states meanwhile. Where state or reason changed,
   * the notification to WordPress is appended in the same transaction.
   */
  saveCertificate(
    name: string,
    view: CertificateView & { state: CertificateState },
    correlationId: string,
  ): Promise<void>;
}

/** Small facts about the network that outlive a restart, as JSON values. */
export interface StateStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
}

/** The one writer's lock of a network, in the network's own database. */
export interface NetworkLock {
  /**
   * Runs `work` while holding the lock; `stillHeld` is to be called right before each write to ServerPilot.
   *
   * @throws TransientError `lock-held` when it is not had in time; `lock-lost` from `stillHeld`.
   */
  run<T>(work: (stillHeld: () => Promise<void>) => Promise<T>): Promise<T>;
}

/** One run of the pass, as history keeps it. Times are milliseconds since the epoch. */
export interface PassEntry {
  startedAt: number;
  finishedAt: number;
  /** What asked for it, such as `mapping.saved` or `resync`. */
  trigger: string;
  correlationId: string;
  outcome: "ok" | "held" | "failed";
  reason: ReasonCode | null;
  params: ReasonParams;
  added: string[];
  removed: string[];
  /** Requests sent to ServerPilot. */
  calls: number;
}

/** The part of the ledger that the pass reads and writes. */
export interface PassLedger {
  /** Every record, and the names that UM reported as removed with the time of the report. */
  load(): Promise<{
    names: NameRecord[];
    reported: ReadonlyMap<string, number>;
  }>;
  /**
   * Marks names as owned before they are written to the app, so that a crash right after the write leaves none behind
   * that nobody would ever remove.
   */
  claim(
    names: readonly Pick<NameRecord, "name" | "kind" | "siteId">[],
    now: number,
  ): Promise<void>;
  /** Saves and forgets records in one transaction, with a notification for each changed state or reason. */
  settle(
    changes: { save: NameRecord[]; forget: string[]; answered: string[] },
    correlationId: string,
  ): Promise<void>;
  addPass(entry: PassEntry): Promise<void>;
}
