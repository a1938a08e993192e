import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runPass } from "../../../sidecar/reconcile/pass";
import type {
  AppState,
  NameState,
  ServerPilot,
} from "../../../sidecar/reconcile/ports";
import { systemClock } from "../../../sidecar/clock";
import { numbered } from "../../unit/reconcile/pass-world";
import { projectDir } from "../../stack/places";
import { startRecord } from "./fixture";

/** The tables that a sidecar of 0.1.0 has left, with 300 names in each state, under a sidecar of today; and back. */

const NETWORK = "network.example";
const PANEL = "panel.example";

/** What 0.1.0 knew of a name in each state. */
const STATES: Record<NameState, { owned: number; reason: string | null }> = {
  pending: { owned: 0, reason: "waiting-for-pass" },
  securing: { owned: 1, reason: "certificate-pending" },
  secure: { owned: 1, reason: null },
  "ssl-failed": { owned: 1, reason: "certificate-not-issued" },
  blocked: { owned: 0, reason: "over-capacity" },
  removing: { owned: 1, reason: "removal-waiting" },
};
const states = Object.keys(STATES) as NameState[];
const namesIn = (state: NameState): string[] => numbered(300, `${state}-`);
const ON_APP: readonly NameState[] = [
  "securing",
  "secure",
  "ssl-failed",
  "removing",
];

/** The columns that 0.1.0 reads and writes. */
const OLD_COLUMNS =
  "name, kind, site_id, owned, state, reason, params, tries, tries_since, next_try_at, certificate_ends_at, dns_seen, changed_at";

let world: Awaited<ReturnType<typeof startRecord>>;
let list: string[];
let writes: number;

const sql = (statement: string, values: readonly unknown[] = []) =>
  world.server.run(statement, values, "record");
const rows = <Row>(statement: string) =>
  world.server.rows<Row>(statement, [], "record");

beforeEach(async () => {
  world = await startRecord();
  const tables = join(projectDir, "tests/versions/0.1.0/tables.sql");
  await sql(await readFile(tables, "utf8"));
  await sql(
    "INSERT INTO wp_domain_bridge_state (name, value) VALUES ('app', ?), ('outbox-sequence', '7')",
    [JSON.stringify({ id: "app1", name: "app", domains: [] })],
  );
  for (const state of states) await writeOld(namesIn(state), state);
  list = [NETWORK, PANEL, ...ON_APP.flatMap(namesIn)];
  writes = 0;
});
afterEach(() => world.stop());

/** Writes rows as 0.1.0 does. */
async function writeOld(names: string[], state: NameState): Promise<void> {
  const { owned, reason } = STATES[state];
  const rest = `'mapping', 2, ${owned}, '${state}', ${reason === null ? "NULL" : `'${reason}'`}, '{}', 1, 5, 6, NULL, NULL, 7`;
  const values = names.map((name) => `('${name}', ${rest})`).join(", ");
  await sql(
    `REPLACE INTO wp_domain_bridge_names (${OLD_COLUMNS}) VALUES ${values}`,
  );
}

const app = (): AppState => ({
  id: "app1",
  name: "app",
  serverId: "server1",
  runtime: "php8.3",
  sslUnreadable: false,
  domains: [...list],
  ssl: null,
  autossl: null,
});

const unused = () => Promise.reject(new Error("not asked for here"));

const serverPilot: ServerPilot = {
  calls: 0,
  getApp: () => Promise.resolve(app()),
  async replaceDomains(domains, beforeSending) {
    await beforeSending();
    writes += 1;
    list = [...domains];
    return { actionId: null };
  },
  getAction: unused,
  getApps: unused,
  getServer: unused,
  enableAutoSsl: unused,
  setForceSsl: unused,
  inBackground: () => serverPilot,
};

/** A pass over a table in which all names are mapped but those that are to be removed. */
async function pass() {
  const { ledger, records } = world.open(Date.now);
  const mapped = states.filter((state) => state !== "removing");
  return runPass(
    {
      ledger,
      records,
      clock: systemClock,
      lock: world.lock(5),
      source: {
        read: () =>
          Promise.resolve({
            networkDomain: NETWORK,
            sites: [],
            mappings: mapped.flatMap(namesIn).map((domain, id) => ({
              id,
              siteId: 2,
              domain,
              primary: false,
              createdAt: 1,
              siteExists: true,
              lacksCertificate: false,
              stage: "done",
            })),
          }),
      },
      connect: () =>
        Promise.resolve({
          serverPilot,
          appId: "app1",
          settings: {
            wwwPolicy: "never",
            multiPartTlds: [],
            wwwOverrides: {},
            excluded: [],
            networkId: null,
          },
        }),
      witness: unused,
    },
    {
      trigger: "test",
      correlationId: "",
      signal: new AbortController().signal,
      urgent: false,
    },
  );
}

async function report(names: readonly string[]): Promise<void> {
  await sql("REPLACE INTO wp_domain_bridge_removals VALUES ?", [
    names.map((name) => [name, Date.now()]),
  ]);
}

test("every name keeps its state, nothing is told anew, and only what was to be removed is removed", async () => {
  await report(namesIn("removing"));
  const { error } = await pass();
  expect(error).toBeNull();
  expect(writes).toBe(1);
  expect(list).toEqual([
    NETWORK,
    PANEL,
    ...ON_APP.filter((state) => state !== "removing").flatMap(namesIn),
  ]);
  const { outbox } = world.open();
  const left = await rows<{ state: string; count: number }>(
    "SELECT state, COUNT(*) AS count FROM wp_domain_bridge_names GROUP BY state ORDER BY state",
  );
  expect(left).toEqual([
    { state: "blocked", count: 600 },
    { state: "secure", count: 300 },
    { state: "securing", count: 300 },
    { state: "ssl-failed", count: 300 },
  ]);
  const [secure] = await rows(
    "SELECT * FROM wp_domain_bridge_names WHERE name = 'secure-1.example'",
  );
  expect(secure).toMatchObject({ owned: 1, changed_at: 7 });
  const { changes } = await outbox.next(1000);
  // An app that is full: the names that waited are told that there is no room.
  expect(new Set(changes.map(({ state }) => state))).toEqual(
    new Set(["blocked"]),
  );
  expect(changes.at(0)?.seq).toBe(8);
});

test("the app that 0.1.0 wrote to is not taken for another network's", async () => {
  const { records } = world.open();
  expect(await records.load()).toMatchObject({
    appId: "app1",
    provenAppId: "app1",
  });
});

test("0.1.0 works with the tables after a downgrade, and what it wrote is known again", async () => {
  await report(namesIn("removing"));
  await pass();
  await writeOld(["secure-0.example", "new.example"], "secure");
  const seen = await rows<{ name: string }>(
    `SELECT ${OLD_COLUMNS} FROM wp_domain_bridge_names ORDER BY name`,
  );
  expect(seen).toHaveLength(1501);
  const { ledger } = world.open();
  const { names } = await ledger.load();
  expect(names.find(({ name }) => name === "secure-0.example")).toMatchObject({
    owned: true,
    state: "secure",
  });
  list.push("new.example");
  await report(["new.example"]);
  const { error } = await pass();
  expect(error).toBeNull();
  expect(list).not.toContain("new.example");
  expect(list).toContain("secure-0.example");
  expect(list).toContain(PANEL);
});
