import { PermanentError, TransientError } from "../../../sidecar/errors";
import { createPassWorld } from "./pass-world";

test("a mapping is put on the app behind what is there, owned, and the second pass writes nothing", async () => {
  const world = createPassWorld();
  world.domains = ["panel.example"];
  world.mappings.push("a.example", "b.example");
  const { entry } = await world.run();
  expect(entry).toMatchObject({
    outcome: "ok",
    added: ["a.example", "b.example"],
    removed: [],
  });
  expect(world.domains).toEqual(["panel.example", "a.example", "b.example"]);
  expect(world.owned()).toEqual(["a.example", "b.example"]);
  expect(world.stateOf("a.example")).toBe("securing");
  await world.run();
  expect(world.writes).toHaveLength(1);
});

test("a removed mapping leaves the app and the ledger, the panel's names stay", async () => {
  const world = createPassWorld();
  world.domains = ["panel.example"];
  world.mappings.push("a.example", "b.example");
  await world.run();
  world.mappings.shift();
  const { entry } = await world.run();
  expect(entry.removed).toEqual(["a.example"]);
  expect(world.domains).toEqual(["panel.example", "b.example"]);
  expect([...world.records.keys()]).toEqual(["b.example"]);
});

test("a table that cannot be read is never an empty table", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  await world.run();
  world.fail.source = new PermanentError("table-missing", {
    table: "wp_wu_domain_mappings",
  });
  const { entry, error } = await world.run();
  expect(entry).toMatchObject({ outcome: "failed", reason: "table-missing" });
  expect(error).toBe(world.fail.source);
  expect(world.domains).toEqual(["a.example"]);
});

test("while the app cannot be read, a new mapping is shown as pending with the reason, and is added later", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.fail.getApp = new PermanentError("serverpilot-credentials-invalid");
  await world.run();
  expect(world.records.get("a.example")).toMatchObject({
    state: "pending",
    reason: "serverpilot-credentials-invalid",
    owned: false,
  });
  delete world.fail.getApp;
  await world.run();
  expect(world.stateOf("a.example")).toBe("securing");
});

test("nothing is written once the lock is lost", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.lockHeld = false;
  const { entry } = await world.run();
  expect(entry).toMatchObject({ outcome: "failed", reason: "lock-lost" });
  expect(world.writes).toEqual([]);
});

test("a write that was applied but not answered is still ours to remove", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.fail.answer = new TransientError("serverpilot-unavailable", {
    detail: "reset",
  });
  await world.run();
  expect(world.domains).toEqual(["a.example"]);
  delete world.fail.answer;
  world.mappings.pop();
  await world.run();
  expect(world.domains).toEqual([]);
});

test("a write that was never applied leaves nothing owned once the mapping is gone", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.fail.replace = new TransientError("serverpilot-unavailable", {
    detail: "time-out",
  });
  await world.run();
  expect(world.stateOf("a.example")).toBe("pending");
  delete world.fail.replace;
  world.mappings.pop();
  await world.run();
  expect([...world.records.keys()]).toEqual([]);
});

test("an action that ends in error is a failure with its reason, and the next pass heals it", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.actionEnds = "error";
  expect((await world.run()).entry).toMatchObject({
    outcome: "failed",
    reason: "action-failed",
  });
  world.actionEnds = "success";
  expect((await world.run()).entry.outcome).toBe("ok");
  expect(world.stateOf("a.example")).toBe("securing");
});

test("a list that reads back otherwise than it was written is written again by the next pass", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.onWrite = () => (world.domains = ["somebody-else.example"]);
  expect((await world.run()).entry).toMatchObject({
    outcome: "failed",
    reason: "list-not-as-written",
  });
  world.onWrite = () => undefined;
  await world.run();
  expect(world.domains).toEqual(["somebody-else.example", "a.example"]);
});

describe("an emptied mapping table", () => {
  const emptied = async () => {
    const world = createPassWorld();
    for (let index = 0; index < 12; index += 1)
      world.mappings.push(`n${index}.example`);
    await world.run();
    world.mappings.length = 0;
    return world;
  };

  test("is held: nothing is written, and the plan waits with what it would remove", async () => {
    const world = await emptied();
    expect((await world.run()).entry).toMatchObject({
      outcome: "held",
      reason: "plan-held",
    });
    expect(world.writes).toHaveLength(1);
    expect(world.held()?.remove).toHaveLength(12);
    expect(world.stateOf("n0.example")).toBe("removing");
  });

  test("is carried out once a person approved that very plan", async () => {
    const world = await emptied();
    await world.run();
    world.approve(world.held()?.checksum ?? "");
    expect((await world.run()).entry.outcome).toBe("ok");
    expect(world.domains).toEqual([]);
    expect(world.held()).toBeNull();
  });

  test("is carried out at once where UM reported each removal", async () => {
    const world = await emptied();
    for (let index = 0; index < 12; index += 1)
      world.reported.set(`n${index}.example`, world.clock.now());
    expect((await world.run()).entry.outcome).toBe("ok");
    expect(world.domains).toEqual([]);
  });

  test("heals by itself when the table comes back", async () => {
    const world = await emptied();
    await world.run();
    for (let index = 0; index < 12; index += 1)
      world.mappings.push(`n${index}.example`);
    expect((await world.run()).entry.outcome).toBe("ok");
    expect(world.held()).toBeNull();
    expect(world.stateOf("n0.example")).toBe("securing");
  });
});

test("a look that has become old while the database took its time is not written from when the panel was used meanwhile", async () => {
  const world = createPassWorld();
  world.domains = ["panel.example"];
  world.mappings.push("a.example");
  world.whileClaiming = () => {
    world.domains.push("new-in-panel.example");
    return world.clock.advance(4000);
  };
  const { entry } = await world.run();
  expect(entry).toMatchObject({
    outcome: "failed",
    reason: "serverpilot-conflict",
  });
  expect(world.writes).toEqual([]);
  world.whileClaiming = () => Promise.resolve();
  await world.run();
  expect(world.domains).toEqual([
    "panel.example",
    "new-in-panel.example",
    "a.example",
  ]);
});

test("a setting that changes while the pass waits for the lock counts", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.wwwPolicy = "always";
  world.whileWaitingForLock = () => (world.wwwPolicy = "never");
  await world.run();
  expect(world.domains).toEqual(["a.example"]);
});

test("a pass that has lost the lock leaves the ledger to whoever has it, and says so in the history", async () => {
  const world = createPassWorld();
  world.mappings.push("a.example");
  world.onWrite = () => (world.lockHeld = false);
  const { entry } = await world.run();
  expect(entry).toMatchObject({ outcome: "failed", reason: "lock-lost" });
  // Claimed before the write, and nothing settled after it.
  expect(world.records.get("a.example")).toMatchObject({
    owned: true,
    state: "pending",
    reason: "waiting-for-pass",
  });
  expect(world.entries).toEqual([entry]);
});

test("reports of removals are forgotten once they have served, those from a clock that ran ahead as well", async () => {
  const world = createPassWorld();
  const hour = 3_600_000;
  const now = world.clock.now();
  world.reported.set("old.example", now - hour);
  world.reported.set("ahead.example", now + hour);
  world.reported.set("new.example", now);
  await world.run();
  expect([...world.reported.keys()]).toEqual(["new.example"]);
});
