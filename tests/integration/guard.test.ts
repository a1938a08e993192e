import { describeReason } from "../../sidecar/reasons/reasons";
import { BareWorld, NETWORK_DOMAIN, numbered } from "../faults/bare-world";
import { signedCall } from "../faults/signed";
import { until } from "../stack/until";

/** The guard on a real database and the simulator: what a broken table looks like, and what a person may approve. */
let world: BareWorld;
const changed = describeReason("plan-changed", {}).message;
const mapped = numbered(12, "shop");
const panel = [NETWORK_DOMAIN, "panel.example.org"];

beforeAll(async () => {
  // A pass only when it is asked for.
  world = await BareWorld.start({
    domains: panel,
    env: { RESYNC_SECONDS: "3600" },
  });
  await world.sidecar.start();
  const body = { wwwPolicy: "never" };
  const { port } = world.sidecar;
  await signedCall({ port, method: "PUT", path: "", body });
}, 120_000);

afterAll(() => world.stop());

/** Says, as UM does, that mappings were removed. */
const report = (names: readonly string[]): Promise<unknown> =>
  world.sidecar.client.call("POST", "/events", {
    events: names.map((domain) => ({ type: "mapping.removed", domain })),
  });

/** Twelve owned names on the app, and the table as they are in it; what other tests left goes as UM would report it. */
beforeEach(async () => {
  await world.sql("DELETE FROM wp_wu_domain_mappings");
  const left = world.simulator
    .domains()
    .filter((name) => !panel.includes(name) && !mapped.includes(name));
  if (left.length > 0) await report(left);
  await world.map(...mapped);
  await until("the owned names on the app", async () => {
    await world.pass();
    return mapped.every((name) => world.simulator.domains().includes(name));
  });
  // What other tests reported would count for minutes.
  await world.sql("DELETE FROM wp_domain_bridge_removals");
});

const dryRun = async (): Promise<string> => {
  const preview = await world.sidecar.client.call("POST", "/sync", {
    dryRun: true,
  });
  return (preview as { checksum: string }).checksum;
};
const approve = (checksum: string) =>
  world.sidecar.client.call("POST", "/sync", { checksum, force: true });

test.each([
  ["emptied", "DELETE FROM wp_wu_domain_mappings"],
  [
    "truncated to a third",
    "DELETE FROM wp_wu_domain_mappings ORDER BY id DESC LIMIT 8",
  ],
  [
    "replaced by another network's",
    "UPDATE wp_wu_domain_mappings SET domain = CONCAT('other-', domain)",
  ],
  ["left without its sites", "UPDATE wp_wu_domain_mappings SET blog_id = 99"],
])(
  "a table that was %s holds the plan, and no name goes",
  async (_how, sql) => {
    const before = world.simulator.domains();
    await world.sql(sql);
    const { pass, held } = await world.pass();
    expect(pass).toMatchObject({ lastOutcome: "held", reason: "plan-held" });
    expect(held?.remove.length).toBeGreaterThanOrEqual(8);
    expect(world.simulator.domains()).toEqual(expect.arrayContaining(before));
  },
);

test.each([
  [
    "the table is missing",
    "RENAME TABLE wp_wu_domain_mappings TO wp_elsewhere",
    "RENAME TABLE wp_elsewhere TO wp_wu_domain_mappings",
    "table-missing",
  ],
  [
    "a column is missing",
    "ALTER TABLE wp_wu_domain_mappings RENAME COLUMN domain TO name",
    "ALTER TABLE wp_wu_domain_mappings RENAME COLUMN name TO domain",
    "column-missing",
  ],
  [
    "the sites are missing",
    "RENAME TABLE wp_blogs TO wp_elsewhere",
    "RENAME TABLE wp_elsewhere TO wp_blogs",
    "table-missing",
  ],
  [
    "the network is unknown",
    "DELETE FROM wp_site",
    "INSERT INTO wp_site (id, domain, path) VALUES (1, 'bridge.localhost', '/')",
    "network-unknown",
  ],
])("while %s, nothing is planned at all", async (_what, sql, undo, reason) => {
  const before = world.simulator.domains();
  await world.sql(sql);
  try {
    const { pass, held } = await world.pass();
    expect(pass).toMatchObject({ lastOutcome: "failed", reason });
    expect(held).toBeNull();
    expect(world.simulator.domains()).toEqual(before);
  } finally {
    await world.sql(undo);
  }
});

test("what UM named in remove events goes without asking, however much it is", async () => {
  await world.unmap(...mapped);
  await report(mapped);
  expect((await world.pass()).held).toBeNull();
  expect(world.simulator.domains()).toEqual(panel);
});

test("names in events that are still mapped do not go, whoever sends the events", async () => {
  await report(mapped);
  await world.pass();
  expect(world.simulator.domains()).toEqual(expect.arrayContaining(mapped));
});

test("an approval lets the plan that was shown pass, and no later one", async () => {
  await world.unmap(...mapped.slice(4));
  await world.pass();
  await approve(await dryRun());
  await world.pass();
  expect(world.simulator.domains().sort()).toEqual(
    [...panel, ...mapped.slice(0, 4)].sort(),
  );
  await world.map(...mapped.slice(4));
  await world.pass();
  await world.unmap(...mapped.slice(4));
  expect((await world.pass()).pass.lastOutcome).toBe("held");
});

test("an approval of a plan that has changed since is refused, and nothing goes", async () => {
  await world.unmap(...mapped.slice(4));
  await world.pass();
  const shown = await dryRun();
  await world.unmap(mapped[0] ?? "");
  const before = world.simulator.domains();
  await expect(approve(shown)).rejects.toThrow(changed);
  expect((await world.pass()).pass.lastOutcome).toBe("held");
  expect(world.simulator.domains()).toEqual(before);
});

test("an approval is about the removals: what the panel changes meanwhile stays, and they go", async () => {
  await world.unmap(...mapped.slice(4));
  await world.pass();
  const shown = await dryRun();
  world.simulator.setDomains([...world.simulator.domains(), "new.example.org"]);
  await approve(shown);
  await world.pass();
  expect(world.simulator.domains().sort()).toEqual(
    [...panel, "new.example.org", ...mapped.slice(0, 4)].sort(),
  );
  world.simulator.setDomains(
    world.simulator.domains().filter((name) => name !== "new.example.org"),
  );
});
