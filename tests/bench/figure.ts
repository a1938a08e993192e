import { median, rounded, spread } from "./statistics";

/** What a figure is held against: the way it is done today, or what cannot be beaten or must not be passed. */
type Against = { peer: number } | { limit: number };

/** One line of the table, and one entry of the JSON file. */
export type Figure = Against & {
  row: string;
  /** What was measured, so that a doubter can repeat it. */
  what: string;
  /** The median of the runs. */
  value: number;
  /** Value ÷ peer or limit. */
  ratio: number;
  unit: string;
  runs: readonly number[];
  spread: readonly [number, number];
  /** What the issue asks for, in words. */
  reach: string;
  reached: boolean;
  note?: string;
};

/** Bounds of the reach; every one that is given must hold. */
interface Reach {
  mostRatio?: number;
  leastRatio?: number;
  mostValue?: number;
}

export type Measured = Against & {
  row: string;
  what: string;
  unit: string;
  runs: readonly number[];
  /** Nothing: the figure is shown, not judged. */
  reach: Reach;
  note?: string;
};

export function figureOf(measured: Measured): Figure {
  const { row, what, unit, runs, reach, note } = measured;
  const value = median(runs);
  const reference = "peer" in measured ? measured.peer : measured.limit;
  const ratio = reference === 0 && value === 0 ? 0 : value / reference;
  const against: Against =
    "peer" in measured
      ? { peer: rounded(reference) }
      : { limit: rounded(reference) };
  const [least, most] = spread(runs);
  return {
    row,
    what,
    value: rounded(value),
    ...against,
    ratio: rounded(ratio),
    unit,
    runs: runs.map(rounded),
    spread: [rounded(least), rounded(most)],
    ...judged(reach, value, ratio),
    ...(note === undefined ? {} : { note }),
  };
}

function judged(
  { mostRatio, leastRatio, mostValue }: Reach,
  value: number,
  ratio: number,
): Pick<Figure, "reach" | "reached"> {
  const words = [
    ...(mostRatio === undefined ? [] : [`ratio ≤ ${mostRatio}`]),
    ...(leastRatio === undefined ? [] : [`ratio ≥ ${leastRatio}`]),
    ...(mostValue === undefined ? [] : [`≤ ${mostValue}`]),
  ];
  return {
    reach: words.length > 0 ? words.join(", ") : "shown",
    reached:
      ratio <= (mostRatio ?? Infinity) &&
      ratio >= (leastRatio ?? -Infinity) &&
      value <= (mostValue ?? Infinity),
  };
}
