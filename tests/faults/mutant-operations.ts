import { setTimeout as delay } from "node:timers/promises";

import { until } from "../stack/until";
import type { Stage, Step } from "./stage";
import type { Served } from "./world";

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

/** What the sidecar with a bug lives through, in this order. */
export const plan: readonly Step[] = [
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
