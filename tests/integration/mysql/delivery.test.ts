import { PermanentError, TransientError } from "../../../sidecar/errors";
import type { OutgoingChange } from "../../../sidecar/mysql/outbox";
import {
  deliver,
  type Rejected,
} from "../../../sidecar/wordpress/notifications";
import { record, startRecord } from "./fixture";

/** What is told to a WordPress that does not take everything. */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let world: Awaited<ReturnType<typeof startRecord>>;
let now: number;
/** The names of each message, in order. */
let messages: string[][];
/** How WordPress answers a message. */
let answer: (changes: readonly OutgoingChange[]) => readonly Rejected[];

beforeAll(async () => {
  world = await startRecord();
});
beforeEach(async () => {
  now = 1_000_000;
  messages = [];
  answer = () => [];
  await world.open().outbox.isEmpty();
  await world.empty();
});
afterAll(() => world.stop());

const open = () => world.open(() => now);

const rejecting =
  (bad: string) =>
  (changes: readonly OutgoingChange[]): readonly Rejected[] =>
    changes
      .filter(({ name }) => name === bad)
      .map(({ seq }) => ({ seq, reason: "ultimate-multisite-error" }));

async function change(...names: string[]): Promise<void> {
  await open().ledger.settle(
    {
      save: names.map((name) => record(name)),
      forget: [],
      answered: [],
      record: null,
      entry: null,
    },
    "",
  );
}

/** One run of the lane, by a sidecar that was started just now. */
function run(): Promise<number | null> {
  const { outbox } = open();
  return deliver({
    outbox,
    lock: world.lock(5),
    logger: { warn: () => undefined },
    notifications: {
      send(changes) {
        messages.push(changes.map(({ name }) => name));
        return Promise.resolve().then(() => answer(changes));
      },
    },
  });
}

test("a change that WordPress refuses holds no other back, and is told again after 1, 2, 4 … minutes until it is taken", async () => {
  answer = rejecting("bad.example");
  await change("a.example", "bad.example", "z.example");
  const times: number[] = [];
  for (let next = await run(); next !== null && times.length < 8;) {
    times.push((next - now) / MINUTE);
    now = next;
    next = await run();
  }
  expect(messages[0]).toEqual(["a.example", "bad.example", "z.example"]);
  expect(messages.slice(1).flat()).toEqual(
    Array.from({ length: 8 }, () => "bad.example"),
  );
  expect(times).toEqual([1, 1, 2, 4, 8, 16, 32, 60]);
  answer = () => [];
  now += 60 * MINUTE;
  expect(await run()).toBeNull();
  const told = messages.length;
  now += DAY;
  expect(await run()).toBeNull();
  expect(messages).toHaveLength(told);
});

test("two sidecars that run at once tell a change that was set aside once", async () => {
  answer = rejecting("bad.example");
  await change("bad.example");
  now = (await run()) ?? now;
  answer = () => [];
  messages = [];
  await Promise.all([run(), run()]);
  expect(messages).toEqual([["bad.example"]]);
});

test("a change that is refused for a day is given up", async () => {
  answer = rejecting("bad.example");
  await change("bad.example");
  for (let next = await run(); next !== null; next = await run()) now = next;
  expect(now - 1_000_000).toBeGreaterThan(DAY - 61 * MINUTE);
  expect(now - 1_000_000).toBeLessThan(DAY + 61 * MINUTE);
});

test("a later change of a name that was set aside is told at once, and ends the trying where it is taken", async () => {
  answer = rejecting("bad.example");
  await change("bad.example");
  await run();
  answer = () => [];
  await open().ledger.settle(
    {
      save: [
        record("bad.example", { state: "secure", reason: null, changedAt: 2 }),
      ],
      forget: [],
      answered: [],
      record: null,
      entry: null,
    },
    "",
  );
  expect(await run()).toBeNull();
  expect(messages).toHaveLength(2);
});

test("a change on which WordPress breaks is found by halves, and the others are told", async () => {
  answer = (changes) => {
    if (changes.some(({ name }) => name === "n5.example"))
      throw new TransientError("wordpress-broken", { detail: "HTTP 500" });
    return [];
  };
  const names = Array.from({ length: 9 }, (_, n) => `n${n + 1}.example`);
  await change(...names);
  await run();
  const told = messages.slice(1).filter((one) => !one.includes("n5.example"));
  expect(told.flat()).toEqual(names.filter((name) => name !== "n5.example"));
});

test("a WordPress that does not even take an empty message blames no change: all wait, in order", async () => {
  answer = () => {
    throw new PermanentError("wordpress-refused", { detail: "HTTP 403" });
  };
  await change("a.example", "b.example");
  await expect(run()).rejects.toMatchObject({ reason: "wordpress-refused" });
  expect(messages).toEqual([["a.example", "b.example"], []]);
  answer = () => [];
  messages = [];
  await run();
  expect(messages).toEqual([["a.example", "b.example"]]);
});
