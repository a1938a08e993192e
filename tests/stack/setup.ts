import { join } from "node:path";
import { aptCanInstall, aptInstall } from "./apt";
import { withFileLock } from "./file-lock";
import { MissingPart, type Missing } from "./missing-part";
import { parts, type Part, type PartName } from "./parts";
import { cacheDir } from "./places";

/** Tells a person what is being done; one line a call. */
export type Say = (line: string) => void;

const sayOnStderr: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

/**
 * Finds the wanted parts, and gets what is missing where that is possible: packages as root on Debian 12 or 13, downloads
 * as anybody there. Says what it gets; says nothing where everything is there.
 *
 * @throws MissingPart that names all that could not be had, and what to install by hand.
 */
export async function ensureParts(
  wanted: readonly PartName[],
  say: Say = sayOnStderr,
): Promise<void> {
  if ((await missingOf(wanted)).length === 0) return;
  await withFileLock(join(cacheDir, "setup.lock"), async () => {
    const missing = await missingOf(wanted);
    const failed = [
      ...(await install(
        missing.filter((part) => part.packages.length > 0),
        say,
      )),
    ];
    for (const part of missing) {
      const why = await fetchPart(part, say);
      if (why !== null) failed.push({ ...part, why });
    }
    if (failed.length > 0) throw new MissingPart(failed);
  });
}

/** The parts that are not there, without getting any. */
export async function missingOf(names: readonly PartName[]): Promise<Part[]> {
  const found: Part[] = [];
  for (const name of Object.keys(parts) as PartName[]) {
    if (names.includes(name) && !(await parts[name].isThere()))
      found.push(parts[name]);
  }
  return found;
}

/** Installs the packages of all parts in one go; gives the parts that could not be had. */
async function install(wanted: readonly Part[], say: Say): Promise<Missing[]> {
  if (wanted.length === 0) return [];
  const because = (why: string): Missing[] =>
    wanted.map((part) => ({ ...part, why }));
  if (!(await aptCanInstall())) {
    return because("only root can install it, on Debian 12 or 13");
  }
  const packages = wanted.flatMap((part) => part.packages);
  say(
    `Installing ${wanted.map((part) => part.title).join(", ")}: ${packages.join(" ")}`,
  );
  try {
    await aptInstall(packages);
  } catch (error) {
    return because(wordsOf(error));
  }
  const failed: Missing[] = [];
  for (const part of wanted) {
    if (!(await part.isThere()))
      failed.push({ ...part, why: "it was installed and is still not found" });
  }
  return failed;
}

/** Downloads a part that no package brings into the cache; gives why it could not be had, or null. */
async function fetchPart(part: Part, say: Say): Promise<string | null> {
  if (part.packages.length > 0) return null;
  if (part.fetch === undefined) return part.byHand ?? "";
  say(`Downloading ${part.title} into ${cacheDir}`);
  try {
    await part.fetch();
  } catch (error) {
    return `${wordsOf(error)}\n    By hand: ${part.byHand ?? ""}`;
  }
  return (await part.isThere())
    ? null
    : "it was downloaded and is still not found";
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
