import { setTimeout as delay } from "node:timers/promises";
import { readStatus } from "../stack/sidecar-client";
import { expectedNames, type Expected } from "./expected";
import type { Stage } from "./stage";
import type { World } from "./world";

const HELD = "a plan is held";

/** What the system came to when it was left alone. */
export interface Calm {
  readonly approvals: number;
  /** Seconds from the last fault until everything was as it must be; null where it never was. */
  readonly seconds: number | null;
}

/**
 * Ends every fault, has all sidecars running, and leaves the system alone until it is as it must be. A held plan is
 * approved, as a person does who knows that the names are meant to go.
 */
export async function calmDown(
  stage: Stage,
  say: (line: string) => void,
  patienceSeconds = 90,
): Promise<Calm> {
  const { world } = stage;
  stage.end();
  await stage.settled();
  world.simulator.clearFaults();
  world.simulator.set({ actionTroubleEvery: 0 });
  world.wordpressProxy.mode = "pass";
  await world.simulator.setTlsListening(true);
  for (const { process, database } of world.sidecars) {
    database.mode = "pass";
    process.signal("SIGCONT");
    process.noteDeath();
    if (!process.isRunning) process.launch();
  }
  await Promise.all(world.sidecars.map(({ process }) => process.isUp()));
  const startedAt = Date.now();
  setClocks(world, 0);
  const approved = new Set<string>();
  let trouble: string[] = [];
  let retold = false;
  for (
    let round = 0;
    Date.now() - startedAt < patienceSeconds * 1000;
    round += 1
  ) {
    // WordPress's cron tries again what it could not say; here, it need not wait for its time.
    if (!retold) retold = await tellAgain(world);
    trouble = await troubles(world).catch((error: unknown) => [String(error)]);
    if (trouble.length === 0)
      return {
        approvals: approved.size,
        seconds: (Date.now() - startedAt) / 1000,
      };
    if (round % 8 === 7) say(`not calm yet: ${trouble.slice(0, 3).join("; ")}`);
    if (trouble[0] === HELD) approved.add(await approve(world));
    if (round % 20 === 15)
      await askForCertificates(world).catch(() => undefined);
    await delay(250);
    // Waits of half a minute and more are over sooner: signatures allow clocks to be five minutes apart.
    if (round % 16 === 15) setClocks(world, Math.min(280, (round / 16) * 45));
    // An action that never ends holds its pass for five minutes.
    if (round === 24 && world.simulator.app().openActions > 0)
      setClocks(world, 366 * 24 * 3600);
    if (round === 48) setClocks(world, 0);
  }
  for (const text of trouble) world.model.violate(`never settled: ${text}`);
  await findBlocked(world).catch(() => undefined);
  return { approvals: approved.size, seconds: null };
}

function setClocks(world: World, seconds: number): void {
  for (const { process } of world.sidecars) process.shiftClock(seconds * 1000);
}

async function tellAgain(world: World): Promise<boolean> {
  return world.php("do_action( 'domain_bridge_retry' );").then(
    () => true,
    () => false,
  );
}

/** After an attempt that a fault has ended, AutoSSL rests for an hour, unless a person asks for the names again. */
async function askForCertificates({ first }: World): Promise<void> {
  const { names } = await readStatus(first.client);
  const retry = names
    .filter(({ state }) => state === "ssl-failed" || state === "securing")
    .map(({ name }) => name);
  if (retry.length > 0) await first.client.call("POST", "/sync", { retry });
}

/** Counts the names that ServerPilot would take and that are not on the app although nothing else goes on. */
async function findBlocked(world: World): Promise<void> {
  const { names } = await readStatus(world.first.client);
  const list = new Set(world.simulator.domains());
  for (const { name, state, reason } of names)
    if (state === "blocked" && reason?.endsWith("-by-serverpilot"))
      if (!list.has(name) && !world.model.refused.has(name))
        world.model.blocks(name, reason);
}

