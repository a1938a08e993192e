import { createReminders } from "../../../sidecar/mysql/reminders";
import { record, startRecord } from "./fixture";

const TOLD = 10_000;
const HOUR = 3_600_000;
const start = 1_000_000;

let world: Awaited<ReturnType<typeof startRecord>>;
let now: number;

beforeAll(async () => {
  world = await startRecord();
});
beforeEach(() => {
  now = start;
  return world.empty();
});
afterAll(() => world.stop());

/** A ledger with one secure name and one that waits, and nothing to be told. */
async function settled() {
  const { database, ledger, outbox } = world.open();
  const save = [
    record("secure.example", { state: "secure", reason: null }),
    record("waiting.example"),
  ];
  await ledger.settle(
    { save, forget: [], answered: [], record: null, entry: null },
    "",
  );
  const take = async (): Promise<string[]> => {
    const { changes } = await outbox.next(10);
    const last = changes.at(-1);
    if (last) await outbox.accepted(last.seq);
    return changes.map(({ name, state }) => `${name} ${state}`);
  };
  const reminders = createReminders(database, () => now);
  const both = ["secure.example", "waiting.example", "unknown.example"];
  return { take, remind: () => reminders.remind(both) };
}

test("a name that is secure although UM has no certificate for it is told again, an hour apart", async () => {
  const { take, remind } = await settled();
  await take();
  now = start + TOLD;
  await remind();
  expect(await take()).toEqual(["secure.example secure"]);

  now += HOUR - 1;
  await remind();
  expect(await take()).toEqual([]);
  now += 1;
  await remind();
  expect(await take()).toEqual(["secure.example secure"]);
});

test("news that may still be on their way are not repeated", async () => {
  const { take, remind } = await settled();
  now = start + 2 * TOLD;
  await remind();
  expect(await take()).toHaveLength(2);
});

test("a name that became secure less than ten seconds ago is not repeated", async () => {
  const { take, remind } = await settled();
  await take();
  now = start + TOLD - 1;
  await remind();
  expect(await take()).toEqual([]);
});
