import { linesOfCode, tooLong } from "../../../scripts/check-size";

const functionOf = (lines: number): string =>
  `\tpublic function long(): void {\n${"\t\techo 1;\n".repeat(lines)}\t}\n`;

test("lines are counted without blank ones and comments", () => {
  const text = [
    "/**",
    " * What it is.",
    " */",
    "class A {",
    "  // Why it is.",
    "  #own = 1; // with code",
    "",
    "  /* one line */",
    "}",
  ];
  expect(linesOfCode(text.join("\n"))).toBe(3);
});

test.each([
  ["a file with as many lines as it may have", "a\n".repeat(5), []],
  ["a longer one", "a\n".repeat(6), [" has 6 lines, more than 5"]],
])("%s", (_, text, problems) => {
  expect(tooLong(text, { longest: 5, isPhp: false })).toEqual(problems);
});

test("a function of PHP has at most 60 lines of code, the one after it not counted", () => {
  const short = functionOf(58);
  const problemsOf = (second: string) =>
    tooLong(`${short}\n${second}`, { longest: 1000, isPhp: true });
  expect(problemsOf(short)).toEqual([]);
  expect(problemsOf(functionOf(59))).toEqual([
    ": long() has more than 60 lines",
  ]);
});
