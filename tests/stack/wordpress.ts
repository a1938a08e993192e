import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Child } from "./child";
import type { MariaDb } from "./mariadb";
import { runPhp, type PhpOptions } from "./php";
import { servePhp } from "./php-server";
import { freePort } from "./ports";
import {
  layOutWordpress,
  plugins,
  writeConstants,
  type Constants,
} from "./wordpress-files";
import type { UmMode, WordpressOptions } from "./wordpress-options";
import { webRequest, type WebAnswer, type WebRequest } from "./wordpress-http";
import { installNetwork } from "./wordpress-install";

export type { UmMode, WordpressOptions } from "./wordpress-options";

/** A subdomain network of its own at `bridge.localhost`, super admin `admin` with the password `password`. */
export class Wordpress {
  readonly port: number;
  readonly root: string;
  readonly database: string;
  readonly prefix: string;
  readonly domain = "bridge.localhost";
  readonly mariadb: MariaDb;
  #constants: Constants;
  #server: Child | null = null;
  #cron: Promise<unknown> = Promise.resolve();
  #cronLoop: AbortController | null = null;

  private constructor(options: WordpressOptions, port: number) {
    this.mariadb = options.mariadb;
    this.port = port;
    this.root = join(options.dir, "wordpress");
    this.database = options.database ?? "wordpress";
    this.prefix = options.prefix ?? "wp_";
    this.#constants = {};
  }

  /** Lays out the files, fills the database, starts PHP's web server and activates what is wanted. */
  static async start(options: WordpressOptions): Promise<Wordpress> {
    const wordpress = new Wordpress(
      options,
      options.port ?? (await freePort()),
    );
    const { root, mariadb, database, prefix } = wordpress;
    const [account] = await Promise.all([
      mariadb.createDatabase(database),
      layOutWordpress(root),
    ]);
    await wordpress.setConstants({
      DB_NAME: database,
      DB_USER: account.user,
      DB_PASSWORD: account.password,
      DB_HOST: mariadb.address,
      STACK_TABLE_PREFIX: prefix,
      STACK_PORT: wordpress.port,
      UM_DOUBLE_MODE: options.um ?? "registry",
      ...options.constants,
    });
    await installNetwork(mariadb, database, root, prefix);
    await wordpress.clearDebugLog();
    wordpress.#server = await servePhp(root, wordpress.port);
    await wordpress.useUm(
      options.um ?? "registry",
      options.integration ?? true,
    );
    if (options.plugin ?? false) await wordpress.activate(plugins.bridge);
    return wordpress;
  }

  /** For a person's browser. */
  get url(): string {
    return `http://${this.domain}:${this.port}`;
  }

  /** For programs: most resolvers do not know names below .localhost. */
  get internalUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Changes constants of wp-config.php; null takes one away. Holds from the next request on. */
  async setConstants(
    changes: Readonly<Record<string, string | number | boolean | null>>,
  ): Promise<void> {
    const merged = Object.entries({ ...this.#constants, ...changes });
    const kept = merged.filter(
      (entry): entry is [string, string | number | boolean] =>
        entry[1] !== null,
    );
    this.#constants = Object.fromEntries(kept);
    await writeConstants(this.root, this.#constants);
  }

  /** Puts another double of UM, or none, in its place, its wizard finished or not. */
  async useUm(mode: UmMode, integration = true): Promise<void> {
    await this.setConstants({ UM_DOUBLE_MODE: mode });
    if (mode === "none") return this.deactivate(plugins.um);
    await this
      .php(`update_network_option( null, 'wu_setup_finished', ${mode !== "unfinished"} );
      update_network_option( null, 'wu_host_integrations_enabled', array( 'serverpilot' => ${integration} ) );`);
    await this.activate(plugins.um);
  }

  /** Network-activates a plugin, in a process of its own. */
  async activate(plugin: string): Promise<void> {
    const error = await this.php(
      `$done = activate_plugin( '${plugin}', '', true );
       return is_wp_error( $done ) ? $done->get_error_message() . ' ' . wp_json_encode( $done->get_error_data() ) : null;`,
    );
    if (error !== null)
      throw new Error(
        `${plugin} could not be activated: ${JSON.stringify(error)}`,
      );
  }

  async deactivate(plugin: string): Promise<void> {
    await this.php(`deactivate_plugins( '${plugin}', false, true );`);
  }

  /** Runs PHP code as the super admin in a fresh process with WordPress loaded; gives what it returns. */
  async php(code: string, options: PhpOptions = {}): Promise<unknown> {
    return runPhp(this.root, "run.php", code, options);
  }

  /** Runs several pieces of PHP code at once, each in a process of its own. */
  async phpMany(
    codes: readonly string[],
    options: PhpOptions = {},
  ): Promise<unknown[]> {
    return Promise.all(codes.map((code) => this.php(code, options)));
  }

  /** Runs the due WP-Cron events of the main site and UM's due jobs, as of `aheadSeconds` from now. */
  async cron(aheadSeconds = 0): Promise<void> {
    const next = this.#cron.then(() =>
      runPhp(this.root, "cron.php", "", {
        env: { STACK_AHEAD: String(aheadSeconds) },
      }),
    );
    this.#cron = next.catch(() => undefined);
    await next;
  }

  /** Runs WP-Cron every second until the WordPress is stopped; `onError` hears of a run that failed. */
  startCron(onError: (error: unknown) => void): void {
    const loop = new AbortController();
    this.#cronLoop = loop;
    const turn = async () => {
      while (!loop.signal.aborted) {
        await this.cron().catch(onError);
        await delay(1000, undefined, { signal: loop.signal }).catch(
          () => undefined,
        );
      }
    };
    void turn();
  }

  /** Asks the web server, with the main site's name where no other is given. */
  async request(path: string, options: WebRequest = {}): Promise<WebAnswer> {
    return webRequest(this.port, path, options);
  }

  /** Logs in at wp-login.php; gives the Cookie header for `request`. */
  async login(user = "admin", password = "password"): Promise<string> {
    const form = await this.request("/wp-login.php");
    const body = {
      log: user,
      pwd: password,
      testcookie: "1",
      "wp-submit": "Log In",
    };
    const answer = await this.request("/wp-login.php", {
      body,
      cookie: form.cookie,
    });
    if (answer.status !== 302)
      throw new Error(`the login was refused with status ${answer.status}`);
    return `${form.cookie}; ${answer.cookie}`;
  }

  /** WordPress's debug log so far, without PHP's deprecations of WordPress's own code. */
  async debugLog(): Promise<string> {
    const log = await readFile(this.#debugLog, "utf8").catch(() => "");
    return log.replace(
      /^\[.*\] PHP Deprecated: .* in \S+\/wp-(admin|includes)\/.*\n/gm,
      "",
    );
  }

  async clearDebugLog(): Promise<void> {
    await rm(this.#debugLog, { force: true });
  }

  /** A log that UM writes, by its handle, say `integration-serverpilot`. */
  async umLog(handle: string): Promise<string> {
    return readFile(
      join(this.root, `wp-content/uploads/wu-logs/${handle}.log`),
      "utf8",
    ).catch(() => "");
  }

  /** Stops the web server and waits for a cron run under way. */
  async stop(): Promise<void> {
    this.#cronLoop?.abort();
    await this.#cron;
    await this.#server?.stop(5);
  }

  get #debugLog(): string {
    return join(this.root, "wp-content/debug.log");
  }
}
