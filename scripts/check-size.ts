import { filesBelow, readProjectFile, runScript } from "./project";

/** The longest that a file may be, in lines of any kind. */
const LONGEST_FILE = { ".ts": 350, ".php": 400 };

/** The longest that a function of PHP may be, in lines of code; for TypeScript ESLint says so. */
const LONGEST_FUNCTION = 60;

const FOLDERS = ["sidecar", "wp-plugin", "tests", "scripts"];

/** Lines that are neither blank nor comment. Comments that follow code on its line count as code. */
export function linesOfCode(text: string): number {
  return text
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/^\s*\/\*[\s\S]*?\*\//gm, "")
    .split("\n")
    .filter((line) => line.trim() !== "").length;
}

/** What is too long in a PHP file, or in another where only the number of its lines counts; what is generated may be long. */
export function tooLong(
  text: string,
  { longest, isPhp }: { longest: number; isPhp: boolean },
): string[] {
  if (text.includes("Generated from its source; do not edit.")) return [];
  const lines = text.split("\n").length - 1;
  const names = isPhp ? longFunctions(text) : [];
  return [
    ...(lines > longest ? [` has ${lines} lines, more than ${longest}`] : []),
    ...names.map(
      (name) => `: ${name}() has more than ${LONGEST_FUNCTION} lines`,
    ),
  ];
}

/** The names of functions of PHP that are too long; WordPress's style has a function's last brace below its first letter. */
function longFunctions(php: string): string[] {
  const functions = php.matchAll(
    /^(\t*)[a-z ]*function (\w+)\([\s\S]*?\n\1\}/gm,
  );
  return [...functions]
    .filter(([code]) => linesOfCode(code) > LONGEST_FUNCTION)
    .map(([, , name = ""]) => name);
}

/** Tells how much code there is, and what is too long. */
function main(): void {
  const problems: string[] = [];
  for (const folder of FOLDERS) {
    for (const [ending, longest] of Object.entries(LONGEST_FILE)) {
      const files = filesBelow(folder, ending);
      if (files.length === 0) continue;
      let code = 0;
      for (const file of files) {
        const text = readProjectFile(file);
        code += linesOfCode(text);
        const limits = {
          longest,
          isPhp: ending === ".php",
        };
        problems.push(...tooLong(text, limits).map((one) => file + one));
      }
      process.stdout.write(
        `${folder}: ${code} lines of code in ${files.length} ${ending} files\n`,
      );
    }
  }
  process.stdout.write(problems.map((problem) => `${problem}\n`).join(""));
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (require.main === module) runScript(main);
