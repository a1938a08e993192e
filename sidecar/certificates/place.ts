import { type Clock, soon } from "../clock";
import { PermanentError } from "../errors";
import type { AppRecord } from "../reconcile/app-record";
import type { AppState, Server, ServerPilot } from "../reconcile/ports";
import type { DnsAnswer, Probes } from "../reconcile/probes";
import { ownAddresses } from "./addresses";
import { firstOfKind, type Place } from "./dns-findings";

export type KnownServer = Server & { seenAt: number };

export interface PlaceFinder {
  /**
   * Where names have to lead by now. The server is read once a day, when the app has moved to another one, and where a
   * finding has put its address in doubt.
   *
   * @param app null: as it was last seen.
   * @throws TransientError of ServerPilot
   */
  find(
    app: AppState | null,
    record: AppRecord,
    serverPilot: ServerPilot,
  ): Promise<{ place: Place; server: KnownServer | null }>;
  /** The server may have another address by now. */
  doubt(): void;
}

export interface PlaceDeps {
  clock: Clock;
  probes: Pick<Probes, "lookUp">;
  /** The operator's `SERVER_ADDRESSES`. */
  configured: readonly string[];
}

const KEPT_MS = 24 * 3_600_000;
/** However often an address is doubted, it is not read again within this time. */
const DOUBTED_MS = 60_000;
const DNS_PATIENCE_MS = 1_000;

/** What people are to put into A and AAAA records: the operator's choice first, else the server's. */
export function addressesToTell(
  configured: readonly string[],
  server: string | null,
): { ipv4: string | null; ipv6: string | null } {
  const all = server === null ? configured : [...configured, server];
  return { ipv4: firstOfKind(all, "ipv4"), ipv6: firstOfKind(all, "ipv6") };
}

export function createPlaceFinder({
  clock,
  probes,
  configured,
}: PlaceDeps): PlaceFinder {
  let server: KnownServer | null = null;
  let isDoubted = false;
  let networkDomain: DnsAnswer | null = null;

  async function readServer(
    app: AppState,
    record: AppRecord,
    serverPilot: ServerPilot,
  ): Promise<KnownServer | null> {
    const known = record.server;
    // What was seen in the future was seen by a clock that was wrong.
    const age = Math.abs(clock.now() - (known?.seenAt ?? 0));
    const isKept = known?.id === app.serverId && age < KEPT_MS;
    if (isKept && !(isDoubted && age >= DOUBTED_MS)) return known;
    try {
      const seen = await serverPilot.getServer(app.serverId);
      isDoubted = false;
      return { ...seen, seenAt: clock.now() };
    } catch (error) {
      // Without leave to read the server, handshakes may still tell enough.
      if (error instanceof PermanentError)
        return known?.id === app.serverId ? known : null;
      throw error;
    }
  }

  /** A resolver that is away for a moment must not make addresses foreign that were ours. */
  async function resolve(domain: string | null): Promise<DnsAnswer | null> {
    if (domain === null) return null;
    const dns = await soon(probes.lookUp(domain), DNS_PATIENCE_MS, clock);
    if (dns?.kind === "answer") networkDomain = dns;
    return networkDomain;
  }

  return {
    async find(app, record, serverPilot) {
      server = app ? await readServer(app, record, serverPilot) : record.server;
      const address = server?.lastAddress ?? null;
      const own = address === null ? [] : [address];
      const resolved = await resolve(record.networkDomain);
      // The network's own domain alone proves nothing: it may be what is wrong.
      const isKnown = own.length + configured.length > 0;
      const { ipv4, ipv6 } = addressesToTell(configured, address);
      const place = {
        server: address,
        ours: isKnown
          ? ownAddresses({ server: own, configured, networkDomain: resolved })
          : [],
        ipv4,
        ipv6,
      };
      return { place, server };
    },
    doubt() {
      isDoubted = true;
    },
  };
}
