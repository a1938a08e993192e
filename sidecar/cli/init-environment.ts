import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { escape, escapeId } from "mysql2";
import { parseDatabaseHost } from "../mysql/pool";
import { tableNames } from "../mysql/schema";
import { CliError } from "./cli-error";
import { parseEnvFile, updateEnvFile } from "./env-file";

type Variables = Readonly<Record<string, string>>;

const OWNER_ONLY = 0o600;

/**
 * What a person may set otherwise than WordPress has it: how this machine reaches the same database and the same site, and
 * as whom. Anything else that differs would be another network.
 */
const CHOICES = new Set([
  "HOST",
  "DB_HOST",
  "DB_USER",
  "DB_PASSWORD",
  "DB_TLS",
  "DB_TLS_CA",
  "WORDPRESS_URL",
]);

/** An environment file and what is to be in it. */
export interface Environment {
  file: string;
  /** What the file had before; undefined: there is none. */
  existing: Variables | undefined;
  /** All of the file's variables as they are to be. */
  variables: Variables;
  /** Names of those that the file has otherwise than WordPress, and keeps. */
  kept: readonly string[];
}

/**
 * Joins what is in an environment file with what WordPress says: what a person chose there stays, and what a person added,
 * but for the names to be taken (true: all). Nothing is written.
 *
 * @throws CliError when the file cannot be read, or is about another network.
 */
export async function joinEnvironment(
  file: string,
  wordpress: Variables,
  taken: true | readonly string[],
): Promise<Environment> {
  const there = await stat(file).catch(() => null);
  if (there !== null && !there.isFile()) {
    throw new CliError(`${file} is not a file.`, "Pass --output with a file.");
  }
  if (there === null) {
    return { file, existing: undefined, variables: wordpress, kept: [] };
  }
  const existing = parseEnvFile(await readText(file), file);
  const differing = Object.keys(wordpress).filter(
    (name) =>
      existing[name] !== undefined && !agrees(name, existing, wordpress),
  );
  const kept = differing.filter(
    (name) => taken !== true && !taken.includes(name),
  );
  const strange = kept.filter((name) => !CHOICES.has(name));
  if (strange.length > 0) {
    throw new CliError(
      `${file} exists, and WordPress has other values for ${strange.join(", ")}.`,
      "Pass --force to take WordPress's values (whatever else is in the file stays), or --output with another file.",
    );
  }
  const own = Object.fromEntries(
    Object.entries(existing).filter(
      ([name]) => kept.includes(name) || !differing.includes(name),
    ),
  );
  return { file, existing, variables: { ...wordpress, ...own }, kept };
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(
      `${file} cannot be read (${code ?? "unknown"}).`,
      "Pass --output with a file that you may read, or use sudo.",
    );
  });
}

/** While a secret is rotated, the file has the new one and the old one. */
function agrees(
  name: string,
  existing: Variables,
  wordpress: Variables,
): boolean {
  const [own = "", other = ""] = [existing[name], wordpress[name]];
  return name === "SIDECAR_SECRET"
    ? own.split(/\s+/).includes(other)
    : own === other;
}

/**
 * Writes the file for its owner alone (mode 600); comments and the order of lines stay. Gives whether it was changed.
 *
 * @throws CliError when it cannot be written.
 */
export async function writeEnvironment({
  file,
  existing,
  variables,
}: Environment): Promise<boolean> {
  try {
    if (existing !== undefined) await chmod(file, OWNER_ONLY);
    const before = existing === undefined ? "" : await readText(file);
    const after = updateEnvFile(before, existing ?? {}, variables);
    if (after === before) return false;
    const fresh = `${file}.${String(process.pid)}`;
    await writeFile(fresh, after, { mode: OWNER_ONLY, flag: "wx" });
    await rename(fresh, file);
    return true;
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(
      `${file} cannot be written (${code ?? "unknown"}).`,
      "Pass --output with a file that you may write, or use sudo.",
    );
  }
}

/** The database account that `createAccount` makes. */
export interface NewAccount {
  user: string;
  password: string;
  /** Whether it is that of the environment file, which may be there already. */
  isKnown: boolean;
}

/**
 * The account to make: the one that the environment file has beside WordPress's, else a new one with a password that the
 * rules of MySQL's `validate_password` accept.
 */
