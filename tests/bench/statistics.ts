/** The middle of the values; of an even number the mean of both in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? NaN;
  return (lower + upper) / 2;
}

/** The smallest and the largest value. */
export function spread(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Three significant digits, and no more than a person reads: 0.0123, 4.56, 123, 23456. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100
    ? Math.round(value)
    : Number(value.toPrecision(3));
}

/** Does something several times in a row and gives each result. */
export async function repeat<T>(
  times: number,
  work: (run: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (let run = 0; run < times; run += 1) results.push(await work(run));
  return results;
}
