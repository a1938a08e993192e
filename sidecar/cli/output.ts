/** Where the commands write; tests collect it. */
export interface Output {
  out: (text: string) => void;
  err: (text: string) => void;
  /** True where the output goes to a terminal that shows colours. */
  colour: boolean;
  /** True where a line may be written over: the output goes to a terminal. */
  terminal?: boolean;
  /** How many characters a line of the terminal has; undefined where it is none. */
  columns?: number | undefined;
}

/** SGR codes; `util.styleText` decides by the process's streams whether to colour, and differently in each Node. */
const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

type Colour = keyof typeof COLOURS;

/** The process's own streams; colours only on a terminal, and not where NO_COLOR asks for none. */
export function processOutput(
  env: Readonly<Record<string, string | undefined>>,
): Output {
  // “| head” has read enough and gone: no reason to complain.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colour: process.stdout.isTTY && !env["NO_COLOR"],
    terminal: process.stderr.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
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

/** Message and remedy of something, below the line that it is of. */
export function explained(
  output: Output,
  { message, remedy }: { message: string; remedy: string },
): void {
  if (message) line(output, `    ${message}`);
  if (remedy) line(output, `    ${remedy}`, "dim");
}

/**
 * Rows under a heading, their columns aligned; an empty cell shows as a dash. Where a terminal is too narrow for the last
 * column, its texts stand below their rows.
 */
export function table(
  output: Output,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = heading.map((title, column) =>
    rows.reduce(
      (most, row) => Math.max(most, row[column]?.length ?? 0),
      title.length,
    ),
  );
  const { columns = Infinity } = output;
  const wide = widths.reduce((sum, width) => sum + width + 2, -2);
  if (wide > columns && heading.length > 2) {
    const last = heading.length - 1;
    const short = rows.map((row) => row.slice(0, last));
    const texts = rows.map((row) => wrapped(row[last] ?? "", columns - 4));
    rowsOf(output, heading.slice(0, last), short, widths, texts);
    return;
  }
  rowsOf(output, heading, rows, widths);
}

function rowsOf(
  output: Output,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  below: readonly (readonly string[])[] = [],
): void {
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => (cell || "-").padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  line(output, format(heading), "bold");
  for (const [index, row] of rows.entries()) {
    line(output, format(row));
    for (const text of below[index] ?? []) line(output, `    ${text}`, "dim");
  }
}

/** A text in lines of at most `width` characters, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A time of the sidecar, to the minute. */
export function minute(time: string | null): string {
  return time === null ? "" : `${time.slice(0, 16).replace("T", " ")}Z`;
}

export function json(output: Output, value: unknown): void {
  output.out(`${JSON.stringify(value, null, 2)}\n`);
}
