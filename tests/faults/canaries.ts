import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "./world";

/** Pages of the sidecar, signed or not. */
const PAGES = [
  "/livez",
  "/readyz",
  "/metrics",
  "/openapi.json",
  "/v1/networks/default/status",
  "/nothing",
];

const CALLS: readonly ["GET" | "POST", string, object?][] = [
  ["GET", "/status"],
  ["GET", "/history?limit=500"],
  ["POST", "/check", {}],
  ["POST", "/sync", { dryRun: true }],
];

/** Every secret of the world, as it would be found in text, by what it is. */
export function secretsOf({ stack, simulator }: World): Map<string, string> {
  const key = stack.secret.replace("whsec_", "");
  const account = Buffer.from(`${stack.app.clientId}:${stack.app.apiKey}`);
  return new Map([
    ["ServerPilot's private key", simulator.privateKeyCanary],
    ["the API key", stack.app.apiKey],
    ["the API credentials in base64", account.toString("base64")],
    ["the database's password", stack.sidecar.env["DB_PASSWORD"] ?? "?"],
    ["the shared secret", key],
    ["the shared secret's bytes", Buffer.from(key, "base64").toString()],
  ]);
}

/** Looks for every secret in logs, answers and tables; gives the places where one was found. */
export async function findCanaries(world: World): Promise<string[]> {
  const secrets = secretsOf(world);
  const found: string[] = [];
  const search = (place: string, text: string): void => {
    for (const [what, secret] of secrets)
      if (text.includes(secret)) found.push(`${place}: ${what}`);
  };
  const { stack } = world;
  await searchFolder(stack.dir, (name) => name.endsWith(".log"), search);
  const uploads = join(stack.wordpress.root, "wp-content/uploads");
  await searchFolder(uploads, () => true, search);
  search("WordPress's debug log", await stack.wordpress.debugLog());
  for (const { process } of world.sidecars) {
    for (const page of PAGES) {
      const answer = await fetch(`http://127.0.0.1:${process.port}${page}`);
      search(`GET ${page}`, await answer.text());
    }
    for (const [method, path, body] of CALLS)
      search(
        `${method} ${path}`,
        JSON.stringify(await process.client.call(method, path, body)),
      );
  }
  await searchTables(world, search);
  return found;
}

type Search = (place: string, text: string) => void;

async function searchFolder(
  folder: string,
  wanted: (name: string) => boolean,
  search: Search,
): Promise<void> {
  const entries = await readdir(folder, {
    recursive: folder.endsWith("uploads"),
    withFileTypes: true,
  }).catch(() => []);
  for (const entry of entries)
    if (entry.isFile() && wanted(entry.name))
      search(
        entry.name,
        await readFile(join(entry.parentPath, entry.name), "utf8"),
      );
}

/** All tables of the network's database: those of WordPress too, where the plugin keeps its own. */
async function searchTables(
  { stack: { mariadb } }: World,
  search: Search,
): Promise<void> {
  const tables = await mariadb.rows<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'wordpress'",
  );
  for (const { name } of tables) {
    const rows = await mariadb.rows(`SELECT * FROM wordpress.\`${name}\``);
    search(`table ${name}`, JSON.stringify(rows));
  }
}
