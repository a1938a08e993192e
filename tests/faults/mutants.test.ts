import { setTimeout as delay } from "node:timers/promises";
import type { Mutation } from "./build";
import { soak, type SoakReport } from "./soak";
import type { Stage, Step } from "./stage";
import { World, type Served } from "./world";

/**
 * Bugs put in on purpose, which the soak's judges must find: a test of the tests. Each is run through steps that give
 * it the occasion to show; the sidecar without it passes all of them.
 */
const bugs: Record<string, readonly Mutation[]> = {
  "no lock": [
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
  ],
  "a failed read of the table taken for an empty table": [
    {
      file: "sidecar/mysql/source.ts",
      from: "for (const { table, sql, values } of parts)",
      to: `return (await Promise.all(parts.map(({ sql, values }) => select(pool, sql, values).catch(() => [])))).flat();
        for (const { table, sql, values } of parts)`,
    },
  ],
  "a failed read of the app taken for an empty app": [
    {
      file: "sidecar/reconcile/pass.ts",
      from: 'if (app.status === "rejected")',
      to: 'if (app.status === "rejected") return survey(deps, { ...serverPilot, getApp: () => Promise.resolve({ id: "", name: "", serverId: "", runtime: "", domains: [], ssl: null, autossl: null }) } as never, settings);\n  if ((app as { status: string }).status === "rejected")',
    },
  ],
  "no reading back": [
    {
      file: "sidecar/reconcile/pass.ts",
      from: "progress.app = await serverPilot.getApp();",
      to: "progress.app = { ...app, domains: plan.result };",
    },
  ],
  "an object instead of an array": [
    {
      file: "sidecar/serverpilot/client.ts",
      from: "body: { domains }",
      to: "body: { domains: { ...domains } }",
    },
  ],
};

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

const panelAdds = operation("the panel adds", 0, (stage) => {
  stage.panel((domains) => {
    stage.world.model.foreign.push("panel.example.org");
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
  await world.stack.mariadb.run(`RENAME TABLE ${table} TO ${table}_away`);
  await world.first.client.call("POST", "/sync", {});
  await delay(1500);
  await world.stack.mariadb.run(`RENAME TABLE ${table}_away TO ${table}`);
});

const appUnreadable = operation(
  "the app cannot be read",
  6000,
  async ({ world }) => {
    world.simulator.addFault({
      kind: "html",
      method: "GET",
      path: "^/apps/[^/]+$",
      times: 12,
    });
    await world.first.client.call("POST", "/sync", {});
  },
);

/** A person undoes each write while its action is under way; a pass that says it went well has not looked. */
const undone = operation("a write is undone", 4000, (stage) => {
  const { simulator, model } = stage.world;
  let left = 2;
  stage.atEnd(
    simulator.onDomains(({ by, before }) => {
      if (by !== "write" || left === 0) return;
      left -= 1;
      setImmediate(() => {
        simulator.setDomains(before);
      });
    }),
  );
  model.asks("undone.example.com");
  stage.background(() => stage.world.php(create(["undone.example.com"])));
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
  map(...FEW),
  { ...panelAdds, pauseMs: 2500 },
  tableAway,
  appUnreadable,
  undone,
  believed,
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
