import fc from "fast-check";
import type { NetworkLock } from "../../../sidecar/reconcile/ports";
import { createMutex, noLock, TwoPassesWorld } from "./two-passes-world";

/** Three passes of two sidecars while people map names, in any order of all their looks and writes. */
async function interleave(
  scheduler: fc.Scheduler,
  lock: NetworkLock,
): Promise<TwoPassesWorld> {
  const world = new TwoPassesWorld(
    scheduler,
    ["net.example", "panel.example"],
    lock,
  );
  world.table.add("old.example");
  const passes = [world.run("one"), world.run("two")];
  const mapped = scheduler.scheduleSequence(
    ["a.example", "b.example"].map((name) => ({
      label: `map ${name}`,
      builder: () => {
        world.table.add(name);
        passes.push(world.run(name));
        return Promise.resolve();
      },
    })),
  );
  await scheduler.waitIdle();
  await mapped.task;
  await scheduler.waitFor(Promise.all(passes));
  return world;
}

/** A write that takes a mapped name off the app, though nobody removed any. */
function lostIn({ writes }: TwoPassesWorld): string[] {
  return writes.flatMap(({ before, after }) =>
    before.filter((name) => !after.includes(name)),
  );
}

test("two sidecars lose nothing, whatever comes before what", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const world = await interleave(scheduler, createMutex());
      expect(lostIn(world)).toEqual([]);
      expect([...world.domains].sort()).toEqual([
        "a.example",
        "b.example",
        "net.example",
        "old.example",
        "panel.example",
      ]);
      const owned = [...world.records.values()].filter((name) => name.owned);
      expect(owned.map(({ name }) => name).sort()).toEqual([
        "a.example",
        "b.example",
        "old.example",
      ]);
    }),
    { numRuns: 300 },
  );
});

test("even without the lock they lose nothing: the record lets one write at a time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const world = await interleave(scheduler, noLock);
      expect(lostIn(world)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});
