import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../stack/ports";
import { until } from "../stack/until";
import { BareWorld, NETWORK_DOMAIN } from "./bare-world";
import { buildSidecar, type Mutation } from "./build";
import { SidecarProcess } from "./sidecar-process";
import { soak, type SoakReport } from "./soak";
import type { Stage, Step } from "./stage";
import { World, type Served } from "./world";

const unread: readonly Mutation[] = [
  {
    file: "sidecar/reconcile/pass.ts",
    from: 'if (belief.kind === "agreed") return true;',
    to: 'if (belief.kind !== "unstable") return true;',
  },
];

/**
 * Bugs put in on purpose, which the soak's judges must find: a test of the tests. Each is run through steps that give
 * it the occasion to show; the sidecar without it passes all of them.
 */
const bugs: Record<string, readonly Mutation[]> = {
  "no lock, and no waiting for a write that may be on its way": [
    {
      file: "sidecar/mysql/lock.ts",
      from: 'if (got !== 1) throw new TransientError("lock-held");',
      to: 'await ask(connection, "SELECT RELEASE_LOCK(?) AS answer", [name]);',
    },
    {
      file: "sidecar/mysql/lock.ts",
      from: 'if (mine !== 1) throw new TransientError("lock-lost");',
      to: "void mine;",
    },
    {
      file: "sidecar/reconcile/write.ts",
      from: "if (left > 0 && left <= ON_ITS_WAY_MS)",
      to: "if (left > ON_ITS_WAY_MS)",
    },
  ],
  "a failed read of the table taken for an empty table": [
    {
      file: "sidecar/mysql/source.ts",
      from: "for (const { table, sql, values } of parts)",
      to: `const left = parts.filter(({ table }) => !table.includes("domain"));
        return select(pool, left.map(({ sql }) => sql).join(" UNION ALL "), left.flatMap(({ values }) => values));
        for (const { table, sql, values } of parts)`,
    },
  ],
  "a failed read of the app taken for an empty app, and no second read": [
    {
      file: "sidecar/reconcile/pass.ts",
      from: "run.app = await (early ?? serverPilot.getApp());",
      to: `run.app = await (early ?? serverPilot.getApp()).catch(() => {
          const id = loaded(run).appId ?? "";
          return { id, name: "", serverId: "", runtime: "", domains: [], ssl: null, autossl: null } as never;
        });`,
    },
    ...unread,
  ],
  "no reading back": [
    {
      file: "sidecar/reconcile/run.ts",
      from: "const onApp = namesOn(run.app);",
      to: "const onApp = new Set(write.list.map(comparable));",
    },
  ],
  "an object instead of an array": [
    {
      file: "sidecar/serverpilot/client.ts",
      from: "write(path, { domains }, before)",
      to: "write(path, { domains: { ...domains } }, before)",
    },
  ],
  "refusals are not isolated": [
    {
      file: "sidecar/reconcile/write.ts",
      from: "const after = afterRefusal(record, next, words);",
      to: "const after = { record, culprit: null, isAppsTrouble: true };",
    },
  ],
  "no second read": unread,
  "no tombstones": [
    {
      file: "sidecar/reconcile/app-record.ts",
      from: "for (const name of write.added) tombstones[name] = now;",
      to: "void now;",
    },
  ],
};

/** As above, found where the network moves to another app. */
const unbound: readonly Mutation[] = [
  {
    file: "sidecar/reconcile/run.ts",
    from: "const isNew = record.appId !== appId;",
    to: "const isNew = false;",
  },
];

/** Names below the guard's threshold, so that nothing but the reading protects them. */
const FEW = [1, 2, 3].map((n) => `few-${n}.example.com`);

const create = (names: readonly string[]): string =>
  names
    .map(
      (name) =>
        `wu_create_domain( array( 'domain' => '${name}', 'blog_id' => 1 ) );`,
    )
    .join(" ");

function operation(
  what: string,
  pauseMs: number,
  run: (stage: Stage) => Promise<void> | void,
): Step {
  return { kind: "operation", what, pauseMs, run };
}

function map(...names: string[]): Step {
  return operation(`map ${names.join(" ")}`, 0, (stage) => {
    stage.world.model.asks(...names);
    stage.background(() => stage.world.php(create(names)));
  });
}

/** Keeps the names of the mapping table from being the last ones, which the guard would hold. */
const siteMade = operation("a site is made", 0, (stage) => {
  const name = "kept.bridge.localhost";
  stage.world.model.asks(name);
  stage.background(() =>
    stage.world.php(
      `wpmu_create_blog( '${name}:' . STACK_PORT, '/', 'Site', 1 );`,
    ),
  );
});

const panelAdds = operation("the panel adds", 0, (stage) => {
  stage.panel((domains) => {
    stage.world.model.puts("panel.example.org");
    return [...domains, "panel.example.org"];
  });
});

/**
 * While one sidecar's write is on its way, the table grows and another sidecar is told. Of two writers the second is
 * done before the first one's older list arrives and takes the new name off again; where there is one writer, the second
 * has to wait.
 */