/** What is not yet as it must be. */
export async function troubles(world: World): Promise<string[]> {
  const status = await readStatus(world.first.client);
  if (status.held) return [HELD];
  if (awaitsLateWrite(world)) return ["a write may still arrive"];
  const policy = String(
    await world.php(
      "return wu_get_setting( 'auto_create_www_subdomain', 'always' );",
    ),
  );
  const expected = await expectedNames(world.stack.mariadb, policy);
  const found = listTroubles(world, expected);
  if (found.length > 0) return found;
  const { names } = status;
  const states = new Map(names.map(({ name, state }) => [name, state]));
  const { refused } = world.model;
  for (const name of expected.names)
    if (states.get(name) !== (refused.has(name) ? "blocked" : "secure"))
      found.push(`${name} is ${states.get(name) ?? "not in the ledger"}`);
  for (const { name, owned, state } of names)
    if (refused.has(name)) continue;
    else if (!expected.names.has(name) && state !== "blocked")
      found.push(`the ledger still has ${name} (${state})`);
    else if (owned !== expected.names.has(name))
      found.push(`${name} is owned: ${owned}`);
  return found.length > 0 ? found : await tellTroubles(world, expected);
}

/** Whether a write that was not answered is still on its way. */
function awaitsLateWrite({ simulator }: World): boolean {
  const { unanswered, unansweredMs } = simulator.settings();
  return (
    unanswered === "later" &&
    simulator
      .journal()
      .some(
        ({ faulted, at }) =>
          faulted === "unanswered" && at + unansweredMs > Date.now(),
      )
  );
}

/** The app's list against what must be on it. */
function listTroubles({ simulator, model }: World, { names }: Expected) {
  const list = simulator.domains();
  const { wwwTwin, order } = simulator.settings();
  const isTwin = (name: string): boolean =>
    model.isForeignTwin(name) ||
    (wwwTwin === "added" &&
      name.startsWith("www.") &&
      list.includes(name.slice(4)));
  const found = [...names, ...model.foreign]
    .filter((name) => !list.includes(name) && !model.refused.has(name))
    .map((name) => `${name} is missing on the app`);
  for (const name of list)
    if (!names.has(name) && !model.foreign.includes(name) && !isTwin(name))
      found.push(`${name} is left on the app`);
  if (new Set(list).size !== list.length) found.push("the app repeats a name");
  const foreign = list.filter((name) => model.foreign.includes(name));
  const isMoved = foreign.join() !== model.foreign.join();
  if (found.length === 0 && order === "keep" && isMoved)
    found.push("the order of the foreign names has changed");
  return found;
}

/** Whether WordPress was told of everything. */
async function tellTroubles(
  world: World,
  { names, mapped }: Expected,
): Promise<string[]> {
  const { mariadb, wordpress } = world.stack;
  const [waiting] = await mariadb.rows<{ waiting: number }>(
    "SELECT COUNT(*) AS waiting FROM wordpress.wp_domain_bridge_outbox",
  );
  if (waiting?.waiting !== 0)
    return [`${waiting?.waiting} changes were not told`];
  const rows = await mariadb.rows<{
    domain: string;
    stage: string;
    secure: number;
  }>("SELECT domain, stage, secure FROM wordpress.wp_wu_domain_mappings");
  const log = await wordpress.umLog("integration-serverpilot");
  return [
    ...rows
      .filter(
        ({ domain }) =>
          mapped.includes(domain) && !world.model.refused.has(domain),
      )
      .filter(({ stage, secure }) => stage !== "done" || secure !== 1)
      .map(({ domain, stage }) => `${domain} is ${stage} in WordPress`),
    ...[...names]
      .filter(
        (name) =>
          !world.model.refused.has(name) && !log.includes(`${name} is secure`),
      )
      .map((name) => `WordPress was never told that ${name} is secure`),
  ];
}

/** Approves what a dry run shows, as a person does; gives its checksum. */
async function approve(world: World): Promise<string> {
  const { client } = world.first;
  const { checksum } = (await client.call("POST", "/sync", {
    dryRun: true,
  })) as { checksum: string };
  // It may have changed since: then it is shown and approved again.
  await client
    .call("POST", "/sync", { checksum, force: true })
    .catch(() => undefined);
  return checksum;
}
