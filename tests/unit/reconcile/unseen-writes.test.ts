import { PermanentError } from "../../../sidecar/errors";
import {
  conflict,
  notSent,
  remove,
  settled,
  unanswered,
  HOUR,
  MINUTE,
} from "./pass-world";

describe("an action", () => {
  test.each([
    ["with the list applied", true],
    ["without it", false],
  ])(
    "that ends in error %s is planned anew and sent again after a pause",
    async (_how, isApplied) => {
      const world = await settled("a.example");
      const before = [...world.api.domains];
      world.api.actionEnds = "error";
      if (!isApplied) world.api.applied = () => before;
      world.map("b.example");
      expect(await world.run(30_000)).toMatchObject({
        outcome: "failed",
        reason: "action-failed",
      });
      const writes = world.api.writes.length;
      world.api.actionEnds = "success";
      world.api.applied = (list) => list;
      await world.later(MINUTE + 1);
      expect(world.api.writes.length).toBe(writes + 1);
      expect(world.stateOf("b.example")).toBe("securing");
      await world.later(5 * MINUTE);
      expect(world.api.writes.length).toBe(writes + 1);
    },
  );

  test("that always ends in error is repeated less and less often, an hour apart at most", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "error";
    world.map("b.example");
    await world.run(10_000);
    const before = world.api.writes.length;
    for (let minute = 0; minute < 8 * 60; minute += 1)
      await world.later(MINUTE, 10_000);
    const writes = world.api.writes.length - before;
    expect(writes).toBeGreaterThanOrEqual(8);
    expect(writes).toBeLessThanOrEqual(16);
  });

  test("that takes its time keeps no slot, and a new mapping is shown meanwhile", async () => {
    const world = await settled("a.example");
    world.api.actionMs = 25_000;
    world.map("b.example");
    await world.once();
    world.map("c.example");
    const { entry, nextAt } = await world.once("mapping.saved");
    expect(entry).toBeNull();
    expect(nextAt).toBeGreaterThan(world.clock.now());
    expect(world.stateOf("c.example")).toBe("pending");
    await world.run();
    expect(world.stateOf("c.example")).toBe("securing");
  });

  test("that never ends does not keep a new mapping waiting for more than a minute", async () => {
    const world = await settled("a.example");
    world.api.actionMs = Infinity;
    world.map("b.example");
    await world.once();
    world.map("c.example");
    await world.run(MINUTE);
    expect(world.api.domains).toContain("c.example");
  });

  test("that never ends counts as failed after five minutes", async () => {
    const world = await settled("a.example");
    world.api.actionMs = Infinity;
    world.map("b.example");
    const entry = await world.run(6 * MINUTE);
    expect(entry).toMatchObject({
      outcome: "failed",
      reason: "action-unfinished",
    });
  });

  test("that is open while its mapping is removed leaves nothing behind", async () => {
    const world = await settled("a.example");
    world.map("b.example");
    await world.once();
    world.unmap("b.example");
    await world.run();
    expect(world.api.domains).not.toContain("b.example");
    expect(world.owned()).toEqual(["a.example"]);
  });

  test("that is slow and was written over leaves nothing behind where its list comes late", async () => {
    const world = await settled("a.example");
    const before = world.api.writes.length;
    world.api.actionMs = 45_000;
    const late: string[][] = [];
    world.api.applied = (list) => {
      late.push([...list]);
      return world.api.domains;
    };
    world.map("b.example");
    await world.once();
    await world.clock.advance(31_000);
    world.unmap("b.example");
    world.map("c.example");
    world.api.applied = (list) => list;
    await world.once();
    expect(world.api.writes).toHaveLength(before + 2);
    await world.run(2 * MINUTE);
    world.api.domains = [...(late[0] ?? [])];
    await world.run(2 * MINUTE);
    expect(world.api.domains).not.toContain("b.example");
  });

  test("that may not be asked about leaves a new mapping to be shown with the reason", async () => {
    const world = await settled("a.example");
    world.map("b.example");
    await world.once();
    world.api.actionEnds = new PermanentError(
      "serverpilot-credentials-invalid",
    );
    world.map("c.example");
    const { entry } = await world.once();
    expect(entry).toMatchObject({
      outcome: "failed",
      reason: "serverpilot-credentials-invalid",
    });
    expect(world.says("c.example")).toBe(
      "pending serverpilot-credentials-invalid",
    );
    world.api.actionEnds = "success";
    await world.run();
    expect(world.api.domains).toContain("c.example");
  });

  test("that ServerPilot no longer knows is believed by its list", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    world.map("b.example");
    expect((await world.run()).outcome).toBe("ok");
    expect(world.stateOf("b.example")).toBe("securing");
  });

  test("that is unknown and whose list is not there is written again, and no name is blamed at first", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    world.api.applied = () => world.api.domains;
    world.map("b.example");
    expect(await world.run(MINUTE / 2)).toMatchObject({
      outcome: "failed",
      reason: "write-unanswered",
    });
    expect(world.stateOf("b.example")).toBe("pending");
    world.api.actionEnds = "success";
    world.api.applied = (list) => list;
    await world.later(MINUTE);
    expect(world.stateOf("b.example")).toBe("securing");
  });

  test("that is unknown and whose list comes later leaves nothing behind of a removed mapping", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    let late: readonly string[] = [];
    world.api.applied = (list) => {
      late = list;
      return world.api.domains;
    };
    world.map("b.example");
    await world.run();
    world.api.actionEnds = "success";
    world.api.applied = (list) => list;
    remove(world, "b.example");
    world.api.domains = [...late];
    for (let round = 0; round < 3; round += 1) await world.later(MINUTE);
    expect(world.api.domains).not.toContain("b.example");
  });

  test("that is always unknown lets a name that is always dropped keep no other waiting", async () => {
    const world = await settled("a.example");
    world.api.actionEnds = "unknown";
    world.api.applied = (list) =>
      list.filter((name) => name !== "lost.example");
    world.map("lost.example");
    for (let round = 0; round < 5; round += 1) await world.later(MINUTE);
    expect(world.says("lost.example")).toBe("blocked dropped-by-serverpilot");
    for (let n = 0; n < 6; n += 1) await world.later(HOUR);
    world.map("good.example");
    await world.later(MINUTE);
    expect(world.stateOf("good.example")).toBe("securing");
  });

  test("that is always unknown beside a www twin that cannot be removed comes to an end", async () => {
    const world = await settled("a.example", "www.a.example");
    world.api.actionEnds = "unknown";
    world.api.applied = (list) => [...list, "www.a.example"];
    remove(world, "www.a.example");
    for (let round = 0; round < 5; round += 1) await world.later(MINUTE);
    const writes = world.api.writes.length;
    for (let round = 0; round < 10; round += 1) await world.later(5 * MINUTE);
    expect(world.api.writes.length).toBe(writes);
  });

  test("that is missing from the answer is not waited for", async () => {
    const world = await settled("a.example");
    world.api.actionMs = null;
    world.map("b.example");
    expect((await world.run()).added).toEqual(["b.example"]);
  });

  test("a conflict while it is open is waited out, and nobody is blamed", async () => {
    const world = await settled("a.example");
    let busy = 2;
    world.api.onWrite = () => (busy-- > 0 ? conflict : "taken");
    world.map("b.example");
    const { error } = await world.once();
    expect(error).toMatchObject({
      reason: "serverpilot-conflict",
      params: { message: "An action is running." },
    });
    expect(world.says("b.example")).toBe("pending serverpilot-conflict");
    await world.run();
    await world.later(MINUTE);
    expect(world.stateOf("b.example")).toBe("securing");
  });
});

