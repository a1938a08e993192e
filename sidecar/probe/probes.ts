import type { Clock } from "../clock";
import type { Probes } from "../reconcile/probes";
import { createDnsProbe } from "./dns";
import { createTlsProbe } from "./tls";

export interface ProbesOptions {
  /** Empty = the machine's own. */
  dnsServers: readonly string[];
  clock: Clock;
  /** PEM of the trusted CAs; default: Node's, with those of NODE_EXTRA_CA_CERTS. */
  ca?: string;
}

/** The probes of a process: one cache and one set of limits for all its networks. */
export function createProbes(options: ProbesOptions): Probes {
  const { dnsServers, ...rest } = options;
  return {
    lookUp: createDnsProbe({ ...rest, servers: dnsServers }),
    handshake: createTlsProbe(rest),
  };
}
