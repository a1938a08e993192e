import { existsSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { makeDocuments } from "./documents";
import {
  sidecarProgram,
  unknownCommands,
  unknownScripts,
  wpProgram,
} from "./named-commands";
import {
  filesBelow,
  manifest,
  projectDir,
  readProjectFile,
  runScript,
  type Manifest,
} from "./project";

/** What the checks ask of the checkout; paths are from its top. */
export interface Checkout {
  exists: (path: string) => boolean;
  read: (path: string) => string;
}

const LINK = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
const FILE = /`((?:sidecar|scripts|tests|wp-plugin|docs|\.ci)\/[\w./-]+)`/g;
const GUARD = /\]\(([^)#\s]+)\) “([^”]+)”/g;

/** How many files the way from an event to the app's write may take a reader through. */
const LONGEST_WAY = 17;

/** What a page points at and is not there: files, headings, files named in the text, and titles of tests. */
export function brokenReferences(page: string, checkout: Checkout): string[] {
  const text = withoutCode(checkout.read(page));
  return [
    ...found(text, LINK).flatMap(([link]) => brokenLink(page, link, checkout)),
    ...found(text, FILE)
      .filter(([path]) => !checkout.exists(path))
      .map(([path]) => `${page}: there is no ${path}`),
    ...found(text, GUARD).flatMap(([link, title]) => {
      const path = target(page, link);
      return !checkout.exists(path) || checkout.read(path).includes(title)
        ? []
        : [`${page}: ${path} has no test “${title}”`];
    }),
  ];
}

function brokenLink(page: string, link: string, checkout: Checkout): string[] {
  if (/^[a-z]+:/i.test(link)) return [];
  const [file = "", anchor] = link.split("#");
  const path = target(page, file);
  if (!checkout.exists(path))
    return [`${page}: the link ${link} leads nowhere`];
  if (anchor === undefined || !path.endsWith(".md")) return [];
  return anchors(checkout.read(path)).includes(anchor)
    ? []
    : [`${page}: ${path} has no heading #${anchor}`];
}

function target(page: string, file: string): string {
  if (file === "") return page;
  return posix.join(posix.dirname(page), decodeURI(file));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  const counts = new Map<string, number>();
  return found(withoutCode(page), /^#{1,6} +(.+?)\s*$/gm).map(([heading]) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${String(count)}`;
  });
}

function withoutCode(page: string): string {
  return page.replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, "");
}

function found(text: string, pattern: RegExp): [string, string][] {
  return [...text.matchAll(pattern)].map(([, one = "", two = ""]) => [
    one,
    two,
  ]);
}

/**
 * What is wrong with the list of the files that a reader follows from an event to the app's write: a table between
 * `<!-- way:start -->` and `<!-- way:end -->`, numbered, with one file in each row.
 */
export function brokenWay(page: string, { exists, read }: Checkout): string[] {
  const text = /<!-- way:start -->([\s\S]*)<!-- way:end -->/.exec(read(page));
  if (text === null)
    return [`${page} lacks <!-- way:start --> … <!-- way:end -->`];
  const rows = [...(text[1] ?? "").matchAll(/^\| *(\d+) *\|(.*)$/gm)].map(
    ([, number, row = ""]) => ({ number, files: found(row, FILE) }),
  );
  const files = rows.map((row) => row.files[0]?.[0] ?? "");
  return [
    ...rows.flatMap((row, index) => [
      ...(row.number === String(index + 1)
        ? []
        : [`row ${index + 1} of the way has the number ${row.number}`]),
      ...(row.files.length === 1
        ? []
        : [`row ${index + 1} of the way names ${row.files.length} files`]),
    ]),
    ...files
      .filter((file, index) => files.indexOf(file) !== index)
      .map((file) => `the way names ${file} twice`),
    ...files
      .filter((file) => file !== "" && !exists(file))
      .map((file) => `the way names ${file}, which is not there`),
    ...(files.length === 0 || files.length > LONGEST_WAY
      ? [`the way has ${files.length} files; 1 to ${LONGEST_WAY} are right`]
      : []),
  ].map((problem) => `${page}: ${problem}`);
}

