import { figureOf } from "../bench/figure";
import { brokenOf } from "../bench/row";
import { rows } from "../bench/rows";

const measured = (row: string, value: number) =>
  figureOf({
    row,
    what: row,
    unit: "",
    runs: [value],
    limit: 1,
    reach: { mostValue: 0 },
  });

test("the short benchmark fails where mappings were lost or calls multiply, not where something is slow", () => {
  const broken = (...figures: ReturnType<typeof measured>[]) =>
    brokenOf(rows, figures).map(({ row }) => row);
  expect(broken(measured("lost", 0), measured("api-calls", 5))).toEqual([]);
  expect(broken(measured("lost", 0.1), measured("api-calls", 11))).toEqual([
    "lost",
    "api-calls",
  ]);
  expect(broken(measured("php-cost", 1e6), measured("footprint", 1e6))).toEqual(
    [],
  );
});
