import { describeReason } from "../../sidecar/reasons/reasons";
import { Proxy } from "../faults/proxy";
import { mapCode } from "../stack/demo/scene";
import { readStatus, sidecarClient } from "../stack/sidecar-client";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { plain, ToldPlaces } from "./told-places";

/** The database is away for the sidecar alone, so that WordPress can still show what is wrong. */
let stack: Stack;
let told: ToldPlaces;

jest.setTimeout(90_000);

beforeAll(async () => {
  stack = await startStack({
    simulator: { latencyMs: 5, actionMs: 20, autosslDelayMs: 100 },
    sidecar: { env: { RESYNC_SECONDS: "2" } },
  });
  stack.simulator.pointAtServer("first.example.com");
  // The plugin registers the network with its first event.
  await stack.wordpress.php(mapCode(["first.example.com"], 1));
  told = new ToldPlaces(stack, await stack.wordpress.login());
}, 180_000);
afterAll(() => stack.stop());

test("a database that does not answer the sidecar, while it answers WordPress", async () => {
  const proxy = await proxied(stack);
  const log = await stack.sidecar.log();
  proxy.mode = "refuse";
  proxy.cut();
  const { message, remedy } = describeReason("database-unreachable", {});
  const cause = message.slice(0, message.indexOf(" ("));
  const cli = await until("the command line to say so", async () => {
    const text = (await told.command("status")).replace(/\s+/g, " ");
    return text.includes(cause) ? text : null;
  });
  expect(cli).toContain(remedy);
  const page = await told.screen();
  expect(page).toContain(plain(cause));
  expect(page).toContain(plain(remedy));
  await until("a new line of the log to say so", async () =>
    (await stack.sidecar.log()).slice(log.length).includes(remedy),
  );
  await proxy.stop();
});

test("a sidecar that works on a copy of the database belongs to another installation", async () => {
  const { mariadb, sidecar, wordpress } = stack;
  await mariadb.createDatabase("other");
  const tables = await mariadb.rows<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'wordpress'",
  );
  for (const { name } of tables)
    await mariadb.run(
      `CREATE TABLE other.${name} LIKE wordpress.${name};
       INSERT INTO other.${name} SELECT * FROM wordpress.${name}`,
    );
  const account = await mariadb.sidecarAccount("other");
  sidecar.setEnv({
    DB_HOST: mariadb.address,
    DB_NAME: account.database,
    DB_USER: account.user,
    DB_PASSWORD: account.password,
  });
  await sidecar.restart();
  // A changed setting is registered, and with it the proof that both use the same database.
  await wordpress.setConstants({
    WU_SERVER_PILOT_API_KEY: "another-key-than-before",
  });
  await wordpress.cron(3_600);
  const { message, remedy } = describeReason("another-installation", {});
  const page = await until("the screen to say so", async () => {
    const text = await told.screen();
    return text.includes(plain(message)) ? text : null;
  });
  expect(page).toContain(plain(remedy));
  await until("the log to say so", () =>
    told.logged("another-installation", remedy),
  );
});

/** Has the sidecar reach its database through a proxy; ends once a pass through it went well. */
async function proxied({ sidecar, mariadb }: Stack): Promise<Proxy> {
  const [host = "", port] = mariadb.address.split(":");
  const proxy = await Proxy.start({ host, port: Number(port) });
  sidecar.setEnv({ DB_HOST: proxy.address });
  await sidecar.restart();
  await until("a pass that goes well", async () => {
    const { pass } = await readStatus(sidecarClient(sidecar));
    return pass.lastOutcome === "ok";
  });
  return proxy;
}
