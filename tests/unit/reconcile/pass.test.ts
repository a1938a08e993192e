import { PermanentError } from "../../../sidecar/errors";
import { createPassWorld, notSent, numbered, unanswered } from "./pass-world";

test("a mapping is put on the app behind what is there, owned, and the second pass writes nothing", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example", "panel.example"];
  world.map("a.example", "b.example");
  expect(await world.run()).toMatchObject({
    outcome: "ok",
    added: ["a.example", "b.example"],
    removed: [],
  });
  expect(world.api.domains).toEqual([
    "network.example",
    "panel.example",
    "a.example",
    "b.example",
  ]);
  expect(world.owned()).toEqual(["a.example", "b.example"]);
  expect(world.says("a.example")).toBe("securing not-checked-yet");
  await world.later(300_000);
  expect(world.api.writes).toHaveLength(1);
});

test("it takes one read, one write, one look at the action and one read back", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.api.actionMs = 250;
  world.map("a.example");
  const { calls } = await world.run();
  expect(calls).toBe(4);
});

test("a removed mapping leaves the app and the ledger, the panel's names stay", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example", "panel.example"];
  world.map("a.example", "b.example");
  await world.run();
  world.unmap("a.example");
  expect((await world.run()).removed).toEqual(["a.example"]);
  expect(world.api.domains).toEqual([
    "network.example",
    "panel.example",
    "b.example",
  ]);
  expect([...world.records.keys()]).toEqual(["b.example"]);
});

test("a table that cannot be read is never an empty table", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  await world.run();
  world.sourceFails = new PermanentError("table-missing", {
    table: "wp_wu_domain_mappings",
  });
  const { entry, error } = await world.once();
  expect(entry).toMatchObject({ outcome: "failed", reason: "table-missing" });
  expect(error).toBe(world.sourceFails);
  expect(world.api.domains).toEqual(["network.example", "a.example"]);
});

test("while the app cannot be read, a new mapping is shown as pending with the reason, and is added later", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  world.api.reads.push(new PermanentError("serverpilot-credentials-invalid"));
  await world.once();
  expect(world.records.get("a.example")).toMatchObject({
    state: "pending",
    reason: "serverpilot-credentials-invalid",
    owned: false,
  });
  await world.run();
  expect(world.stateOf("a.example")).toBe("securing");
});

test("nothing is written once the lock is lost", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  world.lockHeld = false;
  const { entry } = await world.once();
  expect(entry).toMatchObject({ outcome: "failed", reason: "lock-lost" });
  expect(world.api.writes).toEqual([]);
});

test("a pass that was overtaken writes nothing, even where it believes that it has the lock", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  await world.run();
  world.map("b.example");
  const before = world.api.writes.length;
  // Another pass, on another node of the database's cluster, changes the record once this one has read it.
  world.whileLoaded = () => {
    world.change({});
  };
  const { error } = await world.once();
  expect(error).toMatchObject({ reason: "lock-lost" });
  expect(world.api.writes).toHaveLength(before);
});

test("a write that was applied but not answered is still ours to remove", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  world.api.onWrite = (list) => {
    world.api.domains = [...list];
    return unanswered;
  };
  await world.once();
  expect(world.api.domains).toContain("a.example");
  world.api.onWrite = () => "taken";
  world.unmap("a.example");
  world.reported.set("a.example", world.clock.now());
  await world.run();
  expect(world.api.domains).toEqual(["network.example"]);
});

test("a write that was never applied leaves nothing owned once the mapping is gone", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  world.api.onWrite = () => unanswered;
  await world.once();
  expect(world.stateOf("a.example")).toBe("pending");
  world.api.onWrite = () => "taken";
  world.unmap("a.example");
  await world.run();
  expect([...world.records.keys()]).toEqual([]);
});

