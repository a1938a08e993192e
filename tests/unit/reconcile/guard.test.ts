import { judge, type GuardFacts } from "../../../sidecar/reconcile/guard";

const names = Array.from({ length: 10 }, (_, index) => `n${index}.example`);
const removing = (count: number) => names.slice(0, count);
const facts = (over: Partial<GuardFacts> = {}): GuardFacts => ({
  owned: 10,
  recent: 0,
  approved: null,
  ...over,
});

test("removing three of ten names is a normal day", () => {
  expect(judge(removing(3), facts())).toBeNull();
});

test("removing four of ten names that nobody reported is held, with the names and the counts", () => {
  expect(judge(removing(4), facts())).toMatchObject({
    names: removing(4),
    reason: "plan-held",
    params: { removals: 4, owned: 10, percent: 40 },
  });
});

test("what was removed without a report within the last day counts with it", () => {
  expect(judge(removing(2), facts({ owned: 8, recent: 2 }))).toMatchObject({
    params: { removals: 4, owned: 10, percent: 40 },
  });
});

test("where nothing is left to remove that nobody reported, nothing is held, whatever went before", () => {
  expect(judge([], facts({ owned: 6, recent: 4 }))).toBeNull();
});

test("below ten owned names nothing is held but the last one", () => {
  expect(judge(removing(8), facts({ owned: 9 }))).toBeNull();
  expect(judge(removing(9), facts({ owned: 9 }))).not.toBeNull();
  expect(judge(removing(1), facts({ owned: 1 }))).not.toBeNull();
});

test("an approval lets through the removals that were shown and no others, in whatever order", () => {
  const shown = judge(removing(5), facts());
  const approved = shown?.checksum ?? "";
  expect(judge(removing(5).reverse(), facts({ approved }))).toBeNull();
  expect(judge(removing(6), facts({ approved }))).not.toBeNull();
});
