import { judge, type GuardFacts } from "../../../sidecar/reconcile/guard";

const names = Array.from({ length: 10 }, (_, index) => `n${index}.example`);
const removing = (count: number) => ({
  remove: names.slice(0, count),
  removalsChecksum: `the first ${count}`,
});
const facts = (over: Partial<GuardFacts> = {}): GuardFacts => ({
  owned: 10,
  reported: new Map(),
  recent: 0,
  approved: null,
  ...over,
});
const reported = (...some: string[]) => new Map(some.map((name) => [name, 0]));

test("removing three of ten names is a normal day", () => {
  expect(judge(removing(3), facts())).toEqual({ held: false });
});

test("removing four of ten names that nobody reported is held, with the counts", () => {
  expect(judge(removing(4), facts())).toEqual({
    held: true,
    reason: "plan-held",
    params: { removals: 4, owned: 10, percent: 40 },
  });
});

test("what was removed without a report within the last day counts with it", () => {
  expect(judge(removing(2), facts({ owned: 8, recent: 2 }))).toMatchObject({
    held: true,
    params: { removals: 4, owned: 10, percent: 40 },
  });
});

test("removals that UM reported do not count", () => {
  expect(
    judge(removing(4), facts({ reported: reported("n0.example") })),
  ).toEqual({ held: false });
  expect(judge(removing(10), facts({ reported: reported(...names) }))).toEqual({
    held: false,
  });
});

test("below ten owned names nothing is held but the last one", () => {
  expect(judge(removing(8), facts({ owned: 9 }))).toEqual({ held: false });
  expect(judge(removing(9), facts({ owned: 9 }))).toMatchObject({ held: true });
  expect(judge(removing(1), facts({ owned: 1 }))).toMatchObject({ held: true });
});

test("an approval lets through the removals that were shown and no others", () => {
  const approved = removing(5).removalsChecksum;
  expect(judge(removing(5), facts({ approved }))).toEqual({ held: false });
  expect(judge(removing(6), facts({ approved }))).toMatchObject({ held: true });
});
