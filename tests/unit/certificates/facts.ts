import type { CertificateFacts } from "../../../sidecar/certificates/judgement";
import type { AppState } from "../../../sidecar/reconcile/ports";
import type {
  DnsAnswer,
  ServedCertificate,
} from "../../../sidecar/reconcile/probes";

/** Facts about one name, all well but for what a test changes. */
export const now = Date.UTC(2026, 0, 15, 12);
export const DAY = 86_400_000;
export const name = "shop.example.com";
export const server = "203.0.113.10";

export const pointing = (
  addresses: string[],
  ipv6: string[] = [],
): DnsAnswer => ({
  ...{ kind: "answer", addresses, ipv6, cname: null, ttl: 300 },
});
export const certificate = (
  over: Partial<ServedCertificate> = {},
): ServedCertificate => ({
  ...{
    kind: "certificate",
    matchesName: true,
    untrusted: null,
    endsAt: now + 80 * DAY,
    issuer: "R11",
  },
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
export const facts = (
  ssl: Ssl,
  over: Partial<CertificateFacts> = {},
): CertificateFacts => ({
  name,
  app: {
    id: "app",
    name: "app",
    serverId: "srv",
    runtime: "php8.3",
    domains: [name],
    ...ssl,
  },
  expectedAddress: server,
  dns: pointing([server]),
  served: other,
  enableFailure: null,
  wasSecure: false,
  now,
  ...over,
});

export const hundredAndOne = (ssl: Ssl) => {
  const { app } = facts(ssl);
  return {
    app: {
      ...app,
      domains: Array.from({ length: 101 }, (_, n) => `n${n}.example`),
    },
  };
};

export const refused = {
  reason: "autossl-refused",
  params: { message: "not now" },
} as const;
