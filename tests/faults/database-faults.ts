import type { Random } from "./random";
import type { Stage, Step } from "./stage";

type Planned = Pick<Step, "what" | "run">;

const WEIGHTS = {
  stopped: 1,
  "killed with SIGKILL": 1,
  "connections cut": 3,
  "unreachable for a sidecar": 2,
  "read-only": 2,
  "out of connections": 2,
  "lock holder killed": 4,
  "table missing": 2,
  "column missing": 1,
  "table locked": 1,
};

const TABLE = "wordpress.wp_wu_domain_mappings";

/** Each begins a fault and sees to its end. */
const faults: Record<keyof typeof WEIGHTS, (stage: Stage, ms: number) => void> =
  {
    stopped(stage, ms) {
      const { world } = stage;
      stage.databaseFault(
        async () => {
          world.forgetRoot();
          await world.stack.mariadb.stop();
        },
        ms,
        () => world.stack.mariadb.start(),
      );
    },
    "killed with SIGKILL"(stage, ms) {
      const { world } = stage;
      stage.databaseFault(
        async () => {
          world.forgetRoot();
          await world.stack.mariadb.kill();
        },
        ms,
        () => world.stack.mariadb.start(),
      );
    },
    "connections cut"(stage) {
      stage.any.database.cut();
    },
    "unreachable for a sidecar"(stage, ms) {
      const { database } = stage.any;
      stage.databaseFault(
        () => {
          database.mode = "refuse";
          database.cut();
          return Promise.resolve();
        },
        ms,
        () => {
          database.mode = "pass";
          return Promise.resolve();
        },
      );
    },
    "read-only"(stage, ms) {
      asRoot(stage, "SET GLOBAL read_only = 1", ms, "SET GLOBAL read_only = 0");
    },
    "out of connections"(stage, ms) {
      // The least that MariaDB takes; the three sidecars and WordPress have more when they are at work.
      asRoot(
        stage,
        "SET GLOBAL max_connections = 10",
        ms,
        "SET GLOBAL max_connections = 400",
      );
    },
    "lock holder killed"(stage) {
      // The next one who asks for a lock loses it some statements later.
      const { database } = stage.locker;
      const later = stage.random.whole(1, 12);
      let holder = 0;
      let left = later;
      const stop = database.onStatement(({ sql, connectionId }) => {
        if (holder === 0 && sql.includes("GET_LOCK")) holder = connectionId;
        if (holder === 0) return;
        left -= 1;
        if (left > 0) return;
        stop();
        stage.background(async () => {
          const root = await stage.world.root();
          await root.query(`KILL ${holder}`);
        });
      });
      stage.atEnd(stop);
    },
    "table missing"(stage, ms) {
      asRoot(
        stage,
        `RENAME TABLE ${TABLE} TO ${TABLE}_away`,
        ms,
        `RENAME TABLE ${TABLE}_away TO ${TABLE}`,
      );
    },
    "column missing"(stage, ms) {
      asRoot(
        stage,
        `ALTER TABLE ${TABLE} RENAME COLUMN domain TO domain_away`,
        ms,
        `ALTER TABLE ${TABLE} RENAME COLUMN domain_away TO domain`,
      );
    },
    "table locked"(stage, ms) {
      asRoot(
        stage,
        "LOCK TABLES wordpress.wp_domain_bridge_names WRITE",
        ms,
        "UNLOCK TABLES",
      );
    },
  };

export function planDatabaseFault(random: Random): Planned {
  const what = random.weighted(WEIGHTS);
  const ms = random.whole(200, 1500);
  return {
    what: `MariaDB ${what}: ${ms} ms`,
    run: (stage) => {
      faults[what](stage, ms);
    },
  };
}

function asRoot(stage: Stage, begin: string, ms: number, end: string): void {
  const query = async (sql: string): Promise<void> => {
    await (await stage.world.root()).query(sql);
  };
  stage.databaseFault(
    () => query(begin),
    ms,
    () => query(end),
  );
}
