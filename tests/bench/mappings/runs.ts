import type { Bench } from "../bench";
import type { Savings } from "./scene";

/** One mapping saved in a request, often enough for differences of a millisecond. */
export async function savingsOfOne(bench: Bench): Promise<Savings> {
  const often = bench.runs(12, 3);
  const runs = { neither: often, bridge: often, peer: bench.runs(5, 1) };
  return (await bench.mappings()).savings(1, runs);
}

/** 50 mappings saved in a request; the peer needs 24 seconds for that. */
export async function savingsOfFifty(bench: Bench): Promise<Savings> {
  const often = bench.runs(6, 2);
  const runs = { neither: often, bridge: often, peer: bench.runs(5, 1) };
  return (await bench.mappings()).savings(50, runs);
}
