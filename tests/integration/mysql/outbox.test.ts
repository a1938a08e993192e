import { record, startRecord } from "./fixture";

let world: Awaited<ReturnType<typeof startRecord>>;

beforeAll(async () => {
  world = await startRecord();
});
afterAll(() => world.stop());

test("changes go out once each, in order, until they were accepted, also for a sidecar that was started anew", async () => {
  const { ledger, outbox } = world.open();
  const pending = record("a.example", {
    state: "pending",
    reason: "waiting-for-pass",
  });
  const save = (...records: (typeof pending)[]) =>
    ledger.settle(
      { save: records, forget: [], answered: [], record: null, entry: null },
      "c1",
    );
  await save(pending, record("b.example"));
  await save(record("a.example"));
  // Only the schedule moved: nothing that WordPress should hear of.
  await save(record("a.example", { tries: 3 }));

  const first = await outbox.next(2);
  expect(first.correlationId).toBe("c1");
  expect(
    first.changes.map(({ seq, name, previous, state }) => [
      seq,
      name,
      previous,
      state,
    ]),
  ).toEqual([
    [1, "a.example", null, "pending"],
    [2, "b.example", null, "securing"],
  ]);
  const again = world.open().outbox;
  expect(await again.next(10)).toEqual(first);

  await again.accepted(2);
  const second = await again.next(10);
  expect(
    second.changes.map(({ seq, name, previous, state, message }) => [
      seq,
      name,
      previous,
      state,
      message.length > 0,
    ]),
  ).toEqual([[3, "a.example", "pending", "securing", true]]);
  await again.accepted(3);
  expect((await again.next(10)).changes).toEqual([]);
});
