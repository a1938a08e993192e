import { cp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createConnection,
  type Connection,
  type ResultSetHeader,
  type RowDataPacket,
} from "mysql2/promise";
import { Child } from "./child";
import { grantSidecar, type Account } from "./mariadb-accounts";
import { dataTemplate, serverArguments } from "./mariadb-template";
import { program } from "./parts";
import { freePort } from "./ports";
import { until } from "./until";

/** Where a MariaDB is started. */
export interface MariaDbOptions {
  /** Folder for its data and log; made where it is not there. */
  readonly dir: string;
  /** Certificate and key in PEM form; without them the server offers no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A private MariaDB on a loopback port. `root` has no password and comes in by the socket only. */
export class MariaDb {
  readonly port: number;
  readonly host = "127.0.0.1";
  readonly socket: string;
  readonly #dir: string;
  readonly #tls: boolean;
  #child: Child | null = null;

  private constructor(dir: string, port: number, tls: boolean) {
    this.#dir = dir;
    this.#tls = tls;
    this.port = port;
    const inside = join(dir, "mariadb.sock");
    // A socket's path may have 107 bytes.
    this.socket =
      inside.length < 100
        ? inside
        : join(tmpdir(), `domain-bridge-${String(port)}.sock`);
  }

  /** Copies the data template into the folder and starts the server: about half a second. */
  static async start({ dir, tls }: MariaDbOptions): Promise<MariaDb> {
    await mkdir(dir, { recursive: true });
    if (tls !== undefined) {
      await writeFile(join(dir, "server.crt"), tls.cert);
      await writeFile(join(dir, "server.key"), tls.key, { mode: 0o600 });
    }
    await cp(await dataTemplate(), join(dir, "data"), {
      recursive: true,
      force: false,
      errorOnExist: false,
    });
    const server = new MariaDb(dir, await freePort(), tls !== undefined);
    await server.start();
    return server;
  }

  /** `host:port`, as WordPress's DB_HOST wants it. */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Starts the stopped or killed server again on the same port with the same data. */
  async start(): Promise<void> {
    const child = Child.start({
      name: "mariadbd",
      command: program("mariadbd") ?? "mariadbd",
      args: [
        ...serverArguments(join(this.#dir, "data"), this.socket, this.port),
        ...(this.#tls
          ? [
              `--ssl-cert=${join(this.#dir, "server.crt")}`,
              `--ssl-key=${join(this.#dir, "server.key")}`,
            ]
          : []),
      ],
      logFile: join(this.#dir, "mariadb.log"),
    });
    this.#child = child;
    const connection = await until("MariaDB", async () => {
      await child.assertRunning();
      return this.connect().catch(() => null);
    });
    await connection.end();
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Ends the server as a power cut would. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** A connection as root; the caller ends it. */
  connect(database?: string): Promise<Connection> {
    const chosen = database === undefined ? {} : { database };
    return createConnection({
      socketPath: this.socket,
      user: "root",
      multipleStatements: true,
      ...chosen,
    });
  }

  /** Reads rows as root. */
  async rows<T = Record<string, unknown>>(
    sql: string,
    values: readonly unknown[] = [],
    database?: string,
  ): Promise<T[]> {
    return this.#once(database, async (connection) => {
      const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
      return rows as unknown as T[];
    });
  }

  /** Runs statements as root; returns how many rows were affected. */
  async run(
    sql: string,
    values: readonly unknown[] = [],
    database?: string,
  ): Promise<number> {
    return this.#once(database, async (connection) => {
      const [result] = await connection.query<ResultSetHeader>(sql, [
        ...values,
      ]);
      return result.affectedRows;
    });
  }

  /** A database with an account that may do everything in it, as WordPress has. */
  async createDatabase(name: string): Promise<Account> {
    const account = {
      user: `${name}_owner`.slice(0, 32),
      password: "owner-password",
      database: name,
    };
    await this.run(
      `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4;
       CREATE USER '${account.user}'@'%' IDENTIFIED BY '${account.password}';
       GRANT ALL ON \`${name}\`.* TO '${account.user}'@'%'`,
    );
    return account;
  }

  /** The sidecar's account of a database, with no more rights than it needs; call again when UM's tables were made. */
  async sidecarAccount(database: string, prefix = "wp_"): Promise<Account> {
    return this.#once(undefined, (connection) =>
      grantSidecar(connection, database, prefix),
    );
  }

  async #once<T>(
    database: string | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.connect(database);
    try {
      return await work(connection);
    } finally {
      await connection.end();
    }
  }
}