describe("a write that was not answered", () => {
  test("and is applied minutes later, after the mapping was removed, is removed once more", async () => {
    const world = await settled("a.example");
    let late: readonly string[] = [];
    world.api.onWrite = (list) => {
      late = list;
      return unanswered;
    };
    world.map("late.example");
    await world.once();
    world.api.onWrite = () => "taken";
    remove(world, "late.example");
    await world.later(2 * MINUTE);
    world.api.domains = [...late];
    await world.later(5 * MINUTE);
    expect(world.api.domains).not.toContain("late.example");
    // Whoever puts it there after that means it.
    world.api.domains.push("late.example");
    await world.later(5 * MINUTE);
    await world.later(5 * MINUTE);
    expect(world.api.domains).toContain("late.example");
  });

  test("is repeated even where the list reads right", async () => {
    const world = await settled("a.example");
    world.api.onWrite = (list) => {
      world.api.domains = [...list];
      return unanswered;
    };
    world.map("b.example");
    await world.once();
    world.api.onWrite = () => "taken";
    const writes = world.api.writes.length;
    await world.later(2 * MINUTE);
    expect(world.api.writes.length).toBe(writes + 1);
    expect(world.record.mustWrite).toBeNull();
  });

  test("and that certainly was not sent is simply sent again", async () => {
    const world = await settled("a.example");
    let away = true;
    world.api.onWrite = () => (away ? notSent : "taken");
    world.map("b.example");
    await world.once();
    expect(world.record.tombstones).toEqual({});
    away = false;
    await world.run();
    expect(world.stateOf("b.example")).toBe("securing");
  });
});
