import { computePlan, type PlanInput } from "../../../sidecar/reconcile/plan";
import type { WantedName } from "../../../sidecar/reconcile/policy";
import { figureOf } from "../figure";
import type { Row } from "../row";
import { median, rounded } from "../statistics";

const SIZES = [300, 3_000, 30_000, 100_000] as const;
const LARGEST = 100_000;
const GROWTH = "time for each name, slowest size beside fastest";

/** The plan by itself: no I/O, so only its own growth counts. */
export const plan: Row = {
  name: "plan",
  about:
    "Time of one plan of 300 to 100,000 names, nine tenths of which stay, one in twenty comes and one in twenty goes. " +
    "ServerPilot's limit is 300; the plan must not be what forbids more, so its time has to grow in a straight line.",
  parts: [],
  scene: null,
  measure: (bench) => {
    const runs = bench.runs(9, 3);
    const times = SIZES.map((size) => ({ size, ms: timesOf(size, runs) }));
    const each = times.map(({ size, ms }) => (1e6 * median(ms)) / size);
    return Promise.resolve([
      figureOf({
        row: "plan",
        what: `plan of ${LARGEST} names`,
        unit: "ms",
        runs: times.at(-1)?.ms ?? [],
        limit: 150,
        reach: { mostRatio: 1 },
      }),
      figureOf({
        row: "plan",
        what: GROWTH,
        unit: "ns",
        runs: [Math.max(...each)],
        limit: Math.min(...each),
        reach: { mostRatio: 2 },
        note: times
          .map(
            ({ size }, index) => `${size}: ${rounded(each[index] ?? NaN)} ns`,
          )
          .join(", "),
      }),
    ]);
  },
  // A square of the size would be a ratio of 300.
  broken: ({ what, ratio }) => what === GROWTH && ratio > 10,
};

/** Milliseconds of a plan, `runs` times. Each size works through as many names, so that no size has a warmer cache. */
function timesOf(size: number, runs: number): number[] {
  const inputs = Array.from({ length: Math.ceil(LARGEST / size) }, (_, index) =>
    inputOf(size, index),
  );
  const once = (): number => {
    const startedAt = performance.now();
    for (const input of inputs) computePlan(input);
    return (performance.now() - startedAt) / inputs.length;
  };
  once();
  return Array.from({ length: runs }, once);
}

function inputOf(size: number, which: number): PlanInput {
  const few = Math.floor(size / 20);
  const numbered = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) =>
      read(`${prefix}${index}.example${which}.com`),
    );
  const wanted = numbered("shop", size).map((name, index): WantedName => {
    return { name, kind: "mapping", siteId: index, rank: 2, age: index };
  });
  // The table, the app and the ledger each bring texts of their own.
  const staying = numbered("shop", size).slice(few);
  const actual = [...staying, ...numbered("gone", few)];
  return {
    wanted,
    actual,
    owned: new Set(actual.map(read)),
    persons: new Set(),
    twins: new Set(),
    resting: new Set(),
    addNetworkDomain: false,
    held: new Set(),
    networkDomain: "network.example",
    capacity: 2 * size,
  };
}

/** A text as it comes from a socket: not one that V8 has put together from others. */
function read(text: string): string {
  return Buffer.from(text).toString("latin1");
}
