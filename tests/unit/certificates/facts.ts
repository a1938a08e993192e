import type {
  CertificateFacts,
  Gathered,
} from "../../../sidecar/certificates/facts";
import type { Place } from "../../../sidecar/certificates/dns-findings";
import { judge, type Verdict } from "../../../sidecar/certificates/judgement";
import type { AppState } from "../../../sidecar/reconcile/ports";
import type {
  DnsAnswer,
  ReachAnswer,
  ReachFinding,
  ServedCertificate,
} from "../../../sidecar/reconcile/probes";

/** Facts about one name, all well but for what a test changes. */
export const now = Date.UTC(2026, 0, 15, 12);
export const DAY = 86_400_000;
export const name = "shop.example.com";
export const server = "203.0.113.10";
export const place: Place = {
  server,
  ours: [server],
  ipv4: server,
  ipv6: null,
};

export const pointing = (
  addresses: string[],
  ipv6: string[] = [],
): DnsAnswer => ({ kind: "answer", addresses, ipv6, cname: null, ttl: 300 });
export const certificate = (
  over: Partial<ServedCertificate> = {},
): ServedCertificate => ({
  kind: "certificate",
  matchesName: true,
  untrusted: null,
  endsAt: now + 80 * DAY,
  issuer: "R11",
  ...over,
});
export const other = certificate({ matchesName: false });
export const silent = {
  kind: "failure",
  address: "203.0.113.10:443",
  detail: "ECONNREFUSED",
} as const;

export const off = { ssl: null, autossl: { available: false, domains: [] } };
export const available = {
  ssl: null,
  autossl: { available: true, domains: [name] },
};
export const enabled = {
  ssl: { auto: true, force: false, custom: false },
  autossl: { available: true, domains: [name] },
};
export const enabledForOthers = {
  ...enabled,
  autossl: { available: true, domains: ["other.example"] },
};
export const custom = {
  ssl: { auto: false, force: false, custom: true },
  autossl: { available: false, domains: [] },
};

export type Ssl = Pick<AppState, "ssl" | "autossl">;

export const app = (ssl: Ssl): AppState => ({
  id: "app",
  name: "network",
  serverId: "srv",
  runtime: "php8.3",
  domains: [name],
  sslUnreadable: false,
  ...ssl,
});

/** What is gathered where a test says nothing else: nothing that tells against the name. */
export const calm: Required<Gathered> = {
  records: {
    zone: {
      kind: "zone",
      zone: "example.com",
      registered: true,
      nameServers: [],
      provider: null,
    },
    alias: { kind: "alias", target: null },
  },
  reach: { answer: null, stage: null },
  atServer: null,
  apps: [],
  caa: { kind: "caa", forbids: false, at: null, values: [] },
  challenge: {
    kind: "reachable",
    address: server,
    certificate: null,
    status: 404,
  },
};

export const facts = (
  ssl: Ssl,
  over: Partial<CertificateFacts> = {},
): CertificateFacts => ({
  name,
  app: app(ssl),
  place,
  dns: pointing([server]),
  served: other,
  enableFailure: null,
  wasSecure: false,
  isUnsteady: false,
  isFinal: false,
  reachWorks: true,
  bareZone: null,
  gathered: calm,
  now,
  ...over,
});

/** The verdict, once nothing is left to be gathered. */
export function judged(
  ssl: Ssl,
  over: Partial<CertificateFacts> = {},
): Verdict {
  const said = judge(facts(ssl, over));
  if ("need" in said) throw new Error(`${said.need} was not gathered`);
  return said;
}

const met = { address: server, certificate: null, status: 200 };

/** What asking through the name came to, by HTTP and HTTPS alike. */
export const finding = {
  reached: { kind: "reached", ...met },
  page: {
    kind: "not-this-network",
    ...met,
    unrouted: false,
    location: null,
    otherMapping: null,
  },
  unrouted: {
    kind: "not-this-network",
    ...met,
    status: 302,
    unrouted: true,
    location: "https://network.example/wp-signup.php",
    otherMapping: null,
  },
  loop: { kind: "redirect-loop", ...met, status: 301 },
  redirect: { kind: "redirected-elsewhere", ...met, host: "else.example" },
  error: { kind: "error-page", ...met, status: 525, challenge: false },
  challenge: { kind: "error-page", ...met, status: 403, challenge: true },
  away: {
    kind: "unreachable",
    why: "time-out",
    address: server,
    detail: "no answer",
  },
} as const satisfies Record<string, ReachFinding>;

export const both = (one: ReachFinding): ReachAnswer => ({
  http: one,
  https: one,
});

/** What is gathered where asking through the name and at the server came to this. */
export const reaching = (
  through: ReachFinding | null,
  over: Partial<Gathered> & { stage?: string | null } = {},
): { gathered: Gathered } => {
  const { stage = "checking-dns", ...more } = over;
  const answer = through && both(through);
  return { gathered: { ...calm, reach: { answer, stage }, ...more } };
};

export const hundredAndOne = (ssl: Ssl) => ({
  app: {
    ...app(ssl),
    domains: Array.from({ length: 101 }, (_, n) => `n${n}.example`),
  },
});

export const refused = {
  reason: "autossl-refused",
  params: { message: "not now" },
} as const;
