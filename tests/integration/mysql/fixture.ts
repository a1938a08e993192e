import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool } from "../../../sidecar/mysql/pool";
import { createLedger } from "../../../sidecar/mysql/ledger";
import { createLock } from "../../../sidecar/mysql/lock";
import { createAppRecords } from "../../../sidecar/mysql/app-record";
import { createNamesView } from "../../../sidecar/mysql/names";
import { createOutbox } from "../../../sidecar/mysql/outbox";
import { createRecordDatabase } from "../../../sidecar/mysql/schema";
import type { NameRecord } from "../../../sidecar/reconcile/ports";
import { MariaDb } from "../../stack/mariadb";

/** A private MariaDB with an empty database and the sidecar's narrow account, and what is kept in it. */
export async function startRecord() {
  const dir = await mkdtemp(join(tmpdir(), "domain-bridge-record-"));
  const server = await MariaDb.start({ dir });
  await server.createDatabase("record");
  const account = await server.sidecarAccount("record");
  const { user, password, database: name } = account;
  const options = { host: server.address, name, user, password };
  const lockPool = openPool(options);
  const opened: { end(): Promise<void> }[] = [lockPool];
  const open = (now: () => number = () => 1_000_000) => {
    const pool = openPool(options);
    opened.push(pool);
    const database = createRecordDatabase(pool, "wp_", now);
    return {
      database,
      ledger: createLedger(database, () => undefined),
      outbox: createOutbox(database, now),
      names: createNamesView(database),
      records: createAppRecords(database),
    };
  };
  return {
    server,
    open,
    lock: (waitSeconds = 0) =>
      createLock({
        pool: lockPool,
        scope: "record",
        purpose: "app",
        waitSeconds,
      }),
    async empty() {
      for (const table of ["names", "outbox", "removals", "passes", "state"])
        await server
          .run(`DELETE FROM record.wp_domain_bridge_${table}`)
          .catch(() => 0);
    },
    async stop() {
      for (const pool of opened) await pool.end().catch(() => undefined);
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function record(
  name: string,
  more: Partial<NameRecord> = {},
): NameRecord {
  return {
    name,
    kind: "mapping",
    siteId: 2,
    owned: true,
    state: "securing",
    reason: "certificate-pending",
    params: {},
    tries: 0,
    triesSince: null,
    nextTryAt: 1_000_000,
    certificateEndsAt: null,
    dnsSeen: null,
    appId: "app1",
    used: false,
    liveSince: null,
    dns: null,
    knownSince: 1_000_000,
    changedAt: 1_000_000,
    ...more,
  };
}
