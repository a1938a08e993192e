import type {
  CheckReport,
  HistoryAnswer,
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
} as const;

const fine = { reason: null, params: {}, message: "", remedy: "" } as const;

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

export const status: StatusAnswer = {
  network: "default",
  features: [],
  version: "1.2.3",
  registered: true,
  now: at,
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
  names: [
    {
      name: "shop.example.com",
      state: "secure",
      ...fine,
      tries: 1,
      nextTryAt: null,
      certificateEndsAt: at,
      siteId: 3,
      kind: "mapping",
      owned: true,
      changedAt: at,
    },
  ],
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
