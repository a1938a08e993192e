import type { ReasonCode } from "../../../sidecar/reasons/reasons";
import type { DnsView, NameState } from "../../../sidecar/reconcile/ports";
import { isDnsRight, standingOf } from "../../../sidecar/reconcile/standing";

const HOUR = 3_600_000;
const now = Date.UTC(2026, 0, 15, 12);

const standing = (
  state: NameState,
  reason: ReasonCode | null,
  over: { liveSince?: number | null; knownSince?: number } = {},
) =>
  standingOf({ state, reason, liveSince: null, knownSince: now, ...over }, now);

describe("how much a name's state matters", () => {
  test.each<[string, NameState, ReasonCode]>([
    ["its certificate is lost", "securing", "certificate-lacks-name"],
    ["its certificate has expired", "securing", "certificate-expired"],
    ["its DNS has moved away", "securing", "dns-elsewhere"],
    ["its domain has lapsed", "securing", "dns-not-registered"],
    ["another app takes it", "securing", "taken-by-app"],
    ["its DNS alternates", "securing", "dns-alternates"],
  ])(
    "a site that was live is critical at once when %s",
    (_what, state, reason) => {
      expect(standing(state, reason, { liveSince: now - HOUR }).severity).toBe(
        "critical",
      );
    },
  );

  test("a name that was never live waits, for the customer or for nobody", () => {
    expect(standing("securing", "dns-missing")).toEqual({
      severity: "waiting",
      actor: "customer",
    });
    expect(standing("securing", "not-checked-yet", { liveSince: now })).toEqual(
      {
        severity: "waiting",
        actor: "nobody",
      },
    );
  });

  test.each<[NameState, ReasonCode | null, string]>([
    ["secure", null, "ok"],
    ["secure", "dns-proxied", "ok"],
    ["secure", "only-www-mapped", "ok"],
    ["secure", "custom-certificate", "ok"],
    ["secure", "certificate-expiring", "warning"],
    ["secure", "error-page", "warning"],
    ["secure", "cdn-not-reaching", "action"],
    ["secure", "server-unreachable", "critical"],
  ])("a name that is %s with %s is %s", (state, reason, severity) => {
    expect(standing(state, reason, { liveSince: now }).severity).toBe(severity);
  });
});

describe("whether a name's DNS is right", () => {
  const row = (type: "A" | "AAAA" | "CAA", ok: boolean) => ({
    type,
    host: "@",
    expected: null,
    found: [],
    ok,
  });
  const dns = (...records: DnsView["records"]): DnsView => ({
    zone: "example.com",
    registered: true,
    provider: null,
    checkedAt: now,
    records,
  });

  test.each<[string, NameState, ReasonCode | null, DnsView | null, boolean]>([
    ["secure", "secure", null, null, true],
    [
      "right records",
      "securing",
      "certificate-pending",
      dns(row("A", true)),
      true,
    ],
    [
      "right, but CAA records forbid it",
      "ssl-failed",
      "caa-forbids",
      dns(row("A", true), row("CAA", false)),
      true,
    ],
    [
      "one wrong record",
      "securing",
      "dns-ipv6-elsewhere",
      dns(row("A", true), row("AAAA", false)),
      false,
    ],
    ["no record", "securing", "dns-missing", dns(row("A", false)), false],
    ["not checked", "securing", "certificate-pending", null, false],
    [
      "right before it was taken off the app",
      "securing",
      "not-checked-yet",
      dns(row("A", true)),
      false,
    ],
    [
      "right at the moment",
      "securing",
      "dns-alternates",
      dns(row("A", true)),
      false,
    ],
    [
      "not on the app",
      "pending",
      "waiting-for-pass",
      dns(row("A", true)),
      false,
    ],
  ])("%s", (_what, state, reason, view, right) => {
    expect(isDnsRight({ state, reason, dns: view })).toBe(right);
  });
});
