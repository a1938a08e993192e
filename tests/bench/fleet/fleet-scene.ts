import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sidecarSecret, startStack, type Stack } from "../../stack/stack";
import { CompiledSidecar } from "../compiled-sidecar";
import type { Bench } from "../bench";
import { databaseOf, fleetAccount, makeFleet } from "./fleet-database";
import { startWordpressStub } from "./wordpress-stub";

/** How a sidecar of the fleet is started. */
interface FleetSidecarOptions {
  /** How many of the networks it serves; all of them where it is not said. */
  networks?: number;
  env?: Readonly<Record<string, string>>;
}

/** Milliseconds of ServerPilot's simulator for each call. */
export const latencyMs = 150;
/** Mappings of each network; with their www names this is what fits on one app. */
export const mappings = 150;

/** Many networks with a database, an app and an account of their own, all of them in step with their apps. */
export class FleetScene {
  readonly stack: Stack;
  readonly networks: number;
  readonly #wordpress: { url: string; stop(): void };
  readonly #sidecars = new Set<CompiledSidecar>();

  constructor(
    stack: Stack,
    networks: number,
    wordpress: { url: string; stop(): void },
  ) {
    this.stack = stack;
    this.networks = networks;
    this.#wordpress = wordpress;
  }

  async stop(): Promise<void> {
    for (const sidecar of this.#sidecars) await sidecar.stop();
    this.#wordpress.stop();
    await this.stack.stop();
  }

  /** Starts the compiled sidecar with the first networks of the fleet. */
  async startSidecar(
    options: FleetSidecarOptions = {},
  ): Promise<CompiledSidecar> {
    const { networks = this.networks } = options;
    const file = join(this.stack.dir, `networks-${networks}.json`);
    const entries = Array.from({ length: networks }, (_, index) => ({
      id: networkId(index + 1),
      database: {
        host: this.stack.mariadb.address,
        name: databaseOf(index + 1),
        ...fleetAccount,
      },
      secrets: [sidecarSecret],
      wordpressUrl: this.#wordpress.url,
      credentials: accountOf(index + 1),
    }));
    await writeFile(file, JSON.stringify(entries));
    const sidecar = await CompiledSidecar.start({
      dir: this.stack.dir,
      env: {
        NETWORKS_FILE: file,
        SERVERPILOT_API_URL: this.stack.simulator.url,
        SERVERPILOT_CALLS_PER_MINUTE: "100000",
        ...options.env,
      },
    });
    this.#sidecars.add(sidecar);
    return sidecar;
  }

  async stopSidecar(sidecar: CompiledSidecar): Promise<void> {
    await sidecar.stop();
    this.#sidecars.delete(sidecar);
  }
}

/** Id of a network, counted from 1. */
export function networkId(network: number): string {
  return `network-${network}`;
}

function accountOf(network: number) {
  return {
    clientId: `cid_${network}`,
    apiKey: `key-of-network-${network}`,
    appId: `app-${network}`,
  };
}

/** Brings databases, apps and a stand-in for WordPress up. */
export async function startFleetScene(bench: Bench): Promise<FleetScene> {
  const networks = bench.runs(200, 40);
  const stack = await startStack({
    say: bench.say,
    wordpress: false,
    sidecar: false,
    simulator: { latencyMs, dns: false, tls: false },
  });
  try {
    const names = await makeFleet(stack.mariadb, networks, mappings);
    for (let network = 1; network <= networks; network += 1) {
      const { clientId, apiKey, appId } = accountOf(network);
      stack.simulator.addAccount({ clientId, apiKey });
      stack.simulator.addApp({ id: appId, clientId, domains: names });
    }
    return new FleetScene(stack, networks, await startWordpressStub());
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
