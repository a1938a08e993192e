import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "../stack/ports";
import { readStatus, type Status } from "../stack/sidecar-client";
import type { Simulator } from "../stack/serverpilot/simulator";
import { serverPilotApp, startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { BARE_NETWORK } from "../stack/bare-tables";
import { buildSidecar, type Build, type Mutation } from "./build";
import { DatabaseProxy } from "./database-proxy";
import { SidecarProcess } from "./sidecar-process";

export const NETWORK_DOMAIN = "bridge.localhost";

/** A change of which WordPress would be told. */
export interface Told {
  seq: number;
  name: string;
  state: string;
}

export interface BareWorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly mutations?: readonly Mutation[];
  readonly build?: Build;
  readonly latencyMs?: number;
  readonly domains?: readonly string[];
  /** How many more sidecars serve the network, each with its own way to the database; none without saying. */
  readonly others?: number;
}

/** A sidecar with a database, the simulator and somebody who takes its notifications: no WordPress, no `www.` names. */
export class BareWorld {
  readonly stack: Stack;
  readonly sidecar: SidecarProcess;
  readonly others: readonly SidecarProcess[];
  readonly database: DatabaseProxy;
  /** The changes that were told, in the order in which they came. */
  readonly told: Told[] = [];
  readonly #build: Build;
  readonly #receiver: Server;

  private constructor(parts: {
    stack: Stack;
    sidecar: SidecarProcess;
    others: readonly SidecarProcess[];
    database: DatabaseProxy;
    build: Build;
    receiver: Server;
  }) {
    this.stack = parts.stack;
    this.sidecar = parts.sidecar;
    this.others = parts.others;
    this.database = parts.database;
    this.#build = parts.build;
    this.#receiver = parts.receiver;
    parts.receiver.on("request", (request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { changes = [] } = JSON.parse(text) as { changes?: Told[] };
        this.told.push(...changes);
        response.end(JSON.stringify({ accepted: changes.length }));
      });
    });
  }

  /** Starts everything but the sidecar. */
  static async start(options: BareWorldOptions = {}): Promise<BareWorld> {
    const build = options.build ?? (await buildSidecar(options.mutations));
    const receiver = createServer().listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const { port } = receiver.address() as AddressInfo;
    const stack = await startStack({
      wordpress: false,
      simulator: {
        latencyMs: options.latencyMs ?? 10,
        actionMs: 50,
        autosslDelayMs: 100,
        maxCertificateNames: 300,
        // The network's own domain shows whose app it is.
        domains: [...(options.domains ?? [NETWORK_DOMAIN])],
      },
      sidecar: { start: false },
    });
    stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
    await stack.mariadb.run(
      BARE_NETWORK,
      [NETWORK_DOMAIN, NETWORK_DOMAIN],
      stack.database,
    );
    await stack.grantSidecar();
    const database = await DatabaseProxy.start(stack.mariadb);
    const common = {
      ...stack.sidecar.env,
      WORDPRESS_URL: `http://127.0.0.1:${port}`,
      WU_SERVER_PILOT_CLIENT_ID: serverPilotApp.clientId,
      WU_SERVER_PILOT_API_KEY: serverPilotApp.apiKey,
      WU_SERVER_PILOT_APP_ID: serverPilotApp.appId,
      RESYNC_SECONDS: "2",
      SECOND_READ_SECONDS: "1",
      SSL_POLL_SECONDS: "0.5",
      ...options.env,
    };
    const sidecarNamed = async (name: string, dbHost: string) =>
      new SidecarProcess({
        name,
        dir: stack.dir,
        port: await freePort(),
        build,
        env: { ...common, DB_HOST: dbHost },
      });
    const sidecar = await sidecarNamed("sidecar", database.address);
    const others: SidecarProcess[] = [];
    for (let n = 1; n <= (options.others ?? 0); n += 1)
      others.push(await sidecarNamed(`other-${n}`, stack.mariadb.address));
    return new BareWorld({
      stack,
      sidecar,
      others,
      database,
      build,
      receiver,
    });
  }

  get simulator(): Simulator {
    return this.stack.simulator;
  }

  /** Runs statements in the network's database as root. */
  sql(statements: string, values: readonly unknown[] = []): Promise<number> {
    return this.stack.mariadb.run(statements, values, this.stack.database);
  }

  /** Writes mappings into the table, as UM would. */
  async map(...names: string[]): Promise<void> {
    const rows = names.map((name) => `(1, '${name}')`).join(", ");
    await this.sql(
      `INSERT INTO wp_wu_domain_mappings (blog_id, domain) VALUES ${rows}`,
    );
  }

  async unmap(...names: string[]): Promise<void> {
    const list = names.map((name) => `'${name}'`).join(", ");
    await this.sql(
      `DELETE FROM wp_wu_domain_mappings WHERE domain IN (${list})`,
    );
  }

  status(): Promise<Status> {
    return readStatus(this.sidecar.client);
  }

  /** Starts a pass and waits for its end. */
  async pass(): Promise<Status> {
    const { now } = await this.status();
    await this.sidecar.client.call("POST", "/sync", {});
    return until("a pass", async () => {
      const status = await this.status();
      const { state, lastAt } = status.pass;
      // After a failure it waits for the next try.
      return state !== "running" && lastAt !== null && lastAt > now && status;
    });
  }

  async stop(): Promise<void> {
    await this.sidecar.kill();
    await Promise.all(this.others.map((other) => other.kill()));
    await this.database.stop();
    await this.stack.stop();
    this.#receiver.close();
    this.#receiver.closeAllConnections();
    await this.#build.remove();
  }
}

/** So many names with a common beginning. */
export function numbered(count: number, prefix: string): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${prefix}-${index + 1}.example.com`,
  );
}