describe("an emptied mapping table", () => {
  const emptied = async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example"];
    world.map(...numbered(12));
    await world.run();
    world.unmap(...numbered(12));
    return world;
  };

  test("is held: nothing is written, and the removals wait for a person", async () => {
    const world = await emptied();
    expect(await world.run()).toMatchObject({
      outcome: "held",
      reason: "plan-held",
    });
    expect(world.api.writes).toHaveLength(1);
    expect(world.record.held?.remove).toHaveLength(12);
    expect(world.says("n0.example")).toBe("removing plan-held");
  });

  test("is carried out once a person approved these very removals", async () => {
    const world = await emptied();
    await world.run();
    const { held } = world.record;
    world.change({ held: held && { ...held, approved: true } });
    expect((await world.run()).outcome).toBe("ok");
    expect(world.api.domains).toEqual(["network.example"]);
    expect(world.record.held).toBeNull();
  });

  test("is carried out at once where UM reported each removal", async () => {
    const world = await emptied();
    for (const name of numbered(12))
      world.reported.set(name, world.clock.now());
    expect((await world.run()).outcome).toBe("ok");
    expect(world.api.domains).toEqual(["network.example"]);
  });

  test("lets go what UM reported, and holds the rest", async () => {
    const world = await emptied();
    world.reported.set("n3.example", world.clock.now());
    expect((await world.run()).outcome).toBe("held");
    expect(world.api.domains).toHaveLength(12);
    expect(world.api.domains).not.toContain("n3.example");
    expect(world.record.held?.remove).toHaveLength(11);
  });

  test("needs one approval, even where the write that follows fails at first", async () => {
    const world = await emptied();
    await world.run();
    const { held } = world.record;
    world.change({ held: held && { ...held, approved: true } });
    const { onWrite } = world.api;
    world.api.onWrite = () => notSent;
    await world.run();
    world.api.onWrite = onWrite;
    expect(world.api.domains).toHaveLength(13);
    await world.later(3_600_000);
    expect(world.api.domains).toEqual(["network.example"]);
  });

  test("heals by itself when the table comes back", async () => {
    const world = await emptied();
    await world.run();
    world.map(...numbered(12));
    expect((await world.run()).outcome).toBe("ok");
    expect(world.record.held).toBeNull();
    expect(world.stateOf("n0.example")).toBe("securing");
  });

  test("does not keep a new mapping waiting, which voids no approval either", async () => {
    const world = await emptied();
    await world.run();
    const { held } = world.record;
    world.map("new.example");
    await world.run();
    expect(world.api.domains).toContain("new.example");
    expect(world.record.held?.checksum).toBe(held?.checksum);
    world.change({ held: held && { ...held, approved: true } });
    await world.run();
    expect(world.api.domains).toEqual(["network.example", "new.example"]);
  });

  test("is held in small steps too", async () => {
    const world = createPassWorld();
    world.api.domains = ["network.example"];
    const names = numbered(40);
    world.map(...names);
    await world.run();
    for (let step = 0; step < 8; step += 1) {
      world.unmap(...names.slice(step * 5, step * 5 + 5));
      await world.later(300_000);
    }
    expect(world.record.held).not.toBeNull();
    const left = world.api.domains.filter((name) => names.includes(name));
    expect(left.length).toBeGreaterThanOrEqual(28);
  });
});

test("a name that an unanswered list kept and a later one removed goes again, when the first arrives late", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example", "b.example");
  await world.run();
  const { onWrite } = world.api;
  world.map("c.example");
  world.api.onWrite = () => unanswered;
  await world.run();
  world.api.onWrite = onWrite;
  world.unmap("a.example");
  await world.later(3_600_000);
  expect(world.api.domains).toEqual([
    "network.example",
    "b.example",
    "c.example",
  ]);
  world.api.domains = [
    "network.example",
    "a.example",
    "b.example",
    "c.example",
  ];
  await world.later(3_600_000);
  expect(world.api.domains).not.toContain("a.example");
});

test("the last owned name does not go without a report", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("only.example");
  await world.run();
  world.unmap("only.example");
  expect(await world.run()).toMatchObject({ outcome: "held" });
  world.reported.set("only.example", world.clock.now());
  await world.run();
  expect(world.api.domains).toEqual(["network.example"]);
});

test("a list that has become old while the database took its time is not written from", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  world.whileIntending = async () => {
    world.api.domains.push("new-in-panel.example");
    await world.clock.advance(4_000);
  };
  const { entry } = await world.once();
  expect(entry).toMatchObject({ outcome: "failed", reason: "list-too-old" });
  expect(world.api.writes).toEqual([]);
  world.whileIntending = () => Promise.resolve();
  await world.run();
  expect(world.api.domains).toEqual([
    "network.example",
    "new-in-panel.example",
    "a.example",
  ]);
});

test("a setting that changes while the pass waits for the lock counts", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  world.map("a.example");
  world.wwwPolicy = "always";
  world.whileWaitingForLock = () => (world.wwwPolicy = "never");
  await world.run();
  expect(world.api.domains).toEqual(["network.example", "a.example"]);
});

test("reports of removals are forgotten once they have served, those from a clock that ran ahead as well", async () => {
  const world = createPassWorld();
  world.api.domains = ["network.example"];
  const hour = 3_600_000;
  const now = world.clock.now();
  world.reported.set("old.example", now - hour);
  world.reported.set("ahead.example", now + hour);
  world.reported.set("new.example", now);
  await world.run();
  expect([...world.reported.keys()]).toEqual(["new.example"]);
});
