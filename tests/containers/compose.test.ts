import { setTimeout as delay } from "node:timers/promises";
import type { Mail } from "../stack/mail";
import { projectDir } from "../stack/places";
import { run } from "../stack/run";

/** Ports, network and name of its own, so that it can run beside a person's. */
const environment = {
  COMPOSE_PROJECT_NAME: "domain-bridge-test",
  COMPOSE_FILE: "docker-compose.yml:tests/containers/compose.test.yml",
  BRIDGE_SUBNET: "172.30.88",
  WORDPRESS_PORT: "18080",
  SERVERPILOT_PORT: "18790",
  SIDECAR_PORTS: "18787-18788",
  MAIL_PORT: "18025",
};

const docker = async (...args: string[]): Promise<string> =>
  (await run("docker", args, environment)).stdout.trim();
const compose = (...args: string[]): Promise<string> =>
  docker("compose", ...args);
/** Runs PHP in WordPress as the super admin. */
const php = (code: string): Promise<string> =>
  compose(
    ...["run", "--rm", "--no-deps", "--entrypoint", "wp", "setup"],
    ...["eval", code, "--user=admin"],
  );

async function json<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

/** Asks again until it holds; what throws meanwhile does not hold. */
async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end)
      throw new Error(
        `waited ${seconds} s for ${what}\n${await compose("logs", "--tail", "60")}`,
      );
    await delay(500);
  }
}

/** How a service's container ended; null while it runs. */
async function exitCode(service: string): Promise<number | null> {
  const id = await compose("ps", "--all", "--quiet", service);
  const state = JSON.parse(
    await docker("inspect", "--format", "{{json .State}}", id),
  ) as { Status: string; ExitCode: number };
  return state.Status === "exited" ? state.ExitCode : null;
}

/** Maps a domain in WordPress, and waits until it is on the app and secure. */
async function becomesSecure(name: string): Promise<void> {
  await php(
    `wu_create_domain( array( 'domain' => '${name}', 'blog_id' => 1, 'active' => true ) );`,
  );
  await eventually(`${name} on the app`, async () => {
    const { apps } = await json<{ apps: { domains: string[] }[] }>(
      "http://127.0.0.1:18790/control/state",
    );
    return apps[0]?.domains.includes(name) ?? false;
  });
  const secure = `echo wu_get_domains( array( 'domain' => '${name}' ) )[0]->is_secure() ? 'yes' : 'no';`;
  await eventually(
    `the certificate of ${name}`,
    async () => (await php(secure)) === "yes",
    120,
  );
}

beforeAll(async () => {
  process.chdir(projectDir);
  await compose("up", "--detach", "--quiet-pull");
  await eventually(
    "the network's setup",
    async () => (await exitCode("setup")) === 0,
    300,
  );
  // What a person does in UM's wizard.
  await php("update_network_option( null, 'wu_setup_finished', true );");
}, 1_200_000);

afterAll(async () => {
  await compose("down", "--volumes", "--remove-orphans");
}, 120_000);

test("a mapping that is made in WordPress gets onto the app and becomes secure", async () => {
  await becomesSecure("one.example.com");
}, 240_000);

test("certificates of a simulator that was started anew are trusted as before", async () => {
  await compose("restart", "serverpilot");
  await becomesSecure("two.example.com");
}, 240_000);

test("the customer can log in, and what WordPress mails is on the page for mail", async () => {
  expect(await php("echo (int) username_exists( 'customer' ) > 0;")).toBe("1");
  await php("wp_mail( 'someone@example.com', 'Hello', 'From a container' );");
  await eventually("the mail", async () =>
    (await json<Mail[]>("http://127.0.0.1:18025/messages")).some(
      ({ subject, to }) =>
        subject === "Hello" && to.includes("someone@example.com"),
    ),
  );
});

test.each(["sidecar", "serverpilot", "mail"])(
  "%s ends by itself when it is told to",
  async (service) => {
    await compose("stop", service);
    expect(await exitCode(service)).toBe(0);
  },
);

test("the sidecar says in its log that it stops, and nothing about its health checks", async () => {
  const log = await compose("logs", "--no-log-prefix", "sidecar");
  expect(log).toContain('"stopped"');
  expect(log).not.toContain("/livez");
});
