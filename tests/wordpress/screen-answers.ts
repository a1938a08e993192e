const name = (domain: string, state: string, more: object = {}) => ({
  ...{ name: domain, state, reason: null, params: {}, message: "", remedy: "" },
  ...{ tries: 0, nextTryAt: null, certificateEndsAt: null, siteId: 1 },
  ...{ kind: "mapping", owned: true, changedAt: "2026-01-01T00:00:00.000Z" },
  ...more,
});
/** A status of the sidecar; the given parts differ. */
export const status = (more: object = {}) => ({
  ...{ network: "default", version: "0.1.0", registered: true },
  app: { id: "app1", name: "shop", domainsUsed: 62, capacity: 300 },
  pass: { state: "idle", lastAt: null, lastOutcome: "ok", nextAt: null },
  ...{ held: null, names: [] },
  ...more,
});
/** A domain that failed and sixty that are secure. */
export const manyNames = [
  name("failed.example.com", "ssl-failed", {
    reason: "dns-missing",
    params: { name: "failed.example.com", expected: "192.0.2.1" },
  }),
  ...Array.from({ length: 60 }, (_, index) =>
    name(`n${String(index).padStart(2, "0")}.example.com`, "secure"),
  ),
];
