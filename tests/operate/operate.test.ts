import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatEnvFile, readEnvFile } from "../../sidecar/cli/env-file";
import { version } from "../../sidecar/version";
import { Child } from "../stack/child";
import { projectDir } from "../stack/places";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { plugins } from "../stack/wordpress-files";
import { runCommand, type Ran } from "./command";
import { unpackedZip } from "./unpacked-zip";
import { copyForEverybody } from "./wordpress-variants";

let stack: Stack;
let folder: string;
/** The WordPress that init reads. */
let site: string;
let bundle: string;
let envFile: string;
let sidecar: Child | null = null;
/** What leads to the simulator instead of the world. */
let world: Record<string, string>;
const transcript: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    wordpress: { um: "registry", plugin: true },
    simulator: { domains: ["bridge.localhost"] },
    sidecar: { start: false },
  });
  stack.simulator.pointAtServer("*");
  // The site's account comes by the database's socket.
  await chmod(stack.dir, 0o755);
  folder = await mkdtemp(join(tmpdir(), "operate-"));
  bundle = await unpackedZip(folder);
  envFile = join(folder, "domain-bridge.env");
  const wanted =
    /^(SERVERPILOT_|DNS_SERVERS|SSL_PROBE_ADDRESS|NODE_EXTRA_CA_CERTS)/;
  world = Object.fromEntries(
    Object.entries(stack.sidecar.env).filter(([name]) => wanted.test(name)),
  );
  // As on a real site: the secret is the plugin's own, made when it is activated.
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_SIDECAR_SECRET: null,
    DB_HOST: `localhost:${stack.mariadb.socket}`,
  });
  await stack.wordpress.deactivate(plugins.bridge);
  await stack.wordpress.activate(plugins.bridge);
  site = await copyForEverybody(stack.wordpress, folder);
  // How this machine's administrator gets into the database.
  await writeFile(join(folder, ".my.cnf"), "[client]\nuser=root\n");
}, 180_000);

afterAll(async () => {
  await sidecar?.stop();
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(projectDir, "build"), { recursive: true });
  await writeFile(
    join(projectDir, "build/operate-transcript.txt"),
    transcript.join("\n"),
  );
});

/** Runs the zip's bundle, and keeps what a person would have seen. */
async function bridge(...args: string[]): Promise<Ran> {
  const ran = await runCommand(process.execPath, [bundle, ...args], {
    cwd: folder,
    env: { ...world, HOME: folder },
  });
  const seen = `$ domain-bridge ${args.join(" ")}\n${ran.out}${ran.err}`;
  transcript.push(
    seen
      .replaceAll(site, "/srv/www")
      .replaceAll(bundle, "domain-bridge.cjs")
      .replaceAll(envFile, "domain-bridge.env")
      .replaceAll(stack.wordpress.internalUrl, "https://network.example"),
  );
  return ran;
}

const withFile = () => ["--environment", envFile];

function init(...more: string[]): Promise<Ran> {
  const { internalUrl } = stack.wordpress;
  const where = ["--wordpress", site, "--output", envFile];
  return bridge("init", ...where, "--wordpress-url", internalUrl, ...more);
}

/** Writes an environment file anew with some values of a person's own. */
async function edit(file: string, own: Record<string, string>): Promise<void> {
  const text = formatEnvFile({ ...readEnvFile(file), ...own });
  await writeFile(file, text, { mode: 0o600 });
}

test("init reads WordPress, writes a file for the owner alone, and every check succeeds", async () => {
  const { code, out, err } = await init();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const id of ["database", "table", "credentials", "app", "server"]) {
    expect(out).toContain(`ok    ${id}\n`);
  }
  expect(out).toContain("ok    wordpress\n");
  expect((await stat(envFile)).mode & 0o777).toBe(0o600);
  const variables = readEnvFile(envFile);
  expect(variables).toMatchObject({
    PORT: String(stack.sidecar.port),
    DB_HOST: `localhost:${stack.mariadb.socket}`,
    TABLE_PREFIX: "wp_",
    WORDPRESS_URL: stack.wordpress.internalUrl,
  });
  expect(variables["SIDECAR_SECRET"]).toBe(
    await stack.wordpress.php(
      "return Domain_Bridge\\Plugin::instance()->secret()->get();",
    ),
  );
  expect(JSON.stringify(variables)).not.toContain(stack.app.apiKey);
  expect(out).not.toContain(variables["SIDECAR_SECRET"]);
});

