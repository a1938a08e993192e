import type { AppRecord } from "../reconcile/app-record";
import type { Finding } from "./dns-findings";

/** What is remembered of the app's certificate between rounds, in the app's record. */
export interface CertificateMemory {
  /** The SSL mode as the last round saw it. */
  sslMode: string | null;
  /** The last attempts at the two writes, kept before they are sent so that a restart does not repeat them early. */
  enabled: Attempt | null;
  forced: Attempt | null;
  /** Covered names that were looked at since they became covered, so that each poll does not look again. */
  seenCovered: readonly string[];
}

export interface Attempt {
  /** What it was for: enabling again makes sense when the certificate covers other names. */
  what: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Attempts for the same, this one included. */
  count: number;
  failure: Finding | null;
}

const NOTHING: CertificateMemory = {
  sslMode: null,
  enabled: null,
  forced: null,
  seenCovered: [],
};

export function memoryOf({ certificates }: AppRecord): CertificateMemory {
  return certificates ?? NOTHING;
}
