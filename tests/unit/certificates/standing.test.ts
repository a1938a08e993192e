import type { ReasonCode } from "../../../sidecar/reasons/reasons";
import type { NameState } from "../../../sidecar/reconcile/ports";
import { standingOf } from "../../../sidecar/reconcile/standing";

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
