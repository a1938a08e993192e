import { existsSync, readFileSync, statSync } from "node:fs";
import { CliError, EXIT_CONFIG } from "./cli-error";

/** Others may neither read nor write a file of secrets; a group of its own may read it. */
const OTHERS = 0o007;

const HEADER = [
  "# Domain Bridge for ServerPilot: the environment of the sidecar, made by “domain-bridge init”.",
  "# It holds secrets: mode 600, and never below the web root.",
];

/** NAME=value, as shells take it. */
const LINE = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/;

/**
 * Reads an environment file as shells and systemd do: NAME=value, a value with spaces or quotes in quotes.
 *
 * @throws CliError when it cannot be read, others on the machine can read it, or a line is not understood.
 */
export function readEnvFile(path: string): Record<string, string> {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(path, "utf8");
    ({ mode } = statSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(
      `The environment file ${path} cannot be read (${code ?? "unknown"}).`,
      code === "EACCES"
        ? "It holds secrets, so not everybody may read it: use sudo."
        : "“domain-bridge init” makes one; --environment names it.",
      EXIT_CONFIG,
    );
  }
  if ((mode & OTHERS) !== 0 && process.platform !== "win32") {
    throw new CliError(
      `The environment file ${path} holds secrets, but every user of this machine may read or write it.`,
      `chmod 600 ${path}`,
      EXIT_CONFIG,
    );
  }
  return parseEnvFile(text, path);
}

/** The same for a file that need not be there: then it says nothing. */
export function readEnvFileIfThere(path: string): Record<string, string> {
  return existsSync(path) ? readEnvFile(path) : {};
}

/** @throws CliError that names the line; its text may be a secret and is not shown. */
export function parseEnvFile(
  text: string,
  path: string,
): Record<string, string> {
  const read: Record<string, string> = {};
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || /^[#;]/.test(line)) continue;
    const match = LINE.exec(line);
    const value = valueOf(match?.[2] ?? "'");
    if (match?.[1] === undefined || value === undefined) {
      throw new CliError(
        `Line ${index + 1} of ${path} is not understood.`,
        "A line is NAME=value; a value with spaces, quotes or backslashes goes between single quotes.",
        EXIT_CONFIG,
      );
    }
    read[match[1]] = value;
  }
  return read;
}

function valueOf(text: string): string | undefined {
  const single = /^'([^']*)'$/.exec(text);
  if (single) return single[1];
  const double = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  if (double) return double[1]?.replace(/\\(["\\$`])/g, "$1");
  return /^[^\s'"\\]*$/.test(text) ? text : undefined;
}

/**
 * The text of an environment file with other values: lines of what stays are left alone, comments too; what is new comes
 * at the end. Shells, systemd and `readEnvFile` read it alike.
 */
export function updateEnvFile(
  text: string,
  existing: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): string {
  const changed = Object.entries(variables).filter(
    ([name, value]) => existing[name] !== value,
  );
  if (changed.length === 0 && text !== "") return text;
  const names = new Set(changed.map(([name]) => name));
  const kept = text
    .split(/\r?\n/)
    .filter((raw) => !names.has(LINE.exec(raw.trim())?.[1] ?? ""));
  while (kept.at(-1) === "") kept.pop();
  return [
    ...(text === "" ? HEADER : kept),
    ...changed.map(([name, value]) => `${name}=${quoted(name, value)}`),
    "",
  ].join("\n");
}

/** The text of a new environment file. */
export function formatEnvFile(
  variables: Readonly<Record<string, string>>,
): string {
  return updateEnvFile("", {}, variables);
}

/** By the same rules as `Environment::quoted()` of the plugin. */
function quoted(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) {
    throw new CliError(
      `${name} has a line break in it, which an environment file cannot carry.`,
      "Change it in wp-config.php.",
    );
  }
  if (/^[A-Za-z0-9_./:@%+,=-]*$/.test(value)) return value;
  return value.includes("'")
    ? `"${value.replace(/["\\$`]/g, String.raw`\$&`)}"`
    : `'${value}'`;
}
