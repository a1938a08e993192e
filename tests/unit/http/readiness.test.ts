import { createReadiness } from "../../../sidecar/http/health";
import { createFakeClock } from "../fake-clock";

function setUp(...answers: (() => Promise<void>)[]) {
  const clock = createFakeClock();
  const asked: number[] = [];
  const networks = answers.map((answer, index) => ({
    touchDatabase() {
      asked.push(index);
      return answer();
    },
  }));
  const ready = createReadiness(() => networks, clock);
  return { clock, asked, networks, ready };
}

const fine = () => Promise.resolve();
const away = () => Promise.reject(new Error("away"));
const hangs = () => new Promise<void>(() => undefined);

test("one database that answers is enough, though others are away or hang", async () => {
  const { ready, clock } = setUp(away, hangs, hangs, fine);
  const answer = ready();
  await clock.advance(500);
  expect(await answer).toEqual({ ok: true, detail: "ready" });
});

test("a fleet's databases are not all asked where the first one answers", async () => {
  const { ready, asked } = setUp(...Array.from({ length: 200 }, () => fine));
  expect(await ready()).toMatchObject({ ok: true });
  expect(asked).toEqual([0]);
});

test("a hundred databases that hang do not hide one that answers", async () => {
  const { ready, clock } = setUp(
    ...Array.from({ length: 100 }, () => hangs),
    fine,
  );
  const answer = ready();
  await clock.advance(2500);
  expect(await answer).toMatchObject({ ok: true });
});

test("with no database, or none that answers, it is not ready", async () => {
  expect(await setUp(away, away).ready()).toMatchObject({ ok: false });
  expect(await setUp().ready()).toMatchObject({ ok: false });
});

test("databases that all hang are waited for three seconds", async () => {
  const { ready, clock } = setUp(hangs, hangs);
  const answer = ready();
  await clock.advance(3000);
  expect(await answer).toMatchObject({ ok: false });
});

test("only the database that answered last is asked while it goes on answering", async () => {
  let mood = fine;
  const { ready, asked } = setUp(away, () => mood(), fine);
  await ready();
  const last = asked.length;
  await ready();
  expect(asked).toHaveLength(last + 1);
  mood = away;
  expect(await ready()).toMatchObject({ ok: true });
});
