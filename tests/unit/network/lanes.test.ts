import { PermanentError, TransientError } from "../../../sidecar/errors";
import type { Logger } from "../../../sidecar/logger";
import {
  createLanes,
  type CertificateRequest,
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
  const seen = { app, needsRound: false };
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
    runPass() {
      counts.pass += 1;
      return Promise.resolve({
        entry: {} as PassEntry,
        app: fail.pass ? null : seen.app,
        snapshot: null,
        needsRound: seen.needsRound,
        error: fail.pass,
      });
    },
    runCertificates(request) {
      rounds.push(request);
      return fail.round ? Promise.reject(fail.round) : Promise.resolve(null);
    },
    deliver() {
      counts.deliver += 1;
      return Promise.resolve();
    },
  });
  return { clock, counts, rounds, fail, seen, lanes };
}

test("an event leads to a pass, a look at the certificates with the app that it read, and news for WordPress", async () => {
  const { lanes, clock, counts, rounds } = setUp();
  lanes.pass.nudge({ trigger: "mapping.saved", correlationId: "c1" });
  await clock.advance(1000);
  expect(counts.pass).toBe(1);
  expect(rounds).toMatchObject([{ app, retry: [], correlationId: "c1" }]);
  expect(counts.deliver).toBeGreaterThan(0);
});

test("without events both sides are compared every resync", async () => {
  const { lanes, clock, counts } = setUp();
  lanes.pass.nudge({ trigger: "start", correlationId: "" });
  await clock.advance(299_999);
  expect(counts.pass).toBe(1);
  await clock.advance(1);
  expect(counts.pass).toBe(2);
});

test("a passing failure is tried again within seconds, one that needs a person within minutes", async () => {
  const passesInAMinute = async (error: Error): Promise<number> => {
    const world = setUp();
    world.fail.pass = error;
    world.lanes.pass.nudge({ trigger: "start", correlationId: "" });
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

test("the other side's wish to wait is respected", async () => {
  const world = setUp();
  world.fail.pass = new TransientError(
    "serverpilot-rate-limited",
    {},
    { retryAfterMs: 90_000 },
  );
  world.lanes.pass.nudge({ trigger: "start", correlationId: "" });
  await world.clock.advance(89_999);
  expect(world.counts.pass).toBe(1);
  await world.clock.advance(1);
  expect(world.counts.pass).toBe(2);
});

test("an event during the wait after a failure is not kept waiting", async () => {
  const world = setUp();
  world.fail.pass = new PermanentError("serverpilot-app-not-found", {
    appId: "x",
  });
  world.lanes.pass.nudge({ trigger: "start", correlationId: "" });
  await world.clock.advance(1000);
  world.fail.pass = null;
  world.lanes.pass.nudge({
    trigger: "registration",
    correlationId: "",
    urgent: true,
  });
  await world.clock.advance(200);
  expect(world.counts.pass).toBe(2);
});

test("a name that a person wants looked at is looked at again until a round succeeded", async () => {
  const world = setUp();
  world.fail.round = new TransientError("lock-held");
  world.lanes.lookAtCertificates(["a.example"], "c1");
  await world.clock.advance(0);
  world.fail.round = null;
  await world.clock.advance(10_000);
  expect(world.rounds.map(({ retry }) => retry)).toEqual([
    ["a.example"],
    ["a.example"],
  ]);
  world.lanes.lookAtCertificates([], "c2");
  await world.clock.advance(10_000);
  expect(world.rounds[2]?.retry).toEqual([]);
});

describe("a resync", () => {
  /** How many rounds a resync leads to in which `change` has come about since the last one. */
  async function roundsAfter(
    change: (seen: { app: AppState; needsRound: boolean }) => void,
  ): Promise<number> {
    const { lanes, clock, rounds, seen } = setUp();
    lanes.pass.nudge({ trigger: "start", correlationId: "" });
    await clock.advance(1000);
    const before = rounds.length;
    change(seen);
    await clock.advance(300_000);
    return rounds.length - before;
  }

  test("looks at no certificate where it finds nothing new", async () => {
    expect(await roundsAfter(() => undefined)).toBe(0);
  });

  test("looks at certificates where the app is not as the last round saw it", async () => {
    const rounds = await roundsAfter((seen) => {
      seen.app = { ...seen.app, domains: ["new.example"] };
    });
    expect(rounds).toBe(1);
  });

  test("looks at certificates where the pass asks for it", async () => {
    const rounds = await roundsAfter((seen) => {
      seen.needsRound = true;
    });
    expect(rounds).toBe(1);
  });
});
