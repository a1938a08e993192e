import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../project";

/** A file of the checkout that is wholly or partly made from the code. */
export interface Document {
  /** From the checkout's top. */
  path: string;
  /** What the file should hold; `current` is the text that it holds now, empty where there is none. */
  make: (current: string) => string | Buffer | Promise<string>;
}

/** The text of a file of the checkout. */
export function readProjectFile(path: string): string {
  return readFileSync(join(projectDir, path), "utf8");
}

/**
 * Puts text between `<!-- name:start -->` and `<!-- name:end -->`; what people wrote around it stays.
 *
 * @throws Error where the page lacks the marks.
 */
export function fillMarked(page: string, name: string, text: string): string {
  const start = `<!-- ${name}:start -->`;
  const end = `<!-- ${name}:end -->`;
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`the page lacks ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${text.trim()}\n\n${page.slice(to)}`;
}