export function accountToMake(
  { existing }: Environment,
  wordpress: Variables,
  name: string,
): NewAccount {
  const user = existing?.["DB_USER"];
  if (user !== undefined && user !== wordpress["DB_USER"]) {
    return { user, password: existing?.["DB_PASSWORD"] ?? "", isKnown: true };
  }
  const password = `Aa1-${randomBytes(24).toString("base64url")}`;
  return { user: name, password, isKnown: false };
}

/** The statements that make an account with the grants of the README, and no more. */
export function accountStatements(
  { user, password, isKnown }: NewAccount,
  variables: Variables,
  mappingTables: readonly string[],
): string {
  const address = parseDatabaseHost(variables["DB_HOST"] ?? "");
  const from =
    "socketPath" in address
      ? "localhost"
      : /^(127\.|::1$)/.test(address.host)
        ? address.host
        : "%";
  const who = `${escape(user)}@${escape(from)}`;
  const table = (name: string) =>
    `${escapeId(variables["DB_NAME"] ?? "", true)}.${escapeId(`${variables["TABLE_PREFIX"] ?? ""}${name}`, true)}`;
  const read = [...mappingTables, "blogs", "site"];
  return [
    `CREATE USER ${isKnown ? "IF NOT EXISTS " : ""}${who} IDENTIFIED BY ${escape(password)};`,
    ...read.map((name) => `GRANT SELECT ON ${table(name)} TO ${who};`),
    ...tableNames.map(
      (name) =>
        `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON ${table(`domain_bridge_${name}`)} TO ${who};`,
    ),
    "",
  ].join("\n");
}

/**
 * Makes the account through the database's own client program, which knows how this machine's administrator logs in
 * (the socket, ~/.my.cnf).
 *
 * @throws CliError when there is no such program, or in the words of the database.
 */
export async function createAccount(
  account: NewAccount,
  variables: Variables,
  mappingTables: readonly string[],
  searchPath = "",
): Promise<void> {
  if (mappingTables.length === 0) {
    throw new CliError(
      "Ultimate Multisite's table of mappings is not there yet, so no rights on it can be given.",
      "Finish Ultimate Multisite's setup, then run this command again.",
    );
  }
  const client = searchPath
    .split(":")
    .filter(Boolean)
    .flatMap((folder) => [join(folder, "mariadb"), join(folder, "mysql")])
    .find((path) => existsSync(path));
  if (client === undefined) {
    throw new CliError(
      "This machine has neither of the client programs mariadb and mysql, which make the account.",
      "Make it another way, by the grants in the README, and put DB_USER and DB_PASSWORD into the environment file.",
    );
  }
  const address = parseDatabaseHost(variables["DB_HOST"] ?? "");
  const where =
    "socketPath" in address
      ? [`--socket=${address.socketPath}`]
      : [`--host=${address.host}`, `--port=${address.port}`, "--protocol=tcp"];
  const words = await runClient(
    client,
    where,
    accountStatements(account, variables, mappingTables),
  );
  if (words === undefined) return;
  throw new CliError(
    `The account ${account.user} was not made: ${words.replaceAll(account.password, "…")}`,
    /\b1396\b/.test(words)
      ? `It is there already: pass --create-db-account with another name, or put DB_USER and DB_PASSWORD into the environment file.`
      : "Run this as an account that is the database's administrator (root, or one with ~/.my.cnf), or make it by the grants in the README.",
  );
}

/** Runs statements; gives the client's words where it fails. They go by the standard input: arguments are seen by all. */
function runClient(
  client: string,
  where: readonly string[],
  statements: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    // The site says where its database is: no server may ask this administrator's client for files of the machine.
    const args = [...where, "--local-infile=0", "--batch"];
    const child = spawn(client, args, {
      stdio: ["pipe", "ignore", "pipe"],
      timeout: 30_000,
    });
    const said: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.once("error", (error) => {
      resolve(error.message);
    });
    child.once("close", (code) => {
      const lines = Buffer.concat(said).toString("utf8").trim().split("\n");
      // Before its error a client may repeat the statement, with the password in it.
      const error =
        lines.find((text) => text.startsWith("ERROR")) ?? lines.at(-1);
      resolve(code === 0 ? undefined : (error ?? ""));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(statements);
  });
}
