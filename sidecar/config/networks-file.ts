import { readFileSync } from "node:fs";
import { check } from "./check";
import type { ConfigProblem } from "./config-error";
import { networkVariables, networksFile, type NetworkConfig } from "./network";

/** Reads the file that describes many networks; its problems are added to the list. */
export function readNetworksFile(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
): readonly NetworkConfig[] {
  const variable = "NETWORKS_FILE";
  for (const name of networkVariables.in.keyof().options) {
    if (env[name]) {
      problems.push({
        variable: name,
        text: `must not be set beside ${variable}, whose entries take its place`,
      });
    }
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // The parser's own words would quote the file, secrets included.
    const why =
      error instanceof SyntaxError
        ? "is not JSON"
        : `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`;
    problems.push({
      variable,
      text: `must name a JSON file, but ${JSON.stringify(path)} ${why}`,
    });
    return [];
  }
  const networks = check(networksFile, parsed, problems, variable) ?? [];
  refuseRepeats(networks, problems);
  return networks;
}

/** Two entries for one id, one set of tables or one app would be two writers for one app. */
function refuseRepeats(
  networks: readonly NetworkConfig[],
  problems: ConfigProblem[],
): void {
  const seen = new Map<string, number>();
  networks.forEach(({ id, database, tablePrefix, credentials }, index) => {
    const tables = `${database.host} ${database.name} ${tablePrefix}`;
    for (const [key, what] of [
      [`id ${id}`, `the id ${JSON.stringify(id)}`],
      [`tables ${tables}`, "the database and table prefix"],
      // One that the plugin registers is not known yet.
      [`app ${credentials.appId ?? `of ${index}`}`, "the app"],
    ] as const) {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      else {
        problems.push({
          variable: `NETWORKS_FILE[${index}]`,
          text: `must differ from every other entry, but has ${what} of entry [${first}]`,
        });
      }
    }
  });
}
