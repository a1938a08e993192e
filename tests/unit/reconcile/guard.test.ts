import { judge } from "../../../sidecar/reconcile/guard";
import { computePlan } from "../../../sidecar/reconcile/plan";

const owned = Array.from({ length: 10 }, (_, index) => `n${index}.example`);
const planRemoving = (count: number) =>
  computePlan({
    wanted: owned
      .slice(count)
      .map((name) => ({ name, kind: "mapping", siteId: 1, rank: 2, age: 0 })),
    actual: owned,
    owned: new Set(owned),
    networkDomain: null,
  });
const reported = (...names: string[]) =>
  new Map(names.map((name) => [name, 0]));

test("removing three of ten names is a normal day", () => {
  expect(judge(planRemoving(3), 10, new Map(), null)).toEqual({ held: false });
});

test("removing four of ten names that nobody reported is held, with the counts", () => {
  expect(judge(planRemoving(4), 10, new Map(), null)).toEqual({
    held: true,
    reason: "plan-held",
    params: { removals: 4, owned: 10, percent: 40 },
  });
});

test("removals that UM reported do not count", () => {
  expect(judge(planRemoving(4), 10, reported("n0.example"), null)).toEqual({
    held: false,
  });
  expect(judge(planRemoving(10), 10, reported(...owned), null)).toEqual({
    held: false,
  });
});

test("below ten owned names nothing is held", () => {
  expect(judge(planRemoving(9), 9, new Map(), null)).toEqual({ held: false });
});

test("an approval lets through the plan that was shown and no other", () => {
  const plan = planRemoving(5);
  expect(judge(plan, 10, new Map(), plan.checksum)).toEqual({ held: false });
  expect(judge(planRemoving(6), 10, new Map(), plan.checksum)).toMatchObject({
    held: true,
  });
});
