import type {
  CheckReport,
  HistoryAnswer,
  NameAnswer,
  NamesAnswer,
  NameView,
  StatusAnswer,
} from "../../sidecar/contract/answers";
import type { Preview } from "../../sidecar/contract/requests";

/** Answers with something in every place, as a network gives them. */
const at = "2026-01-15T12:00:00.000Z";

const held = {
  reason: "plan-held",
  params: { count: 9, percent: 60 },
  message: "held",
  remedy: "approve",
  severity: "critical",
  actor: "network-admin",
} as const;

const fine = {
  reason: null,
  params: {},
  message: "",
  remedy: "",
  severity: "ok",
  actor: "nobody",
} as const;

export const preview: Preview = {
  checksum: "c1",
  add: ["shop.example.com"],
  remove: [],
  adopt: [],
  disown: [],
  keep: 1,
  blocked: [
    {
      name: "*.example.com",
      reason: "hostname-wildcard",
      params: {},
      message: "wildcard",
      remedy: "none",
      severity: "action",
      actor: "network-admin",
    },
  ],
  result: ["example.com", "shop.example.com"],
  held: null,
};

export const report: CheckReport = {
  ok: true,
  version: "1.2.3",
  checks: [{ id: "database", ok: true, ...fine }],
};

const shop: NameView = {
  name: "shop.example.com",
  state: "secure",
  ...fine,
  tries: 1,
  nextTryAt: null,
  certificateEndsAt: at,
  siteId: 3,
  kind: "mapping",
  owned: true,
  knownSince: at,
  changedAt: at,
  liveSince: at,
  dns: {
    zone: "example.com",
    registered: true,
    provider: "Example DNS",
    checkedAt: at,
    records: [
      { type: "A", host: "shop", expected: "192.0.2.1", found: [], ok: false },
      { type: "AAAA", host: "shop", expected: null, found: ["::1"], ok: false },
    ],
  },
};

export const status: StatusAnswer = {
  network: "default",
  features: [],
  version: "1.2.3",
  registered: true,
  mark: "m1",
  now: at,
  address: "192.0.2.1",
  app: {
    id: "app1",
    name: "network",
    serverId: "s1",
    serverName: "web",
    serverAddress: "192.0.2.1",
    domainsUsed: 2,
    capacity: 300,
    autossl: { available: true, enabled: false, domains: ["example.com"] },
    customCertificate: false,
    seenAt: at,
  },
  pass: { state: "idle", lastAt: at, lastOutcome: "held", ...held, nextAt: at },
  held: { checksum: "c1", remove: ["old.example.com"], ...held },
  counts: {
    pending: 0,
    securing: 0,
    secure: 1,
    "ssl-failed": 0,
    blocked: 0,
    removing: 0,
  },
  severities: { ok: 1, waiting: 0, warning: 0, action: 0, critical: 0 },
  suspect: {
    checksum: "app:app1",
    reason: "app-suspect",
    params: { app: "network", checksum: "app:app1" },
    message: "suspect",
    remedy: "approve",
    severity: "critical",
    actor: "network-admin",
  },
  findings: [
    {
      reason: "network-domain-missing",
      params: { domain: "example.com" },
      message: "missing",
      remedy: "add it",
      severity: "critical",
      actor: "network-admin",
    },
  ],
  withoutPlace: 3,
  names: [shop],
};

export const page: NamesAnswer = { total: 1, names: [shop] };

export const one: NameAnswer = {
  ...shop,
  history: [{ at, from: "securing", to: "secure", ...fine }],
};

export const history: HistoryAnswer = {
  passes: [
    {
      id: 1,
      startedAt: at,
      finishedAt: at,
      trigger: "mapping.saved",
      correlationId: "corr-1",
      outcome: "ok",
      ...fine,
      added: ["shop.example.com"],
      removed: [],
      calls: 3,
    },
  ],
};
