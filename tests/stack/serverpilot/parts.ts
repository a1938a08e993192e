import type { DnsServer } from "./dns-server";
import type { DnsTable } from "./dns-table";
import type { Faults } from "./faults";
import type { Journal } from "./journal";
import type { SimulatorOptions } from "./simulator-options";
import type { TlsFaults } from "./tls-faults";
import type { TlsServer } from "./tls-server";
import type { World } from "./world";

/** Everything that a simulator is made of before it listens. */
export interface Parts {
  options: SimulatorOptions;
  world: World;
  dns: DnsTable;
  faults: Faults;
  tlsFaults: TlsFaults;
  journal: Journal;
}

export interface RunningParts extends Parts {
  dnsServer: DnsServer | null;
  tlsServer: TlsServer | null;
}
