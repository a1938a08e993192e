import { join } from "node:path";
import { aptInstall, aptIsUsable } from "./apt";
import { withFileLock } from "./file-lock";
import { MissingPart } from "./missing-part";
import { parts, type PartName } from "./parts";
import { cacheDir } from "./places";

/** Tells a person what is being done; one line a call. */
export type Say = (line: string) => void;

const sayOnStderr: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

/**
 * Finds the wanted parts, and installs what is missing where that is possible (Debian 12 or 13, as root). Says what it
 * installs; says nothing where everything is there.
 *
 * @throws MissingPart that names what to install by hand.
 */
export async function ensureParts(
  wanted: readonly PartName[],
  say: Say = sayOnStderr,
): Promise<void> {
  const order = (Object.keys(parts) as PartName[]).filter((name) =>
    wanted.includes(name),
  );
  if ((await missing(order)).length === 0) return;
  await withFileLock(join(cacheDir, "setup.lock"), async () => {
    for (const name of await missing(order)) {
      await provide(name, say);
    }
  });
}

async function missing(names: readonly PartName[]): Promise<PartName[]> {
  const found: PartName[] = [];
  for (const name of names) {
    if (!(await parts[name].isThere())) found.push(name);
  }
  return found;
}

async function provide(name: PartName, say: Say): Promise<void> {
  const part = parts[name];
  if (!(await aptIsUsable())) {
    throw new MissingPart(
      part.title,
      "only root on Debian 12 or 13 can have it installed by this script",
      part.packages,
    );
  }
  try {
    if (part.fetch === undefined) {
      say(`Installing ${part.title}: ${part.packages.join(" ")}`);
      await aptInstall(part.packages);
    } else {
      say(`Downloading ${part.title} into ${cacheDir}`);
      await part.fetch();
    }
  } catch (error) {
    throw new MissingPart(
      part.title,
      error instanceof Error ? error.message : String(error),
      part.packages,
    );
  }
  if (!(await part.isThere()))
    throw new MissingPart(
      part.title,
      "it was installed and still is not found",
      part.packages,
    );
}