/** What CONTRIBUTING.md does not explain, or explains though it is gone: commands and dependencies. */
export function unexplained(
  contributing: string,
  {
    scripts,
    dependencies,
    devDependencies,
  }: Pick<Manifest, "scripts" | "dependencies" | "devDependencies">,
): string[] {
  const listed = rowsOf(contributing, "Dependencies");
  const needed = Object.keys({ ...dependencies, ...devDependencies });
  const commands = rowsOf(contributing, "Commands").map((command) =>
    command.replace(/^npm (run )?/, "").replace(/ .*$/, ""),
  );
  return [
    ...missing(needed, listed, "does not say why there is the dependency"),
    ...missing(listed, needed, "names a dependency that is not there:"),
    ...missing(Object.keys(scripts), commands, "does not explain the command"),
    ...missing(
      commands.filter((name) => !["install", "ci"].includes(name)),
      Object.keys(scripts),
      "explains a command that is not there:",
    ),
  ].map((problem) => `CONTRIBUTING.md ${problem}`);
}

/** Constants and filters that the plugin has and the README does not, or the other way round. */
export function unlisted(readme: string, php: string): string[] {
  const ofPlugin = [
    ...names(php, /'(WU_SERVER_PILOT_[A-Z_]+)'/g),
    ...names(php, /'(domain_bridge_\w+)'/g).filter((name) =>
      isFilter(php, name),
    ),
  ];
  const listed = [
    ...rowsOf(readme, "Constants in wp-config.php"),
    ...rowsOf(readme, "Filters in WordPress"),
  ];
  return [
    ...missing(ofPlugin, listed, "does not list"),
    ...missing(listed, ofPlugin, "lists what the plugin does not have:"),
    ...missing(
      rowsOf(readme, "Events in Ultimate Multisite"),
      names(php, /'(domain_bridge_\w+)'/g),
      "lists what the plugin does not have:",
    ),
  ].map((problem) => `README.md ${problem}`);
}

/** Given to apply_filters by itself or by a constant of the class. */
function isFilter(php: string, name: string): boolean {
  const constant = new RegExp(`const (\\w+)\\s*= '${name}'`).exec(php)?.[1];
  return (
    php.includes(`apply_filters( '${name}'`) ||
    (constant !== undefined &&
      php.includes(`apply_filters( self::${constant},`))
  );
}

/** What stands as code in the first column of the tables below a heading. */
function rowsOf(page: string, heading: string): string[] {
  const level = new RegExp(`^(#+) ${heading}$`, "m").exec(page);
  if (level === null) throw new Error(`there is no heading “${heading}”`);
  const from = level.index + level[0].length;
  const end = page
    .slice(from)
    .search(new RegExp(`^#{1,${String(level[1]?.length ?? 1)}} `, "m"));
  const section = page.slice(from, end < 0 ? undefined : from + end);
  return [...section.matchAll(/^\| *((?:`[^`]+`[ ,]*)+) *\|/gm)].flatMap(
    ([, cell = ""]) => names(cell, /`([^`]+)`/g),
  );
}

function names(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))];
}

function missing(
  wanted: readonly string[],
  there: readonly string[],
  what: string,
): string[] {
  return wanted
    .filter((name) => !there.includes(name))
    .map((name) => `${what} ${name}`);
}

/**
 * Tells everything in which the documentation says otherwise than the code. What cannot be compared on this machine is
 * said, and only CI=true makes a failure of it.
 */
async function main(): Promise<void> {
  const problems: string[] = [];
  await makeDocuments(
    (path) => {
      problems.push(`${path} is out of date: npm run generate`);
    },
    (path, why) => {
      const unchecked = `NOT CHECKED: ${path}. ${why}`;
      if (process.env["CI"] === "true") problems.push(unchecked);
      else process.stdout.write(`${unchecked}\n`);
    },
  );
  const checkout: Checkout = {
    exists: (path) => existsSync(join(projectDir, path)),
    read: readProjectFile,
  };
  const pages = [
    ...readdirSync(projectDir).filter((name) => name.endsWith(".md")),
    ...["docs", "sidecar", "scripts", "tests", "wp-plugin"].flatMap((folder) =>
      filesBelow(folder, ".md"),
    ),
  ];
  const php = filesBelow("wp-plugin", ".php").map(readProjectFile).join("\n");
  const programs = [sidecarProgram(), wpProgram(php)];
  const { scripts } = manifest();
  for (const page of pages) {
    const text = readProjectFile(page);
    problems.push(
      ...brokenReferences(page, checkout),
      ...[
        ...unknownCommands(text, programs),
        ...unknownScripts(text, scripts, readProjectFile),
      ].map((problem) => `${page}: ${problem}`),
    );
  }
  problems.push(
    ...brokenWay("docs/architecture.md", checkout),
    ...unexplained(readProjectFile("CONTRIBUTING.md"), manifest()),
    ...unlisted(readProjectFile("README.md"), php),
  );
  process.stdout.write(problems.map((problem) => `${problem}\n`).join(""));
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (require.main === module) runScript(main);
