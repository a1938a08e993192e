import type { PassEntry } from "../../../sidecar/reconcile/ports";
import { record, startRecord } from "./fixture";

let world: Awaited<ReturnType<typeof startRecord>>;

beforeAll(async () => {
  world = await startRecord();
});
beforeEach(() => world.empty());
afterAll(() => world.stop());

const nothing = {
  save: [],
  forget: [],
  answered: [],
  record: null,
  entry: null,
};

test("the tables are made at the first use, and two sidecars may make them at once", async () => {
  const loads = await Promise.all([
    world.open().ledger.load(),
    world.open().ledger.load(),
  ]);
  expect(loads.map(({ names }) => names)).toEqual([[], []]);
});

test("records are read back as they were saved", async () => {
  const { ledger } = world.open();
  const saved = [
    record("a.example", {
      params: { name: "a.example", days: 3 },
      tries: 2,
      triesSince: 5,
      certificateEndsAt: 2_000_000_000_000,
    }),
    record("b.example", { siteId: null, owned: false, state: "pending" }),
  ];
  await ledger.settle({ ...nothing, save: saved }, "c1");
  expect((await ledger.load()).names).toEqual(saved);
});

test("a claim makes a new name owned, and keeps what is known of an old one", async () => {
  const { ledger } = world.open();
  const known = record("a.example", {
    owned: false,
    state: "secure",
    reason: null,
  });
  await ledger.settle({ ...nothing, save: [known] }, "");
  const { record: before } = await ledger.load();
  await ledger.intend(
    { ...before, appId: "app1" },
    [known, record("new.example")],
    7,
  );
  const { names } = await ledger.load();
  expect(names[0]).toMatchObject({ name: "a.example", owned: true });
  expect(names[1]).toMatchObject({
    name: "new.example",
    owned: true,
    state: "pending",
  });
});

test("reports of removals are kept until they were answered", async () => {
  const { ledger } = world.open();
  await ledger.report(["a.example", "b.example"], 5);
  await ledger.report(["a.example"], 6);
  await ledger.settle({ ...nothing, answered: ["b.example"] }, "");
  expect((await ledger.load()).reported).toEqual(new Map([["a.example", 6]]));
});

test("a look's result is dropped where the name has left meanwhile", async () => {
  const { ledger, outbox } = world.open();
  await ledger.saveCertificate(
    "gone.example",
    { ...record("gone.example"), state: "secure", changedAt: 5 },
    "",
  );
  expect((await ledger.load()).names).toEqual([]);
  expect((await outbox.next(10)).changes).toEqual([]);
});

describe("history", () => {
  const entry = (more: Partial<PassEntry> = {}): PassEntry => ({
    startedAt: 1,
    finishedAt: 2,
    trigger: "resync",
    correlationId: "",
    outcome: "ok",
    reason: null,
    params: {},
    added: [],
    removed: [],
    calls: 1,
    ...more,
  });

  test("leaves out passes that found nothing to do and troubles that stay the same", async () => {
    const { ledger } = world.open();
    await ledger.addPass(entry({ added: ["a.example"] }));
    await ledger.addPass(entry());
    await ledger.addPass(entry({ outcome: "failed", reason: "lock-held" }));
    await ledger.addPass(entry({ outcome: "failed", reason: "lock-held" }));
    const history = await ledger.history(10);
    expect(history.map(({ outcome }) => outcome)).toEqual(["failed", "ok"]);
  });
});
