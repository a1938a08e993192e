import type { Mutation } from "./build";

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
export const bugs: Record<string, readonly Mutation[]> = {
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
export const unbound: readonly Mutation[] = [
  {
    file: "sidecar/reconcile/run.ts",
    from: "const isNew = record.appId !== appId;",
    to: "const isNew = false;",
  },
];
