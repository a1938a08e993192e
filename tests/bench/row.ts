import type { PartName } from "../stack/parts";
import type { Bench } from "./bench";
import type { Figure } from "./figure";

export type SceneName = "mappings" | "fleet";

/** One row of the table; a row may have several figures. */
export interface Row {
  readonly name: string;
  /** What is measured, what it is held against, and why that is the right measure. */
  readonly about: string;
  readonly parts: readonly PartName[];
  /** The parts that it shares with other rows; rows of one scene stand together. */
  readonly scene: SceneName | null;
  measure(bench: Bench): Promise<Figure[]>;
  /** What CI fails on: only what is broken beyond any doubt, never what is slow on a busy machine. */
  broken?(figure: Figure): boolean;
}

/** The figures that are broken beyond any doubt. */
export function brokenOf(
  rows: readonly Row[],
  figures: readonly Figure[],
): Figure[] {
  return figures.filter((figure) =>
    rows.find(({ name }) => name === figure.row)?.broken?.(figure),
  );
}
