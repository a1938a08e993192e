import { startRecord } from "./fixture";

let world: Awaited<ReturnType<typeof startRecord>>;

beforeAll(async () => {
  world = await startRecord();
});
afterAll(() => world.stop());

/** Holds the lock until `release` is called. */
function hold() {
  let release = (): void => undefined;
  let stillHeld = (): Promise<void> => Promise.resolve();
  const held = new Promise<void>((taken) => {
    void world.lock().run(async (check) => {
      stillHeld = check;
      taken();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    });
  });
  return held.then(() => ({ release, stillHeld }));
}

test("a second holder is refused while the first one works, and let in afterwards", async () => {
  const { release } = await hold();
  await expect(world.lock().run(() => Promise.resolve())).rejects.toMatchObject(
    { reason: "lock-held" },
  );
  release();
  await expect(world.lock(5).run(() => Promise.resolve("in"))).resolves.toBe(
    "in",
  );
});

test("the lock is given back when the work throws", async () => {
  await expect(
    world.lock().run(() => Promise.reject(new Error("work"))),
  ).rejects.toThrow("work");
  await expect(world.lock(5).run(() => Promise.resolve("in"))).resolves.toBe(
    "in",
  );
});

test("a holder whose connection was killed learns it before it writes", async () => {
  const { release, stillHeld } = await hold();
  await expect(stillHeld()).resolves.toBeUndefined();
  const holders = await world.server.rows<{ id: number }>(
    "SELECT id FROM information_schema.processlist WHERE user LIKE 'record%' AND command = 'Sleep'",
  );
  expect(holders).not.toEqual([]);
  for (const { id } of holders) await world.server.run(`KILL ${id}`);
  await expect(stillHeld()).rejects.toMatchObject({ reason: "lock-lost" });
  release();
});

test("a lock that was lost is had again, though its connection was kept for later", async () => {
  await expect(world.lock(5).run(() => Promise.resolve("in"))).resolves.toBe(
    "in",
  );
});
