import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvFile } from "../../sidecar/cli/env-file";
import { version } from "../../sidecar/version";
import { Child } from "../stack/child";
import { projectDir } from "../stack/places";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { plugins } from "../stack/wordpress-files";
import { runCommand, type Ran } from "./command";
import { unpackedZip } from "./unpacked-zip";

let stack: Stack;
let folder: string;
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
  folder = await mkdtemp(join(tmpdir(), "operate-"));
  bundle = await unpackedZip(folder);
  envFile = join(folder, "domain-bridge.env");
  const wanted =
    /^(SERVERPILOT_|DNS_SERVERS|SSL_PROBE_ADDRESS|NODE_EXTRA_CA_CERTS)/;
  world = Object.fromEntries(
    Object.entries(stack.sidecar.env).filter(([name]) => wanted.test(name)),
  );
  // As on a real site: the secret is the plugin's own, made when it is activated.
  await stack.wordpress.setConstants({ WU_SERVER_PILOT_SIDECAR_SECRET: null });
  await stack.wordpress.deactivate(plugins.bridge);
  await stack.wordpress.activate(plugins.bridge);
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
    env: { ...world, STACK_WORDPRESS: stack.wordpress.root },
  });
  const seen = `$ domain-bridge ${args.join(" ")}\n${ran.out}${ran.err}`;
  transcript.push(
    seen
      .replaceAll(stack.wordpress.root, "/srv/www")
      .replaceAll(bundle, "domain-bridge.cjs")
      .replaceAll(envFile, "domain-bridge.env")
      .replaceAll(stack.wordpress.internalUrl, "https://network.example"),
  );
  return ran;
}

const withFile = () => ["--env-file", envFile];

function init(...more: string[]): Promise<Ran> {
  const { root, internalUrl } = stack.wordpress;
  const where = ["--wordpress", root, "--output", envFile];
  return bridge("init", ...where, "--wordpress-url", internalUrl, ...more);
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
    DB_HOST: stack.mariadb.address,
    TABLE_PREFIX: "wp_",
    WORDPRESS_URL: stack.wordpress.internalUrl,
  });
  expect(variables["SIDECAR_SECRET"]).toBe(
    await stack.wordpress.php(
      "return Domain_Bridge\\Plugin::instance()->secret->get();",
    ),
  );
  expect(JSON.stringify(variables)).not.toContain(stack.app.apiKey);
  expect(out).not.toContain(variables["SIDECAR_SECRET"]);
});

test("init again changes nothing, and overwrites nothing that differs", async () => {
  expect((await init()).out).toContain("is up to date already");
  const { code, err } = await init("--wordpress-url", "http://127.0.0.1:1");
  expect(code).toBe(1);
  expect(err).toContain("says otherwise about WORDPRESS_URL.");
});

test("init writes nothing below WordPress", async () => {
  const inside = join(stack.wordpress.root, "wp-content/domain-bridge.env");
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

test("serve refuses a file that every user can read", async () => {
  await chmod(envFile, 0o644);
  const { code, err } = await bridge("serve", ...withFile());
  expect(code).toBe(1);
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

test("plan shows what differs, sync brings it about, plan then shows nothing", async () => {
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
  await until("an idle sidecar", async () => {
    const { out } = await bridge("status", ...withFile());
    transcript.pop();
    return out.includes("now idle");
  });
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
