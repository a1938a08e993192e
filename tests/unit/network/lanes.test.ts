import { PermanentError, TransientError } from "../../../sidecar/errors";
import type { Logger } from "../../../sidecar/log/logger";
import {
  type CertificateRequest,
  createLanes,
} from "../../../sidecar/network/lanes";
import type { AppState, PassEntry } from "../../../sidecar/reconcile/ports";
import { Lane } from "../../../sidecar/trigger/in-process";
import { createFakeClock } from "../fake-clock";

const silent = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
} as unknown as Logger;

const app = { id: "app1" } as AppState;

/** A network's lanes on a fake clock, with counters in place of the work. */
function setUp() {
  const clock = createFakeClock();
  const counts = { pass: 0, deliver: 0 };
  const seen = { app, hasNewNames: false, nextAt: null as number | null };
  const rounds: CertificateRequest[] = [];
  const fail: { pass: Error | null; round: Error | null } = {
    pass: null,
    round: null,
  };
  const lanes = createLanes({
    clock,
    logger: silent,
    createLane: (_name, options) => new Lane(options),
    resyncMs: 300_000,
    debounceMs: 200,
    debounceMaxMs: 1000,
  });
  const start = async (): Promise<void> => {
    lanes.start({
      runPass() {
        counts.pass += 1;
        return Promise.resolve({
          entry: {} as PassEntry,
          app: fail.pass ? null : seen.app,
          snapshot: null,
          known: new Map(),
          hasNewNames: seen.hasNewNames,
          error: fail.pass,
          nextAt: seen.nextAt,
        });
      },
      runCertificates(request) {
        rounds.push(request);
        return fail.round ? Promise.reject(fail.round) : Promise.resolve(null);
      },
      deliver() {
        counts.deliver += 1;
        return Promise.resolve(null);
      },
      forceSsl: () => Promise.resolve({ wanted: false, isHeld: false }),
    });
    await clock.advance(1_000);
    counts.pass = 0;
    rounds.length = 0;
  };
  return { clock, counts, rounds, fail, seen, lanes, start };
}

test("an event leads to a pass, a check of the certificates with the app that it read, and news for WordPress", async () => {
  const { start, lanes, clock, counts, rounds, seen } = setUp();
  await start();
  seen.hasNewNames = true;
  lanes.pass.nudge({ trigger: "mapping.saved", correlationId: "c1" });
  await clock.advance(1000);
  expect(counts.pass).toBe(1);
  expect(rounds).toMatchObject([{ app, correlationId: "c1" }]);
  expect(counts.deliver).toBeGreaterThan(0);
});

test("without events both sides are compared every resync", async () => {
  const { start, clock, counts } = setUp();
  await start();
  await clock.advance(298_000);
  expect(counts.pass).toBe(0);
  await clock.advance(2_000);
  expect(counts.pass).toBe(1);
});

test("a pass that follows an action comes again when it wants to", async () => {
  const { start, lanes, clock, counts, seen } = setUp();
  await start();
  seen.nextAt = clock.now() + 500;
  lanes.pass.nudge({ trigger: "mapping.saved", correlationId: "" });
  await clock.advance(200);
  seen.nextAt = null;
  await clock.advance(400);
  expect(counts.pass).toBe(2);
});

test("a passing failure is tried again within seconds, one that needs a person within minutes", async () => {
  const passesInAMinute = async (error: Error): Promise<number> => {
    const world = setUp();
    await world.start();
    world.fail.pass = error;
    world.lanes.pass.nudge({ trigger: "mapping.saved", correlationId: "" });
    await world.clock.advance(60_000);
    return world.counts.pass;
  };
  const passing = await passesInAMinute(
    new TransientError("serverpilot-unavailable", { detail: "HTTP 500" }),
  );
  const permanent = await passesInAMinute(
    new PermanentError("serverpilot-credentials-invalid"),
  );
  expect(passing).toBeGreaterThanOrEqual(4);
  expect(permanent).toBeLessThanOrEqual(3);
});

test("the other side's wish to wait is respected, though an event comes every second", async () => {
  const world = setUp();
  await world.start();
  world.fail.pass = new TransientError(
    "serverpilot-rate-limited",
    {},
    { retryAfterMs: 600_000 },
  );
  for (let second = 0; second < 599; second += 1) {
    world.lanes.pass.nudge({ trigger: "mapping.saved", correlationId: "" });
    await world.clock.advance(1_000);
  }
  expect(world.counts.pass).toBe(1);
  await world.clock.advance(2_000);
  expect(world.counts.pass).toBe(2);
});

test("a person's request and a changed registration do not wait for the pause to end", async () => {
  for (const trigger of ["manual", "registration"]) {
    const world = setUp();
    await world.start();
    world.fail.pass = new PermanentError("serverpilot-app-not-found", {
      appId: "x",
    });
    world.lanes.pass.nudge({ trigger: "mapping.saved", correlationId: "" });
    await world.clock.advance(1000);
    world.fail.pass = null;
    world.lanes.pass.nudge({ trigger, correlationId: "", urgent: true });
    await world.clock.advance(200);
    expect(world.counts.pass).toBe(2);
  }
});

describe("a resync", () => {
  /** How many rounds a resync leads to in which `change` has come about since the last one. */
  async function roundsAfter(
    change: (seen: { app: AppState; hasNewNames: boolean }) => void,
  ): Promise<number> {
    const { start, clock, rounds, seen } = setUp();
    await start();
    change(seen);
    await clock.advance(300_000);
    return rounds.length;
  }

  test("checks no certificate where it finds nothing new", async () => {
    expect(await roundsAfter(() => undefined)).toBe(0);
  });

  test("checks certificates where the app is not as the last round saw it", async () => {
    const rounds = await roundsAfter((seen) => {
      seen.app = { ...seen.app, domains: ["new.example"] };
    });
    expect(rounds).toBe(1);
  });

  test("checks certificates where names have come", async () => {
    const rounds = await roundsAfter((seen) => {
      seen.hasNewNames = true;
    });
    expect(rounds).toBe(1);
  });
});
