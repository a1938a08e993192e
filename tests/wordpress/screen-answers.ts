import { version } from "../../sidecar/version";

const name = (domain: string, state: string, more: object = {}) => ({
  name: domain,
  state,
  reason: null,
  params: {},
  message: "",
  remedy: "",
  tries: 0,
  nextTryAt: null,
  certificateEndsAt: null,
  siteId: 1,
  kind: "mapping",
  owned: true,
  changedAt: "2026-01-01T00:00:00.000Z",
  ...more,
});
/** A status of the sidecar; the given parts differ. */
export const status = (more: object = {}) => ({
  network: "default",
  version,
  registered: true,
  app: { id: "app1", name: "shop", domainsUsed: 62, capacity: 300 },
  pass: { state: "idle", lastAt: null, lastOutcome: "ok", nextAt: null },
  held: null,
  names: [],
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
/** A status of a sidecar that gives its domains by page; every tenth domain failed. */
export const pagedStatus = (total: number, more: object = {}) => {
  const failed = total / 10;
  return status({
    names: undefined,
    features: ["names", "severity"],
    counts: { "ssl-failed": failed, secure: total - failed },
    severities: { action: failed, ok: total - failed },
    suspect: null,
    findings: [],
    withoutPlace: 0,
    mark: "",
    ...more,
  });
};
/** A page of as many domains, of which every tenth failed. */
export function namesPage(total: number, query: URLSearchParams) {
  const failedOnly = query.get("needs") === "action";
  const found = failedOnly ? total / 10 : total;
  const offset = Number(query.get("offset") ?? "0");
  const limit = Math.min(Number(query.get("limit") ?? "50"), found - offset);
  return {
    total: found,
    names: Array.from({ length: Math.max(0, limit) }, (_, index) => {
      const number = (offset + index) * (failedOnly ? 10 : 1);
      const state = number % 10 === 0 ? "ssl-failed" : "secure";
      return name(`n${number}.example.com`, state);
    }),
  };
}