const twoWriters = operation("two writers", 6000, async (stage) => {
  const { simulator, model, stack, sidecars } = stage.world;
  const [one, other] = sidecars;
  if (!one || !other) throw new Error("this takes two sidecars");
  const insert = async (name: string, { process }: Served): Promise<void> => {
    model.asks(name);
    await stack.mariadb.run(
      "INSERT INTO wp_wu_domain_mappings (blog_id, domain) VALUES (1, ?)",
      [name],
      "wordpress",
    );
    await process.client.call("POST", "/sync", {});
  };
  // The first write arrives after three seconds; whatever else is called has none of that.
  const stop = simulator.onArrival(({ method, body }) => {
    const isWrite = method === "POST" && JSON.stringify(body).includes("older");
    if (!isWrite) return;
    stop();
    const { latencyMs } = simulator.settings();
    simulator.set({ latencyMs: 6000 });
    setImmediate(() => {
      simulator.set({ latencyMs });
      stage.background(() => insert("newer.example.com", other));
    });
  });
  stage.atEnd(stop);
  await insert("older.example.com", one);
});

const tableAway = operation("the table is away", 2500, async ({ world }) => {
  const table = "wordpress.wp_wu_domain_mappings";
  // Some bugs keep them from ever being there: that is found in the end.
  await until("the few", () =>
    FEW.every((name) => world.simulator.domains().includes(name)),
  ).catch(() => undefined);
  await world.stack.mariadb.run(`RENAME TABLE ${table} TO ${table}_away`);
  await world.first.client.call("POST", "/sync", {});
  await delay(3000);
  await world.stack.mariadb.run(`RENAME TABLE ${table}_away TO ${table}`);
});

const appUnreadable = operation(
  "the app cannot be read",
  8000,
  async ({ world }) => {
    world.simulator.addFault({
      kind: "html",
      method: "GET",
      path: "^/apps/[^/]+$",
      // Long enough for two reads that agree, whoever else reads meanwhile.
      forMs: 6000,
    });
    await world.first.client.call("POST", "/sync", {});
  },
);

/**
 * A person undoes two writes while their actions are under way, and asks for the name again; a pass that says it went
 * well has not looked.
 */
const undone = operation("a write is undone", 8000, (stage) => {
  const { simulator, model, first } = stage.world;
  const names = ["undone.example.com", "www.undone.example.com"];
  let left = 2;
  stage.atEnd(
    simulator.onDomains(({ by, before, after }) => {
      const isIt = by === "write" && after.includes("undone.example.com");
      if (!isIt || left === 0) return;
      left -= 1;
      setImmediate(() => {
        simulator.setDomains(before);
      });
    }),
  );
  model.asks("undone.example.com");
  stage.background(async () => {
    await stage.world.php(create(["undone.example.com"]));
    for (let tries = 0; tries < 6; tries += 1) {
      await delay(2000);
      await first.client.call("POST", "/sync", { retry: names });
    }
  });
});

/** ServerPilot refuses one name of three that are mapped together. */
const refused = operation("a name is refused", 3000, (stage) => {
  const { simulator, model } = stage.world;
  const names = ["refused.example.com", "good.example.com"];
  model.refused.add("refused.example.com");
  simulator.setName("refused.example.com", { refused: 400 });
  model.asks(...names);
  stage.background(() => stage.world.php(create(names)));
});

/** The next read of the app lies, and there is something to write. */
const emptyRead = operation("one read is empty", 4000, (stage) => {
  const { simulator, model } = stage.world;
  simulator.addFault({
    kind: "empty-list",
    method: "GET",
    path: "^/apps/[^/]+$",
  });
  model.asks("late.example.com");
  stage.background(() => stage.world.php(create(["late.example.com"])));
});

/** A write that was never answered arrives after the name that it adds was taken back. */
const lateWrite = operation("a write arrives late", 9000, async (stage) => {
  const { simulator, model, stack, first } = stage.world;
  const name = "ghost.example.com";
  const run = async (statement: string): Promise<void> => {
    await stack.mariadb.run(statement, [name], "wordpress");
    await first.client.call("POST", "/sync", {});
  };
  simulator.addFault({
    kind: "applied-later",
    method: "POST",
    path: "^/apps/[^/]+$",
    laterMs: 6000,
  });
  const sent = new Promise<void>((resolve) => {
    stage.atEnd(
      simulator.onRequest(({ faulted }) => {
        if (faulted === "applied-later") resolve();
      }),
    );
  });
  model.asks(name);
  await run(
    "INSERT INTO wp_wu_domain_mappings (blog_id, domain) VALUES (1, ?)",
  );
  await Promise.race([sent, delay(5000)]);
  model.lets(name);
  await run("DELETE FROM wp_wu_domain_mappings WHERE domain = ?");
});

const believed = operation("the history is honest", 0, async ({ world }) => {
  const { passes } = (await world.first.client.call(
    "GET",
    "/history?limit=100",
  )) as { passes: { outcome: string; added: string[] }[] };
  const said = passes.filter(
    ({ outcome, added }) =>
      outcome === "ok" && added.includes("undone.example.com"),
  );
  if (said.length > 1)
    world.model.violate("a pass said that it added what was not there");
});

const plan: readonly Step[] = [
  siteMade,
  map(...FEW),
  { ...panelAdds, pauseMs: 2500 },
  tableAway,
  appUnreadable,
  undone,
  believed,
  refused,
  emptyRead,
  lateWrite,
  twoWriters,
];

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
