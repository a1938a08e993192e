import type { Logger } from "../../../sidecar/log/logger";
import type { NameChange } from "../../../sidecar/mysql/outbox";
import { logChanges, observedPass } from "../../../sidecar/network/observer";
import type { PassEntry } from "../../../sidecar/reconcile/ports";

type Line = [level: string, message: string, meta: object];

/** A logger that keeps its lines. */
function keeping(): { logger: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (message: string, meta: object = {}) => {
      lines.push([level, message, meta]);
    };
  const logger: Logger = {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    child: () => logger,
    redact: { add: () => undefined },
  };
  return { logger, lines };
}

const change: NameChange = {
  name: "shop.example.com",
  kind: "mapping",
  siteId: 2,
  state: "securing",
  previous: "pending",
  reason: "dns-missing",
  params: {},
  message: "The DNS has no address.",
  remedy: "Add an A record.",
  severity: "waiting",
  actor: "customer",
  live: false,
  at: "2026-01-15T12:00:00.000Z",
  certificateEndsAt: null,
};

test.each([
  ["ok", "info"],
  ["waiting", "info"],
  ["warning", "warn"],
  ["action", "warn"],
  ["critical", "error"],
] as const)(
  "a change of a name is one line, as loud as it is urgent: %s",
  (severity, level) => {
    const { logger, lines } = keeping();
    logChanges(logger, [{ ...change, severity }], "c1");
    expect(lines).toEqual([
      [
        level,
        "domain",
        {
          name: "shop.example.com",
          kind: "mapping",
          from: "pending",
          to: "securing",
          reason: "dns-missing",
          why: "The DNS has no address.",
          remedy: "Add an A record.",
          severity,
          actor: "customer",
          correlationId: "c1",
        },
      ],
    ]);
  },
);

const entry: PassEntry = {
  startedAt: 1,
  finishedAt: 2,
  trigger: "resync",
  correlationId: "c1",
  outcome: "ok",
  reason: null,
  params: {},
  added: [],
  removed: [],
  calls: 2,
};
const observer = {
  eventsAccepted: () => undefined,
  passStarted: () => undefined,
  passEnded: () => undefined,
  notified: () => undefined,
  called: () => undefined,
  figures: () => undefined,
};
const request = {
  trigger: "resync",
  correlationId: "c1",
} as Parameters<Parameters<typeof observedPass>[0]>[0];

test.each([
  ["ok", "info"],
  ["held", "warn"],
  ["failed", "warn"],
] as const)(
  "a pass that ends %s with a reason says what to do",
  async (outcome, level) => {
    const { logger, lines } = keeping();
    const run = observedPass(
      () =>
        Promise.resolve({
          entry: {
            ...entry,
            outcome,
            reason: "serverpilot-credentials-invalid",
          },
          nextAt: null,
        } as unknown as Awaited<
          ReturnType<Parameters<typeof observedPass>[0]>
        >),
      { observer, logger, now: () => 1 },
    );
    await run(request);
    expect(lines).toEqual([
      [
        level,
        "pass",
        expect.objectContaining({
          outcome,
          why: expect.stringMatching(/ServerPilot/) as string,
          remedy: expect.stringMatching(/\w/) as string,
        }),
      ],
    ]);
  },
);
