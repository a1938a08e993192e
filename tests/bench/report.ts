import type { Figure } from "./figure";
import type { Machine } from "./machine";

/** What the JSON file holds. */
export interface Report {
  startedAt: string;
  seconds: number;
  short: boolean;
  machine: Machine;
  figures: readonly Figure[];
  /** Rows that could not be measured, with why. */
  failed: readonly { row: string; why: string }[];
}

const headings = [
  "row",
  "what",
  "value",
  "peer or limit",
  "ratio",
  "reach",
  "reached",
  "spread",
  "runs",
];

/** The report as a person reads it: one table, and what it was measured on. */
export function describe(report: Report): string {
  const { machine, figures, failed } = report;
  const rows = figures.map((figure) => [
    figure.row,
    figure.what,
    `${figure.value} ${figure.unit}`,
    reference(figure),
    `${figure.ratio}`,
    figure.reach,
    figure.reached ? "yes" : "NO",
    figure.spread.join("–"),
    `${figure.runs.length}`,
  ]);
  const notes = figures.flatMap(({ row, note }) =>
    note === undefined ? [] : [`  ${row}: ${note}`],
  );
  return [
    ...aligned([headings, ...rows]),
    "",
    "Values are medians of the runs; ratio = value ÷ peer or limit.",
    ...notes,
    "",
    ...failed.map(({ row, why }) => `NOT MEASURED  ${row}: ${why}`),
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}; load before ${machine.loadBefore}`,
    `domain-bridge ${machine.project} (${machine.commit ?? "no commit"}), Node ${machine.node}, PHP ${machine.php ?? "–"}, WordPress ${machine.wordpress ?? "–"}, MariaDB ${machine.mariadb ?? "–"}, Redis ${machine.redis ?? "–"}`,
    `${report.startedAt}, ${report.seconds} s${report.short ? ", short version" : ""}`,
  ].join("\n");
}

function reference(figure: Figure): string {
  return "peer" in figure
    ? `peer ${figure.peer} ${figure.unit}`
    : `limit ${figure.limit} ${figure.unit}`;
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = headings.map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  return table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