test("init again changes nothing, and takes no file of another network", async () => {
  expect((await init()).out).toContain("is up to date already");
  await edit(envFile, { DB_NAME: "another" });
  const { code, err } = await init();
  expect(code).toBe(1);
  expect(err).toContain("WordPress has other values for DB_NAME.");
  expect((await init("--force")).code).toBe(0);
  expect(readEnvFile(envFile)["DB_NAME"]).toBe(stack.database);
});

test("an upgrade keeps the account that a person put into the file, says so, and a check that fails is no success", async () => {
  const { user, password } = await stack.mariadb.sidecarAccount(stack.database);
  await edit(envFile, { DB_USER: user, DB_PASSWORD: password });
  const kept = await init();
  expect(kept.code).toBe(0);
  expect(kept.out).toContain(
    "WordPress has other values for DB_USER, DB_PASSWORD;",
  );
  expect(readEnvFile(envFile)).toMatchObject({ DB_USER: user });
  await edit(envFile, { DB_PASSWORD: "wrong" });
  const wrong = await init();
  expect(wrong.code).toBe(1);
  expect(wrong.out).toContain(
    "FAIL  database: The database refuses the sidecar's account",
  );
  expect((await init("--force")).code).toBe(0);
});

test("init makes a database account that has just the rights that all checks need", async () => {
  const own = join(folder, "own-account.env");
  const make = ["--output", own, "--create-db-account"];
  const made = await init(...make);
  expect(made).toMatchObject({ code: 0, err: "" });
  const { DB_USER, DB_PASSWORD = "" } = readEnvFile(own);
  expect(DB_USER).toBe("domain_bridge");
  expect(made.out).not.toContain(DB_PASSWORD);
  const [grants] = await stack.mariadb.rows<{ grants: string }>(
    "SELECT GROUP_CONCAT(DISTINCT table_name) AS grants FROM information_schema.table_privileges WHERE grantee LIKE '%domain_bridge%' AND privilege_type = 'SELECT' AND table_name NOT LIKE '%domain_bridge%'",
  );
  expect(grants?.grants.split(",").sort()).toEqual([
    "wp_blogs",
    "wp_site",
    "wp_wu_domain_mappings",
  ]);
  const again = await init(...make);
  expect(again).toMatchObject({ code: 0, err: "" });
  expect(readEnvFile(own)["DB_PASSWORD"]).toBe(DB_PASSWORD);
  const third = await init("--output", `${own}.2`, "--create-db-account");
  expect(third.code).toBe(1);
  expect(third.err).toContain("pass --create-db-account with another name");
});

test("without systemd nothing is written where a service is asked for", async () => {
  // Where there is one, this test would install the service.
  if (existsSync("/run/systemd/system")) return;
  const file = join(folder, "service.env");
  const isRoot = process.getuid?.() === 0;
  const { code, err } = await init(
    isRoot ? "--install-systemd" : "--user",
    "--output",
    file,
  );
  expect(code).toBe(1);
  expect(err).toContain(" failed: ");
  expect(existsSync(file)).toBe(false);
});

test("init writes nothing below WordPress", async () => {
  const inside = join(site, "wp-content/domain-bridge.env");
  const { code, err } = await init("--output", inside);
  expect(code).toBe(1);
  expect(err).toContain("would lie below WordPress");
  await expect(stat(inside)).rejects.toThrow("ENOENT");
});

