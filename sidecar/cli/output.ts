/** Where the commands write; tests collect it. */
export interface Output {
  out: (text: string) => void;
  err: (text: string) => void;
  /** True where a person looks at a terminal. */
  colour: boolean;
  /** True where a line may be written over: a person waits and looks. */
  terminal?: boolean;
}

/** SGR codes; `util.styleText` looks at the process's streams by itself, and differently in each Node. */
const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

type Colour = keyof typeof COLOURS;

/** The process's own streams; colours only on a terminal, and not where NO_COLOR asks for none. */
export function processOutput(
  env: Readonly<Record<string, string | undefined>>,
): Output {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colour: process.stdout.isTTY && !env["NO_COLOR"],
    terminal: process.stderr.isTTY,
  };
}

/** One line, coloured where that is wanted. */
export function line(output: Output, text: string, colour?: Colour): void {
  const styled =
    colour && output.colour && text !== ""
      ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m`
      : text;
  output.out(`${styled}\n`);
}

/** What is being done, on a terminal only; the next text takes its place, and an empty one takes it away. */
export function progress(output: Output, text: string): void {
  if (output.terminal) output.err(`\r\u001b[K${text}`);
}

/** Rows under a heading, their columns aligned; an empty cell shows as a dash. */
export function table(
  output: Output,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => (cell || "-").padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  line(output, format(heading), "bold");
  for (const row of rows) line(output, format(row));
}

/** A time of the sidecar, to the minute. */
export function minute(time: string | null): string {
  return time === null ? "" : `${time.slice(0, 16).replace("T", " ")}Z`;
}

export function json(output: Output, value: unknown): void {
  output.out(`${JSON.stringify(value, null, 2)}\n`);
}
