import { record, startRecord } from "./fixture";

/** Tens of thousands of names in a database that takes no more than a megabyte at once, as cheap hosts have it. */

const MANY = 40_000;

let world: Awaited<ReturnType<typeof startRecord>>;

beforeAll(async () => {
  world = await startRecord();
  await world.server.run("SET GLOBAL max_allowed_packet = 1048576");
});
afterAll(() => world.stop());

test("40,000 names are recorded, read, forgotten and told", async () => {
  const { ledger, names, outbox } = world.open();
  const all = Array.from({ length: MANY }, (_, n) =>
    record(`shop-${String(n).padStart(5, "0")}.example.com`),
  );
  const nothing = {
    save: [],
    forget: [],
    answered: [],
    record: null,
    entry: null,
  };
  await ledger.settle({ ...nothing, save: all }, "c1");
  expect((await ledger.load()).names).toHaveLength(MANY);

  const { total, names: page } = await names.page({
    search: "",
    state: null,
    needsAction: false,
    order: "urgency",
    isDescending: false,
    offset: 100,
    limit: 50,
    only: [],
  });
  expect(total).toBe(MANY);
  expect(page).toHaveLength(50);
  expect((await outbox.next(200)).changes).toHaveLength(200);

  const forget = all.slice(1).map(({ name }) => name);
  await ledger.settle({ ...nothing, forget }, "c2");
  expect((await ledger.load()).names.map(({ name }) => name)).toEqual([
    "shop-00000.example.com",
  ]);
}, 120_000);
