import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ensureParts } from "../stack/setup";
import { Bench } from "./bench";
import type { Figure } from "./figure";
import { describeMachine } from "./machine";
import { describe, type Report } from "./report";
import { brokenOf, type Row } from "./row";
import { rows } from "./rows";

const help = `Measures the bridge beside the way it is done today and beside the limits, on real parts.

  npm run bench -- [--json FILE] [--short] [--only ROW,ROW] [--help]

  --json FILE  writes the table to a file as well
  --short      fewer runs, and without --only fewer rows, for CI: exit 1 only for what is broken beyond doubt
  --only       only these rows

Rows:
${rows.map(({ name, about }) => `  ${name}\n    ${about}`).join("\n")}
`;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "string" },
      short: { type: "boolean", default: false },
      only: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  // What CI cannot fail on is not measured there, unless it is asked for by name.
  const chosen = choose(values.only).filter(
    (row) =>
      !values.short || values.only !== undefined || row.broken !== undefined,
  );
  const startedAt = new Date();
  const machine = await describeMachine();
  const bench = new Bench({ short: values.short, say });
  const figures: Figure[] = [];
  const failed: { row: string; why: string }[] = [];
  for (const [index, row] of chosen.entries()) {
    const began = performance.now();
    try {
      await ensureParts(row.parts, say);
      figures.push(...(await row.measure(bench)));
    } catch (error) {
      failed.push({ row: row.name, why: String(error) });
    }
    say(`${row.name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
    const next = chosen[index + 1]?.scene;
    if (row.scene !== null && next !== row.scene) await bench.close(row.scene);
  }
  const report: Report = {
    startedAt: startedAt.toISOString(),
    seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    short: values.short,
    machine,
    figures,
    failed,
  };
  process.stdout.write(`${describe(report)}\n`);
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  const broken = values.short ? brokenOf(chosen, figures) : [];
  for (const { row, what, value } of broken)
    process.stdout.write(`BROKEN  ${row}: ${what}: ${value}\n`);
  process.exitCode = failed.length + broken.length > 0 ? 1 : 0;
}

/** @throws Error for a row that does not exist. */
function choose(only: string | undefined): readonly Row[] {
  if (only === undefined) return rows;
  const names = only.split(",");
  const strange = names.filter(
    (name) => !rows.some((row) => row.name === name),
  );
  if (strange.length > 0)
    throw new Error(
      `There is no row ${strange.join(", ")}; there are: ${rows.map(({ name }) => name).join(", ")}.`,
    );
  return rows.filter(({ name }) => names.includes(name));
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