test("init prints the unit alone on stdout", async () => {
  const { code, out } = await init("--print-systemd");
  expect(code).toBe(0);
  expect(out).toMatch(/^\[Unit\]\n/);
  expect(out).toContain(`EnvironmentFile=${envFile}\n`);
  expect(out).toContain(`${bundle} serve\n`);
});

test("serve refuses a file that every user can read, in a way that systemd does not try again", async () => {
  await chmod(envFile, 0o644);
  const { code, err } = await bridge("serve", ...withFile());
  expect(code).toBe(78);
  expect(err).toContain(`chmod 600 ${envFile}`);
  await chmod(envFile, 0o600);
});

test("the bundle alone serves the network: WordPress registers, a mapping gets onto the app", async () => {
  sidecar = Child.start({
    name: "the bundle",
    command: process.execPath,
    args: [bundle, "serve", ...withFile()],
    cwd: folder,
    env: world,
    logFile: join(folder, "sidecar.log"),
  });
  const { url } = stack.sidecar;
  await until("the bundle to be ready", async () => {
    await sidecar?.assertRunning();
    return (await fetch(`${url}/readyz`).catch(() => null))?.ok ?? false;
  });
  await stack.wordpress.php(
    "return wu_create_domain( array( 'domain' => 'shop.example.com', 'blog_id' => 1 ) )->get_id();",
  );
  await stack.wordpress.cron();
  await until("the mapping on the app", () =>
    stack.simulator.domains().includes("shop.example.com"),
  );
  const { code, out } = await bridge("check", ...withFile());
  expect({ code, out }).toEqual({
    code: 0,
    out: "ok    database\nok    table\nok    credentials\nok    app\nok    server\nok    wordpress\n",
  });
});

/** A pass that goes on would put a new row on the app before anybody plans. */
async function idle(): Promise<void> {
  await until("an idle sidecar", async () => {
    const { out } = await bridge("status", ...withFile());
    transcript.pop();
    return out.includes("now idle");
  });
}

test("plan shows what differs, sync brings it about, plan then shows nothing", async () => {
  await idle();
  await stack.mariadb.run(
    "INSERT INTO wp_wu_domain_mappings (blog_id, domain, active, stage, date_created) VALUES (1, 'late.example.com', 1, 'checking-dns', NOW())",
    [],
    stack.database,
  );
  const planned = await bridge("plan", ...withFile());
  expect(planned.code).toBe(2);
  expect(planned.out).toContain("+ late.example.com\n");
  const json = await bridge("plan", "--json", ...withFile());
  expect(JSON.parse(json.out)).toMatchObject({
    add: ["late.example.com", "www.late.example.com"],
  });
  transcript.pop();
  expect((await bridge("sync", ...withFile())).code).toBe(0);
  await until("the second mapping on the app", () =>
    stack.simulator.domains().includes("late.example.com"),
  );
  await idle();
  const again = await bridge("plan", ...withFile());
  expect(again.code).toBe(0);
  expect(again.out).toContain("0 to add, 0 to remove");
});

test("status shows every domain", async () => {
  const { code, out } = await bridge("status", ...withFile());
  expect(code).toBe(0);
  expect(out).toContain(`Network default, sidecar ${version}\n`);
  expect(out).toMatch(/^shop\.example\.com\s+(pending|securing|secure)/m);
  expect(out).toMatch(/^late\.example\.com\s+(pending|securing|secure)/m);
});

test("a second sidecar on the port is told so in words", async () => {
  const { code, err } = await bridge("serve", ...withFile());
  expect(code).toBe(1);
  expect(err).toContain(`Port ${stack.sidecar.port} of 127.0.0.1 is taken`);
});

test("the bundle ends on SIGTERM, and the commands then say that it is away", async () => {
  const pid = sidecar?.pid;
  expect(pid).toBeDefined();
  await sidecar?.stop();
  const { code, err } = await bridge("status", ...withFile());
  expect(code).toBe(1);
  expect(err).toContain("does not answer");
});
