import type { Clock } from "../clock";
import type { Probes } from "../reconcile/probes";
import { createDnsProbe } from "./dns";
import {
  createReachProbe,
  type ServerAddresses,
  type WebAddresses,
} from "./reach";
import { createTlsProbe } from "./tls";

export interface ProbesOptions {
  /** Empty = the machine's own. */
  dnsServers: readonly string[];
  clock: Clock;
  /** Where the server is asked for names over HTTP; default: its address, ports 80 and 443. */
  server?: ServerAddresses;
  /** For tests: where everything is that names resolve to. */
  world?: WebAddresses | undefined;
}

/** The probes of a process: one cache and one set of limits for all its networks. */
export function createProbes(options: ProbesOptions): Probes {
  const { dnsServers: servers, clock, server, world } = options;
  const dns = createDnsProbe({ servers, clock });
  const reach = createReachProbe({ lookUp: dns.lookUp, clock, server, world });
  return { ...dns, ...reach, handshake: createTlsProbe({ clock }) };
}
