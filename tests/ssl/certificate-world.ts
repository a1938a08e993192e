import {
  readStatus,
  sidecarClient,
  type Status,
} from "../stack/sidecar-client";
import type { Simulator } from "../stack/serverpilot/simulator";
import type { SimulatorOptions } from "../stack/serverpilot/simulator-options";
import { serverPilotApp, startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { BARE_NETWORK } from "../stack/bare-tables";
import { NetworkDouble, type DoubleMapping } from "./network-double";
import { register } from "./register";

/** Generous: the machine may be busy. */
const PATIENCE_SECONDS = 90;

type Name = Status["names"][number];

/** What is expected of a name. */
export interface Expected {
  state: string;
  reason: string | null;
}

export const secure: Expected = { state: "secure", reason: null };

export const securing = (reason: string): Expected => ({
  state: "securing",
  reason,
});

export const failed = (reason: string): Expected => ({
  state: "ssl-failed",
  reason,
});

/** Secure, and something is said all the same. */
export const warned = (reason: string): Expected => ({
  state: "secure",
  reason,
});

/** An address that is not ours. */
export const ELSEWHERE = "203.0.113.7";
/** The address of the simulator's server. */
export const SERVER = "127.0.0.1";
/** One of Cloudflare's. */
export const CLOUDFLARE = "104.16.1.1";

/** The sidecar as a process with a database, the simulator's API, DNS and TLS; mappings are written as UM would. */
export class CertificateWorld {
  readonly stack: Stack;
  /** Null where nobody answers for the network. */
  readonly network: NetworkDouble | null;
  /** The process that must see every trouble come and go. */
  readonly #pid: number | undefined;

  private constructor(stack: Stack, network: NetworkDouble | null) {
    this.stack = stack;
    this.network = network;
    this.#pid = stack.sidecar.pid;
  }

  /** @param windowSeconds over how long the five tries are spread. */
  static async start(
    windowSeconds: number,
    simulator: Partial<SimulatorOptions> = {},
  ): Promise<CertificateWorld> {
    const stack = await startStack({
      wordpress: false,
      simulator: {
        latencyMs: 10,
        actionMs: 50,
        autosslDelayMs: 100,
        ...simulator,
      },
      sidecar: {
        start: false,
        env: {
          WU_SERVER_PILOT_CLIENT_ID: serverPilotApp.clientId,
          WU_SERVER_PILOT_API_KEY: serverPilotApp.apiKey,
          WU_SERVER_PILOT_APP_ID: serverPilotApp.appId,
          RESYNC_SECONDS: "2",
          SSL_POLL_SECONDS: "0.5",
          SSL_WINDOW_SECONDS: String(windowSeconds),
        },
      },
    });
    const domain = "bridge.localhost";
    await stack.mariadb.run(BARE_NETWORK, [domain, domain], stack.database);
    await stack.grantSidecar();
    await stack.sidecar.start();
    return new CertificateWorld(stack, null);
  }

  /** The same with a network behind the app, which is asked through names and at the server by UM's nonces. */
  static async startWithNetwork(
    windowSeconds: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<CertificateWorld> {
    const started = await CertificateWorld.start(windowSeconds, { http: true });
    const { stack, simulator } = started;
    const network = await NetworkDouble.start();
    simulator.setBackend(network.url);
    stack.sidecar.setEnv({ ...env, WORDPRESS_URL: network.url });
    await stack.sidecar.restart();
    await register(stack.sidecar, { offers: ["reach"] });
    return new CertificateWorld(stack, network);
  }

  get simulator(): Simulator {
    return this.stack.simulator;
  }

  /** The process is still the one that was started. */
  get sameProcess(): boolean {
    return this.stack.sidecar.isRunning && this.stack.sidecar.pid === this.#pid;
  }

  /** Writes mappings that have their `www.` in the name, so that no other name comes with them. */
  async map(...names: string[]): Promise<void> {
    const { mariadb, database } = this.stack;
    const rows = names.map((name) => `(1, '${name}')`).join(", ");
    await mariadb.run(
      `INSERT INTO wp_wu_domain_mappings (blog_id, domain) VALUES ${rows}`,
      [],
      database,
    );
    const mappings = await mariadb.rows<DoubleMapping>(
      "SELECT id, domain, stage FROM wp_wu_domain_mappings",
      [],
      database,
    );
    for (const mapping of mappings)
      this.network?.mappings.set(mapping.domain, mapping);
  }

  /** Puts a mapping to one of UM's stages. */
  async setStage(name: string, stage: string): Promise<void> {
    await this.stack.mariadb.run(
      "UPDATE wp_wu_domain_mappings SET stage = ? WHERE domain = ?",
      [stage, name],
      this.stack.database,
    );
  }

  /** What a person does who presses "Try again". */
  async retry(...names: string[]): Promise<void> {
    const client = sidecarClient(this.stack.sidecar);
    await client.call("POST", "/sync", { retry: names });
  }

  status(): Promise<Status> {
    return readStatus(sidecarClient(this.stack.sidecar));
  }

  async names(): Promise<Name[]> {
    return (await this.status()).names;
  }

  async name(wanted: string): Promise<Name | undefined> {
    return (await this.names()).find(({ name }) => name === wanted);
  }

  /**
   * Waits until the status has said of each name what is expected. Gives what it said then, or says in the end where
   * it never did.
   */
  async become(
    expected: Readonly<Record<string, Expected>>,
  ): Promise<Map<string, Name>> {
    const seen = new Map<string, Name>();
    const open = new Map(Object.entries(expected));
    await until(
      "the names' states",
      async () => {
        for (const one of await this.names()) {
          const wanted = open.get(one.name);
          if (!wanted) continue;
          seen.set(one.name, one);
          if (one.state === wanted.state && one.reason === wanted.reason)
            open.delete(one.name);
        }
        return open.size === 0;
      },
      PATIENCE_SECONDS,
    ).catch(() => undefined);
    return seen;
  }

  /** Waits until the status says it of a name; gives all that it says then. */
  async says(name: string, expected: Expected): Promise<Name> {
    const said = (await this.become({ [name]: expected })).get(name);
    expect(said).toMatchObject(expected);
    if (said === undefined) throw new Error(`the status does not know ${name}`);
    return said;
  }

  /** The findings about the app that the status has now. */
  async findings(): Promise<(string | null)[]> {
    const { findings } = await this.status();
    return findings.map(({ reason }) => reason);
  }

  /** What WordPress was told so far. */
  get told(): NetworkDouble["told"] {
    return this.network?.told ?? [];
  }

  /** As if the hour had passed within which ForceSSL is not turned on again. */
  async forgetForced(): Promise<void> {
    await this.stack.mariadb.run(
      "UPDATE wp_domain_bridge_state SET value = JSON_REMOVE(value, '$.certificates.forced') WHERE name = 'app-record'",
      [],
      this.stack.database,
    );
  }

  /** The bodies of the writes to the app's SSL so far. */
  sslWrites(): string[] {
    return this.simulator
      .journal()
      .filter(({ method, path }) => method === "POST" && path.endsWith("/ssl"))
      .map(({ body }) => JSON.stringify(body));
  }

  /** What a person does in ServerPilot's panel, who turns ForceSSL on or off. */
  async setForceSsl(force: boolean): Promise<void> {
    const { clientId, apiKey, appId } = this.stack.app;
    const account = Buffer.from(`${clientId}:${apiKey}`).toString("base64");
    const answer = await fetch(`${this.simulator.url}/apps/${appId}/ssl`, {
      method: "POST",
      headers: {
        authorization: `Basic ${account}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ force }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await this.network?.stop();
  }
}
