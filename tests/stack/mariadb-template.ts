import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { Child } from "./child";
import { withFileLock } from "./file-lock";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { program } from "./parts";
import { cacheDir } from "./places";
import { run } from "./run";
import { until } from "./until";

const template = join(cacheDir, "mariadb-template");

/**
 * Arguments for a server that is thrown away: nothing is forced to disk, the rest is as on a real server. What was
 * committed is with the operating system, so that it survives the server's own sudden end.
 */
export function serverArguments(
  dataDir: string,
  socket: string,
  port: number,
): string[] {
  return [
    "--no-defaults",
    `--datadir=${dataDir}`,
    `--socket=${socket}`,
    `--pid-file=${join(dataDir, "mariadb.pid")}`,
    port === 0 ? "--skip-networking" : `--port=${port}`,
    "--bind-address=127.0.0.1",
    ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    "--skip-name-resolve",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=2",
    "--skip-innodb-doublewrite",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--max-connections=400",
    "--character-set-server=utf8mb4",
  ];
}

/** Makes, once a machine, an empty data folder with its system tables; returns it to be copied. */
export async function dataTemplate(): Promise<string> {
  if (existsSync(template)) return template;
  return withFileLock(join(cacheDir, "mariadb.lock"), async () => {
    if (existsSync(template)) return template;
    const fresh = `${template}.${String(process.pid)}`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    const options = [
      "--no-defaults",
      `--datadir=${fresh}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
      // A container's name often cannot be looked up.
      "--force",
    ];
    await run(program("mariadb-install-db") ?? "mariadb-install-db", [
      ...options,
      ...(process.getuid?.() === 0 ? ["--user=root"] : []),
      "--innodb-log-file-size=16M",
    ]);
    await forgetAnonymous(fresh);
    await rename(fresh, template);
    return template;
  });
}

/** A first clean start and stop also spares every copy the redo log's recovery. */
async function forgetAnonymous(dataDir: string): Promise<void> {
  const socket = join(
    "/tmp",
    `domain-bridge-template-${String(process.pid)}.sock`,
  );
  const logFile = `${dataDir}.log`;
  const child = Child.start({
    name: "mariadbd",
    command: program("mariadbd") ?? "mariadbd",
    args: serverArguments(dataDir, socket, 0),
    logFile,
  });
  const root = await until("MariaDB's first start", async () => {
    await child.assertRunning();
    return createConnection({ socketPath: socket, user: "root" }).catch(
      () => null,
    );
  });
  await root.query("DELETE FROM mysql.global_priv WHERE User = ''");
  await root.end();
  await child.stop();
  await rm(logFile, { force: true });
}
