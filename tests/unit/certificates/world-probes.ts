import type {
  CaaAnswer,
  ChallengeFinding,
  DnsAnswer,
  Probes,
  ReachAnswer,
  ServedCertificate,
  ZoneAnswer,
} from "../../../sidecar/reconcile/probes";
import { server } from "./facts";
import type { CertificateWorld } from "./world";

const YEAR_MS = 365 * 86_400_000;

const noCaa: CaaAnswer = { kind: "caa", forbids: false, at: null, values: [] };
const passing: ChallengeFinding = {
  kind: "reachable",
  address: server,
  certificate: null,
  status: 404,
};

/** A registered zone. */
export const zoneOf = (
  zone: string,
  over: Partial<Extract<ZoneAnswer, { kind: "zone" }>> = {},
): ZoneAnswer => ({
  kind: "zone",
  zone,
  registered: true,
  nameServers: [],
  provider: null,
  ...over,
});

/** What probes see of a world. */
export function probesOf(world: CertificateWorld): Probes {
  const away: ReachAnswer = {
    http: { kind: "unreachable", why: "refused", address: null, detail: "" },
    https: { kind: "unreachable", why: "refused", address: null, detail: "" },
  };
  const found = <T>(call: string, name: string, answer: T): Promise<T> =>
    world.call(`${call} ${name}`, () => answer);
  return {
    lookUp: (name: string, { fresh = false } = {}): Promise<DnsAnswer> => {
      world.log.push(fresh ? `dns anew ${name}` : `dns ${name}`);
      const answer = world.dns.get(name) ?? { kind: "missing", cname: null };
      if (answer === "never") return new Promise(() => undefined);
      return Promise.resolve(typeof answer === "function" ? answer() : answer);
    },
    handshake: (_: unknown, name: string) => {
      world.log.push(`tls ${name}`);
      const fault = world.faults.get(`tls ${name}`);
      return Promise.resolve(
        fault
          ? {
              kind: "failure" as const,
              address: world.address,
              detail: fault.message,
            }
          : presentedBy(world, name),
      );
    },
    alias: (name: string) =>
      Promise.resolve(
        world.aliases.get(name) ?? { kind: "alias" as const, target: null },
      ),
    zone: (name: string) =>
      Promise.resolve(
        world.zones.get(name) ?? zoneOf(name.split(".").slice(-2).join(".")),
      ),
    caa: (name: string) => found("caa", name, world.caa.get(name) ?? noCaa),
    reach: ({ name }: { name: string }) =>
      found("reach", name, world.through.get(name) ?? away),
    reachAtServer: ({ name }: { name: string }) =>
      found("at-server", name, world.atServer.get(name) ?? away),
    challenge: (name: string) =>
      found("challenge", name, world.challenges.get(name) ?? passing),
  };
}

function presentedBy(world: CertificateWorld, name: string): ServedCertificate {
  return {
    kind: "certificate",
    matchesName: world.served.has(name),
    untrusted: null,
    endsAt: world.clock.now() + YEAR_MS,
    issuer: "R11",
  };
}
