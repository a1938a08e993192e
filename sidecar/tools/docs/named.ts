interface Manifest {
  scripts: Readonly<Record<string, string>>;
  dependencies: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
}

/** What CONTRIBUTING.md does not explain, or explains though it is gone: commands and dependencies. */
export function unexplained(
  contributing: string,
  { scripts, dependencies, devDependencies }: Manifest,
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
      commands.filter((name) => !["ci", "install"].includes(name)),
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
