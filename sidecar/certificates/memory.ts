import type { AppRecord } from "../reconcile/app-record";
import type { EnableAttempt } from "./attempts";
import type { Finding } from "./dns-findings";

/**
 * What is remembered of the app's certificate between rounds, in the app's record. Times are milliseconds since the
 * epoch.
 */
export interface CertificateMemory {
  /** The SSL mode, the server and its address as the last round saw them: a change sets off a check of every name. */
  sslMode: string | null;
  serverId: string | null;
  address: string | null;
  /** When AutoSSL was last found turned off, or the app on another server: earlier attempts keep nothing waiting then. */
  turnedAt: number;
  /** Attempts of the last day to enable AutoSSL, oldest first, each kept before it is sent. */
  attempts: readonly EnableAttempt[];
  /** The last attempt to turn ForceSSL on. */
  forced: ForceAttempt | null;
  /** Why ForceSSL is asked for and not on; null where it is on, or nobody asks for it. */
  forceHeld: Finding | null;
  /** Covered names that were checked since they became covered, so that not each poll checks them again. */
  seenCovered: readonly string[];
  /** When DNS last made a name's tries begin again, by name; kept for an hour. */
  restarts: Readonly<Record<string, number>>;
  /** UM has answered to a nonce: only since then does a page without that answer tell anything. */
  reachWorks: boolean;
}

export interface ForceAttempt {
  at: number;
  /** Attempts in a row without success, this one included. */
  count: number;
  failure: Finding | null;
}

const NOTHING: CertificateMemory = {
  sslMode: null,
  serverId: null,
  address: null,
  turnedAt: 0,
  attempts: [],
  forced: null,
  forceHeld: null,
  seenCovered: [],
  restarts: {},
  reachWorks: false,
};

/** Fields that a later version has added have their empty value in what an earlier one has kept. */
export function memoryOf({ certificates }: AppRecord): CertificateMemory {
  return { ...NOTHING, ...certificates };
}
