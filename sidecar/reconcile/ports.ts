import type { ReasonCode, ReasonParams } from "../reasons/reasons";
import type { AppRecord } from "./app-record";

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
  /** UM's stage as it is in the table, such as `checking-dns` or `done`. */
  stage: string;
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
   * @param networkId WordPress's id of the network; null: the only one there is.
   * @throws TransientError `database-unreachable`, `database-busy`
   * @throws PermanentError `table-missing`, `column-missing`, `database-access-denied`, `database-not-found`; never an empty list instead
   */
  read(networkId: number | null): Promise<NetworkSnapshot>;
}

/** An app as ServerPilot describes it, without its private key. */
export interface AppState {
  id: string;
  name: string;
  serverId: string;
  runtime: string;
  domains: string[];
  /**
   * ServerPilot says something of SSL or AutoSSL that is not understood: nothing is concluded from it and nothing done
   * about it; the list of domains is as good as ever.
   */
  sslUnreadable: boolean;
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

/** `unknown`: ServerPilot has no such action (any more). */
export type ActionStatus = "open" | "success" | "error" | "unknown";

/** An app of the account, as far as it says which app takes a name. */
export interface AppOfAccount {
  id: string;
  name: string;
  serverId: string;
  domains: readonly string[];
}

/** Called once the budget allows the write, right before it is sent; what it throws keeps the write from being sent. */
export type BeforeSending = () => Promise<void>;

/**
 * ServerPilot's API for one app. Every method sends one request, once, and throws TransientError or PermanentError with
 * a `serverpilot-*` reason: whoever calls comes again.
 */
export interface ServerPilot {
  getApp(): Promise<AppState>;
  /** Every app of the account. */
  getApps(): Promise<AppOfAccount[]>;
  /**
   * Replaces the app's whole list. `actionId` is null where ServerPilot had nothing to do.
   *
   * @throws PermanentError `serverpilot-rejected` (400, 422 …) or TransientError `serverpilot-conflict` (409), both with
   * ServerPilot's words; NotAppliedError where it cannot have been applied; else it may have been.
   */
  replaceDomains(
    domains: readonly string[],
    beforeSending: BeforeSending,
  ): Promise<{ actionId: string | null }>;
  /** @throws PermanentError `autossl-refused` with ServerPilot's words (HTTP 400). */
  enableAutoSsl(
    beforeSending: BeforeSending,
  ): Promise<{ actionId: string | null }>;
  setForceSsl(
    force: boolean,
    beforeSending: BeforeSending,
  ): Promise<{ actionId: string | null }>;
  getAction(actionId: string): Promise<ActionStatus>;
  getServer(serverId: string): Promise<Server>;
  /** The same client for what may wait: it leaves a part of the account's budget to passes. */
  inBackground(): ServerPilot;
  /** How many requests this client has sent. */
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
  /** The app that state and ownership are about; null for what 0.1.0 has kept. */
  appId: string | null;
  /** A person had put the name on the app before it was mapped: the mapping uses it and leaves it there when it goes. */
  used: boolean;
  /** When the ledger heard of the name, and when its state or reason last changed. */
  knownSince: number;
  changedAt: number;
}

/** The part of a name's record that the certificate round decides. */
export interface CertificateView {
  state: NameState;
  reason: ReasonCode | null;
  params: ReasonParams;
  /** Checks of the certificate that counted, since the name was put on the app or its DNS changed. */
  tries: number;
  /** When the schedule of tries began; null before the first check. */
  triesSince: number | null;
  nextTryAt: number | null;
  certificateEndsAt: number | null;
  /** The DNS answer that the last check saw, to notice a change. */
  dnsSeen: string | null;
  /** When the name was secure for the first time since it was mapped; null before that. */
  liveSince: number | null;
  /** What was found in DNS and what should be there, for people; null before the first check. */
  dns: DnsView | null;
}

/** The records that a name needs, beside those that it has. */
export interface DnsView {
  /** The registered domain that the records belong to; null where it could not be told. */
  zone: string | null;
  registered: boolean;
  /** The DNS provider in words, where its name servers tell. */
  provider: string | null;
  checkedAt: number;
  records: readonly DnsRecordView[];
}

export interface DnsRecordView {
  type: "A" | "AAAA" | "CNAME" | "CAA";
  /** Relative to the zone: `@`, `www`, `shop`. */
  host: string;
  /** What has to be there; null: it has to be deleted. */
  expected: string | null;
  found: readonly string[];
  ok: boolean;
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
    view: CertificateView & { state: CertificateState; changedAt: number },
    correlationId: string,
  ): Promise<void>;
}

/** Keeps the app's record. */
export interface AppRecords {
  load(): Promise<AppRecord>;
  /**
   * Changes the record; `change` is asked again with what is there by then where somebody was quicker, and gives null
   * where there is nothing to change.
   */
  update(change: (record: AppRecord) => AppRecord | null): Promise<AppRecord>;
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

/** What a pass keeps in one transaction. */
export interface PassChanges {
  /** The record as the pass leaves it, refused where it was changed since the pass read it; null where it stays. */
  record: AppRecord | null;
  save: readonly NameRecord[];
  forget: readonly string[];
  /** Reports of removals that have served. */
  answered: readonly string[];
  /** For the history; null while the pass goes on. */
  entry: PassEntry | null;
}

/** The part of the ledger that the pass reads and writes. */
export interface PassLedger {
  /** Every record, the names that UM reported as removed with the time of the report, and the app's record. */
  load(): Promise<{
    names: NameRecord[];
    reported: ReadonlyMap<string, number>;
    record: AppRecord;
  }>;
  /**
   * Keeps the intent of a write and marks its new names as owned, in one transaction and before it is sent, so that a
   * crash right after the write leaves none behind that nobody would ever remove.
   *
   * @throws TransientError `lock-lost` where the record was changed since: another pass has the lock.
   */
  intend(
    record: AppRecord,
    claimed: readonly Pick<NameRecord, "name" | "kind" | "siteId">[],
    now: number,
  ): Promise<AppRecord>;
  /**
   * Saves and forgets records in one transaction, with a notification for each changed state or reason. Gives the app's
   * record as it is kept now; null where it stayed.
   *
   * @throws TransientError `lock-lost` where the record was changed since: another pass has the lock.
   */
  settle(
    changes: PassChanges,
    correlationId: string,
  ): Promise<AppRecord | null>;
  /** The history of a pass that could not even read the ledger. */
  addPass(entry: PassEntry): Promise<void>;
}
