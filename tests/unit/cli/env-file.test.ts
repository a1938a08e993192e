import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import {
  formatEnvFile,
  parseEnvFile,
  readEnvFile,
} from "../../../sidecar/cli/env-file";

let folder: string;
let files = 0;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "env-file-"))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Each a file of its own: nobody but root may write to one of mode 400 again. */
function fileWith(text: string, mode = 0o600): string {
  files += 1;
  const file = join(folder, `${files}.env`);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const hard = `a 'b" $c \`d\` \\e #f €`;

test("every text without a line break is read back as it was written", () => {
  const text = fc
    .string({ unit: "binary" })
    .filter((value) => !/[\r\n\0]/.test(value));
  fc.assert(
    fc.property(text, (value) => {
      const written = formatEnvFile({ VALUE: value });
      expect(parseEnvFile(written, "f")).toEqual({ VALUE: value });
    }),
  );
});

test("a shell reads the same values", () => {
  const file = fileWith(formatEnvFile({ HARD: hard, PLAIN: "wp_" }));
  const seen = execFileSync("sh", [
    "-c",
    `. ${file}; printf '%s|%s' "$HARD" "$PLAIN"`,
  ]);
  expect(seen.toString()).toBe(`${hard}|wp_`);
});

test("a value with a line break is refused by its name, without the value", () => {
  const write = () => formatEnvFile({ DB_PASSWORD: "tricky\nvalue" });
  expect(write).toThrow(/DB_PASSWORD/);
  expect(write).not.toThrow(/tricky/);
});

test("comments, empty lines, export and Windows line ends are understood", () => {
  const text = "# c\r\n\r\n; c\r\nexport A=1\r\n  B='two words'\r\nC=\r\n";
  expect(parseEnvFile(text, "f")).toEqual({ A: "1", B: "two words", C: "" });
});

test.each([
  "DB_PASSWORD=two words",
  `DB_PASSWORD='open`,
  `DB_PASSWORD="a"b`,
  String.raw`DB_PASSWORD=back\slash`,
  "just words",
])("a line such as %j is refused with its number and not shown", (line) => {
  const read = () => parseEnvFile(`A=1\n${line}\n`, "my.env");
  expect(read).toThrow("Line 2 of my.env is not understood.");
});

test.each([0o604, 0o644, 0o602])(
  "a file of mode %o is refused, for others can read or write it",
  (mode) => {
    const file = fileWith("A=1\n", mode);
    expect(() => readEnvFile(file)).toThrow(/every user of this machine/);
  },
);

test.each([0o600, 0o400, 0o640])("a file of mode %o is read", (mode) => {
  expect(readEnvFile(fileWith("A=1\n", mode))).toEqual({ A: "1" });
});

test("a file that is not there is said to be missing", () => {
  expect(() => readEnvFile(join(folder, "none.env"))).toThrow(/ENOENT/);
});
