import { chmod, rename, stat, writeFile } from "node:fs/promises";
import { CliError } from "./cli-error";
import { formatEnvFile, readEnvFile } from "./env-file";

const OWNER_ONLY = 0o600;

/**
 * Writes the variables into an environment file (mode 600), keeping what a person added to it. What is there already and
 * differs is changed only by force.
 *
 * @throws CliError when it differs, or cannot be written.
 */
export async function writeEnvFile(
  file: string,
  variables: Readonly<Record<string, string>>,
  force: boolean,
): Promise<{ changed: boolean; variables: Record<string, string> }> {
  const there = await stat(file).catch(() => null);
  if (there !== null && !there.isFile()) {
    throw new CliError(`${file} is no file.`, "Say --output with a file.");
  }
  if (there !== null) await chmod(file, OWNER_ONLY);
  const existing = there === null ? {} : readEnvFile(file);
  const merged = { ...existing, ...variables };
  if (there !== null) {
    const names = Object.keys(variables).filter(
      (name) => existing[name] !== variables[name],
    );
    if (names.length === 0) return { changed: false, variables: merged };
    if (!force) {
      throw new CliError(
        `${file} exists, and WordPress says otherwise about ${names.join(", ")}.`,
        "Say --force to take WordPress's values (what else is in the file stays), or --output with another file.",
      );
    }
  }
  const fresh = `${file}.${String(process.pid)}`;
  try {
    await writeFile(fresh, formatEnvFile(merged), {
      mode: OWNER_ONLY,
      flag: "wx",
    });
    await rename(fresh, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(
      `${file} cannot be written (${code ?? "unknown"}).`,
      "Say --output with a file that you may write, or use sudo.",
    );
  }
  return { changed: true, variables: merged };
}
