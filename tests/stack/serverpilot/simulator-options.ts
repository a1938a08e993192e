import type { Settings } from "./settings";
import type { Clock } from "./types";

/** How a simulator is started; every setting can be given too. */
export interface SimulatorOptions extends Partial<Settings> {
  /** The first account and its app. */
  clientId: string;
  apiKey: string;
  appId: string;
  /** What is on the first app at the start and after a reset. */
  domains?: string[];
  host?: string;
  /** API and control interface; 0 (default) takes a free port. */
  port?: number;
  /** Starts the DNS server (default false). Its table exists without it. */
  dns?: boolean;
  dnsPort?: number;
  /** Starts the TLS server (default false). */
  tls?: boolean;
  tlsPort?: number;
  /** Starts what is reached over HTTP and HTTPS (default false). Its table of faults exists without it. */
  http?: boolean;
  httpPort?: number;
  httpsPort?: number;
  /** Where the CA's certificate is written when TLS or HTTP is on; default: a temporary file. */
  caFile?: string;
  /** The `lastaddress` of the first server (127.0.0.1). */
  serverAddress?: string;
  /** Whether the first server refuses requests for names on no app (true); else its first app gets them. */
  denyUnknownDomains?: boolean;
  /** The world's time; waiting (latency, `slow`, DNS delays) is always real. */
  clock?: Clock;
}

/** What can be looked up about an app without the API. */
export interface AppState {
  id: string;
  name: string;
  clientId: string;
  serverId: string;
  domains: string[];
  ssl: { auto: boolean; force: boolean } | null;
  /** Names in the AutoSSL certificate that is available. */
  covered: string[];
  /** Names in the certificate that is served; null = none. */
  served: string[] | null;
  openActions: number;
  /** Where requests for its names are passed to; null = a page of the simulator's own. */
  backend: string | null;
}
