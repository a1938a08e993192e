import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MariaDb } from "./mariadb";
import type { PartName } from "./parts";
import { freePort } from "./ports";
import { startSimulator, type Simulator } from "./serverpilot/simulator";
import { ensureParts } from "./setup";
import { Sidecar } from "./sidecar";
import {
  serverPilotApp,
  sidecarSecret,
  type StackOptions,
} from "./stack-options";
import { Wordpress } from "./wordpress";

export {
  serverPilotApp,
  sidecarSecret,
  type StackOptions,
} from "./stack-options";

/** The real parts on one machine. Asking for a part that was not started is an error. */
export class Stack {
  readonly dir: string;
  readonly app = serverPilotApp;
  readonly secret = sidecarSecret;
  readonly database = "wordpress";
  #parts: {
    mariadb?: MariaDb;
    simulator?: Simulator;
    wordpress?: Wordpress;
    sidecar?: Sidecar;
  } = {};
  #stopped: Promise<void> | null = null;
  readonly #temporary: boolean;
  readonly #forget: () => void;

  private constructor(dir: string, temporary: boolean, signals: boolean) {
    this.dir = dir;
    this.#temporary = temporary;
    this.#forget = signals ? stopOnSignals(() => this.stop()) : () => undefined;
  }

  /** @throws MissingPart and whatever a part says that does not start; nothing is left running then. */
  static async start(options: StackOptions): Promise<Stack> {
    const parts: PartName[] =
      options.wordpress === false
        ? ["mariadb"]
        : ["mariadb", "php", "wordpress"];
    await ensureParts(parts, options.say);
    if (options.dir !== undefined)
      await mkdir(options.dir, { recursive: true });
    const dir =
      options.dir ?? (await mkdtemp(join(tmpdir(), "domain-bridge-")));
    const signals =
      options.signals ?? process.env["JEST_WORKER_ID"] === undefined;
    const stack = new Stack(dir, options.dir === undefined, signals);
    try {
      await stack.#start(options);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  get mariadb(): MariaDb {
    return started("MariaDB", this.#parts.mariadb);
  }

  get simulator(): Simulator {
    return started("the simulator", this.#parts.simulator);
  }

  get wordpress(): Wordpress {
    return started("WordPress", this.#parts.wordpress);
  }

  get sidecar(): Sidecar {
    return started("the sidecar", this.#parts.sidecar);
  }

  /** Gives the sidecar's account its rights on tables that were made after the stack's start. */
  async grantSidecar(): Promise<void> {
    await this.mariadb.sidecarAccount(this.database);
  }

  /** Ends every part and deletes a temporary folder; can be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #start(options: StackOptions): Promise<void> {
    const { dir } = this;
    const sidecarOptions =
      typeof options.sidecar === "object" ? options.sidecar : {};
    const sidecarPort = sidecarOptions.port ?? (await freePort());
    await Promise.all([this.#startMariaDb(), this.#startSimulator(options)]);
    if (options.wordpress === false) {
      await this.mariadb.createDatabase(this.database);
    } else {
      const chosen =
        typeof options.wordpress === "object" ? options.wordpress : {};
      this.#parts.wordpress = await Wordpress.start({
        plugin: true,
        ...chosen,
        dir,
        mariadb: this.mariadb,
        constants: { ...this.#constants(sidecarPort), ...chosen.constants },
      });
    }
    this.#connectApp();
    if (options.sidecar !== false) {
      const env = { ...(await this.#sidecarEnv()), ...sidecarOptions.env };
      this.#parts.sidecar = new Sidecar(dir, sidecarPort, env);
      if (sidecarOptions.start ?? true) await this.#parts.sidecar.start();
    }
  }

  async #startMariaDb(): Promise<void> {
    this.#parts.mariadb = await MariaDb.start({ dir: this.dir });
  }

  async #startSimulator({ simulator }: StackOptions): Promise<void> {
    if (simulator === false) return;
    const chosen = typeof simulator === "object" ? simulator : {};
    this.#parts.simulator = await startSimulator({
      ...serverPilotApp,
      dns: true,
      tls: true,
      ...chosen,
    });
  }

  /** Where the simulator is reached over HTTP, its app is this WordPress. */
  #connectApp(): void {
    const { simulator, wordpress } = this.#parts;
    if (simulator?.httpAddress != null && wordpress !== undefined)
      simulator.setBackend(wordpress.internalUrl);
  }

  #constants(sidecarPort: number): Record<string, string> {
    const { simulator } = this.#parts;
    return {
      WU_SERVER_PILOT_CLIENT_ID: serverPilotApp.clientId,
      WU_SERVER_PILOT_API_KEY: serverPilotApp.apiKey,
      WU_SERVER_PILOT_APP_ID: serverPilotApp.appId,
      WU_SERVER_PILOT_SIDECAR_URL: `http://localhost:${sidecarPort}`,
      WU_SERVER_PILOT_SIDECAR_SECRET: sidecarSecret,
      ...(simulator === undefined
        ? {}
        : { UM_DOUBLE_SERVERPILOT_URL: simulator.url }),
    };
  }

  async #sidecarEnv(): Promise<Record<string, string>> {
    const { simulator, wordpress } = this.#parts;
    const account = await this.mariadb.sidecarAccount(this.database);
    return {
      SIDECAR_SECRET: sidecarSecret,
      DB_HOST: this.mariadb.address,
      DB_NAME: account.database,
      DB_USER: account.user,
      DB_PASSWORD: account.password,
      // The discard port: nobody answers there.
      WORDPRESS_URL: wordpress?.internalUrl ?? "http://127.0.0.1:9",
      SERVERPILOT_API_URL: simulator?.url ?? "http://127.0.0.1:9/v1",
      SERVERPILOT_CALLS_PER_MINUTE: "100000",
      LOG_LEVEL: "debug",
      SECOND_READ_SECONDS: "1",
      ...(simulator?.dnsAddress == null
        ? {}
        : { DNS_SERVERS: simulator.dnsAddress }),
      ...(simulator?.tlsAddress == null
        ? {}
        : { SSL_PROBE_ADDRESS: simulator.tlsAddress }),
      ...webEnv(simulator),
      ...(simulator?.caFile == null
        ? {}
        : { NODE_EXTRA_CA_CERTS: simulator.caFile }),
    };
  }

  async #stop(): Promise<void> {
    const { sidecar, wordpress, simulator, mariadb } = this.#parts;
    for (const part of [sidecar, wordpress, simulator, mariadb])
      await part?.stop();
    if (this.#temporary) await rm(this.dir, { recursive: true, force: true });
    this.#forget();
  }
}

/** Brings the chosen parts up; see `StackOptions`. */
export function startStack(options: StackOptions = {}): Promise<Stack> {
  return Stack.start(options);
}

/** Where the sidecar finds the simulator's server, and all that is not the server, over HTTP and HTTPS. */
function webEnv(simulator: Simulator | undefined): Record<string, string> {
  if (simulator?.httpAddress == null || simulator.httpsAddress == null)
    return {};
  const { httpAddress, httpsAddress, outsideHost } = simulator;
  const outside = (address: string): string =>
    outsideHost === null
      ? address
      : outsideHost + address.slice(address.lastIndexOf(":"));
  return {
    HTTP_PROBE_ADDRESS: httpAddress,
    SSL_PROBE_ADDRESS: httpsAddress,
    WORLD_PROBE_ADDRESSES: `${outside(httpAddress)},${outside(httpsAddress)}`,
  };
}

function started<T>(name: string, part: T | undefined): T {
  if (part === undefined)
    throw new Error(`${name} was not started with this stack`);
  return part;
}

function stopOnSignals(stop: () => Promise<void>): () => void {
  const stopAndExit = (signal: NodeJS.Signals) => {
    void stop().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
  };
  process.on("SIGINT", stopAndExit).on("SIGTERM", stopAndExit);
  return () => {
    process.off("SIGINT", stopAndExit).off("SIGTERM", stopAndExit);
  };
}
