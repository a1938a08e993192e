import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, Pool } from "mysql2/promise";
import { openPool } from "../../sidecar/mysql/pool";
import { createLock } from "../../sidecar/mysql/lock";
import { tableNames } from "../../sidecar/mysql/schema";
import type { NetworkLock } from "../../sidecar/reconcile/ports";
import { freePort } from "../stack/ports";
import type { Simulator } from "../stack/serverpilot/simulator";
import { type Stack, startStack } from "../stack/stack";
import { type Build, type Mutation, buildSidecar } from "./build";
import { DatabaseProxy } from "./database-proxy";
import { Model } from "./model";
import { Proxy } from "./proxy";
import { Reads } from "./reads";
import { SidecarProcess } from "./sidecar-process";

/** How long ServerPilot's side takes, in milliseconds. */
const TIMES = { latencyMs: 20, actionMs: 150, autosslDelayMs: 200 };

/** The network's own domain, which shows whose app it is. */
const NETWORK_DOMAIN = "bridge.localhost";

/** Lets the tests run PHP in a web request: several times faster than a process for each piece. */
const PHP_DOOR = `<?php add_action( 'wp_loaded', function () {
  if ( ! isset( $_SERVER['HTTP_X_SOAK'] ) ) { return; }
  wp_set_current_user( 1 );
  require_once ABSPATH . 'wp-admin/includes/admin.php';
  $result = ( static function () { return eval( base64_decode( file_get_contents( 'php://input' ) ) ); } )();
  echo wp_json_encode( array( 'result' => $result ) );
  exit;
} );`;

export interface WorldOptions {
  /** How many sidecars serve the network; default 3. */
  readonly sidecars?: number;
  readonly mutations?: readonly Mutation[];
  readonly env?: Readonly<Record<string, string>>;
  /** The program to run instead of one that is compiled for this world. */
  readonly build?: Build;
}

/** A sidecar with its own way to the database. */
export interface Served {
  readonly process: SidecarProcess;
  readonly database: DatabaseProxy;
}

/** The real parts, with something that can fail between every two of them. */
export class World {
  readonly stack: Stack;
  readonly sidecars: readonly Served[];
  readonly wordpressProxy: Proxy;
  model = new Model();
  /** Root's own connection, made while there were connections to be had. */
  #root: Connection | null = null;
  readonly #build: Build;
  readonly #lockPool: Pool;
  readonly #reads: Reads;

  private constructor(
    stack: Stack,
    build: Build,
    sidecars: readonly Served[],
    wordpressProxy: Proxy,
  ) {
    this.stack = stack;
    this.#build = build;
    this.sidecars = sidecars;
    this.wordpressProxy = wordpressProxy;
    const { DB_NAME: name = "", DB_USER: user = "" } = stack.sidecar.env;
    const password = stack.sidecar.env["DB_PASSWORD"] ?? "";
    const host = stack.mariadb.address;
    this.#lockPool = openPool({ host, name, user, password });
    const { simulator } = stack;
    simulator.onDomains((change) => {
      this.model.judge(change);
    });
    const reads = new Reads(simulator, (text) => {
      this.model.tookOneRead(text);
    });
    this.#reads = reads;
  }

  /** Starts everything but the sidecars. */
  static async start(options: WorldOptions = {}): Promise<World> {
    const build = options.build ?? (await buildSidecar(options.mutations));
    const port = await freePort();
    const stack = await startStack({
      simulator: {
        ...TIMES,
        maxCertificateNames: 300,
        domains: [NETWORK_DOMAIN],
      },
      sidecar: { start: false, port },
    });
    const { mariadb, wordpress } = stack;
    await writeFile(
      join(wordpress.root, "wp-content/mu-plugins/soak.php"),
      PHP_DOOR,
    );
    const wordpressProxy = await Proxy.start({
      host: "127.0.0.1",
      port: wordpress.port,
    });
    const sidecars: Served[] = [];
    for (let n = 1; n <= (options.sidecars ?? 3); n += 1) {
      const database = await DatabaseProxy.start(mariadb);
      const process = new SidecarProcess({
        name: `sidecar-${n}`,
        dir: stack.dir,
        port: n === 1 ? port : await freePort(),
        build,
        env: {
          ...stack.sidecar.env,
          DB_HOST: database.address,
          WORDPRESS_URL: `http://${wordpressProxy.address}`,
          DEBOUNCE_MS: "50",
          RESYNC_SECONDS: "2",
          SECOND_READ_SECONDS: "1",
          SSL_POLL_SECONDS: "0.5",
          SSL_WINDOW_SECONDS: "20",
          ...options.env,
        },
      });
      sidecars.push({ process, database });
    }
    return new World(stack, build, sidecars, wordpressProxy);
  }

