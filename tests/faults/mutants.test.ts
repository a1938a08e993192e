import { freePort } from "../stack/ports";
import { until } from "../stack/until";
import { BareWorld, NETWORK_DOMAIN } from "./bare-world";
import { buildSidecar, type Mutation } from "./build";
import { plan } from "./mutant-operations";
import { bugs, unbound } from "./mutations";
import { SidecarProcess } from "./sidecar-process";
import { soak, type SoakReport } from "./soak";
import { World } from "./world";

async function run(mutations: readonly Mutation[]): Promise<SoakReport> {
  const world = await World.start({
    mutations,
    env: { RESYNC_SECONDS: "1", DEBOUNCE_MS: "0" },
  });
  try {
    return await soak(world, { seed: 1, steps: 0, plan, patienceSeconds: 25 });
  } finally {
    await world.stop();
  }
}

/**
 * The network moves to an app on which a person has put a name that it owned on the old one and that nobody maps any
 * more; gives what is on the new app once it was written to.
 */
async function move(mutations: readonly Mutation[]): Promise<string[]> {
  const build = await buildSidecar(mutations);
  const world = await BareWorld.start({ build });
  const { simulator, sidecar } = world;
  const [mine, kept, added] = ["mine", "kept", "added"].map(
    (name) => `${name}.example.com`,
  ) as [string, string, string];
  const moved = new SidecarProcess({
    name: "moved",
    dir: world.stack.dir,
    port: await freePort(),
    build,
    env: { ...sidecar.env, WU_SERVER_PILOT_APP_ID: "other" },
  });
  try {
    await world.map(mine, kept);
    await sidecar.start();
    await until("the names", () => simulator.domains().includes(mine), 40);
    await world.pass();
    await sidecar.stop();
    await world.unmap(mine);
    await world.map(added);
    const domains = [NETWORK_DOMAIN, mine, kept];
    simulator.addApp({ id: "other", domains });
    await moved.start();
    await until(
      "the new app",
      () => simulator.domains("other").includes(added),
      40,
    );
    return simulator.domains("other");
  } finally {
    await moved.kill();
    await world.stop();
  }
}

jest.setTimeout(300_000);

test("the sidecar as it is passes", async () => {
  expect((await run([])).violations).toEqual([]);
});

test.each(Object.entries(bugs))(
  "the soak finds: %s",
  async (_bug, mutations) => {
    const { violations, firstFailure } = await run(mutations);
    expect(firstFailure).not.toBeNull();
    // What was found is the bug, not a sidecar that does not run at all.
    expect(violations.map(({ text }) => text).join("\n")).not.toMatch(
      /ended by itself|SyntaxError/,
    );
  },
);

test("the network that moves leaves alone what a person put on the new app", async () => {
  expect(await move([])).toContain("mine.example.com");
});

test("the move finds: the ledger not bound to an app", async () => {
  expect(await move(unbound)).not.toContain("mine.example.com");
});