  get simulator(): Simulator {
    return this.stack.simulator;
  }

  /** The first sidecar, which WordPress tells. */
  get first(): SidecarProcess {
    const [first] = this.sidecars;
    if (!first) throw new Error("this world has no sidecar");
    return first.process;
  }

  /** The network's lock, as the sidecars take it: whoever edits the panel with it in hand meets no pass half done. */
  get lock(): NetworkLock {
    const { DB_NAME: name = "" } = this.stack.sidecar.env;
    return createLock({
      pool: this.#lockPool,
      scope: `${name}\0wp_`,
      purpose: "app",
      waitSeconds: 3,
    });
  }

  /** Runs PHP in WordPress as the super admin, in a web request. */
  async php(code: string): Promise<unknown> {
    const answer = await this.stack.wordpress.request("/", {
      method: "POST",
      headers: { "x-soak": "1" },
      body: Buffer.from(code).toString("base64"),
    });
    if (answer.status !== 200)
      throw new Error(`WordPress answered ${answer.status}`);
    return (answer.json() as { result: unknown }).result;
  }

  /** Root's connection, which stays when others are refused. */
  async root(): Promise<Connection> {
    this.#root ??= await this.stack.mariadb.connect();
    return this.#root;
  }

  /** To be called when the server has gone. */
  forgetRoot(): void {
    this.#root?.destroy();
    this.#root = null;
  }

  /** An empty network, app and ledger, as if nothing had ever happened; the sidecars are down. */
  async reset(): Promise<void> {
    await Promise.all(this.sidecars.map(({ process }) => process.kill()));
    this.model = new Model();
    await this.simulator.reset();
    this.simulator.clearNames();
    this.model.puts(NETWORK_DOMAIN);
    this.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
    this.simulator.setDns("*.bridge.localhost", { a: ["127.0.0.1"] });
    const [made] = await this.stack.mariadb.rows<{ names: string | null }>(
      "SELECT GROUP_CONCAT(table_name) AS names FROM information_schema.tables WHERE table_schema = 'wordpress'",
    );
    const there = new Set(made?.names?.split(","));
    const own = tableNames
      .map((name) => `wp_domain_bridge_${name}`)
      .filter((name) => there.has(name));
    await this.stack.mariadb.run(
      [
        ...own.map((name) => `DROP TABLE ${name}`),
        "DELETE FROM wp_wu_domain_mappings",
        "DELETE FROM wp_blogs WHERE blog_id > 1",
        "DELETE FROM wp_um_double_jobs",
        "DELETE FROM wp_sitemeta WHERE meta_key LIKE 'domain\\_bridge\\_%' AND meta_key <> 'domain_bridge_secret'",
      ].join(";"),
      [],
      "wordpress",
    );
    await rm(join(this.stack.wordpress.root, "wp-content/uploads/wu-logs"), {
      recursive: true,
      force: true,
    });
    await this.php("wu_save_setting( 'auto_create_www_subdomain', 'always' );");
    this.#reads.forget();
    for (const { process } of this.sidecars) process.shiftClock(0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.sidecars.map(({ process }) => process.kill()));
    this.forgetRoot();
    await Promise.all([
      this.#lockPool.end(),
      this.wordpressProxy.stop(),
      ...this.sidecars.map(({ database }) => database.stop()),
    ]);
    await this.stack.stop();
    await this.#build.remove();
  }
}
