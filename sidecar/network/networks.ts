import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock";
import {
  type Config,
  ConfigError,
  type NetworkConfig,
  secretsOfNetwork,
} from "../config/config";
import type { Networks } from "../http/verification";
import type { Logger } from "../log/logger";
import { Stopped } from "../trigger/trigger";
import type { Network } from "./network";

export interface NetworkRegistryDeps {
  /** Puts a network together without starting it. */
  create(
    config: NetworkConfig,
    about: {
      /** Aborted when its work is to end. */
      signal: AbortSignal;
      /** The id of another network that has an app; null where none has: two would overwrite each other's list. */
      ownerOf: (appId: string) => string | null;
    },
  ): Network;
  /** Hears that a network is no longer served. */
  onRemoved(id: string): Promise<void>;
  logger: Logger;
  clock: Clock;
  /** How long a network's work may take to reach a safe place, in milliseconds. */
  patienceMs?: number;
}

/** The networks that this process serves. They share the process, the account's budget and nothing else. */
export interface NetworkRegistry extends Networks {
  get(id: string): Network | undefined;
  all(): Network[];
  /**
   * Serves exactly the given networks: starts those that are new, stops those that are gone, restarts those that were
   * changed and leaves the rest alone. One that takes its time to stop delays only itself.
   */
  apply(configs: readonly NetworkConfig[]): Promise<void>;
  /** Resolves when all work has reached a safe place. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 20_000;

interface Served {
  config: NetworkConfig;
  network: Network;
  abort: AbortController;
}

export function createNetworkRegistry(
  deps: NetworkRegistryDeps,
): NetworkRegistry {
  const { logger } = deps;
  let stopped = false;
  const served = new Map<string, Served>();

  const start = (config: NetworkConfig): void => {
    for (const secret of secretsOfNetwork(config)) logger.redact.add(secret);
    const abort = new AbortController();
    const network = deps.create(config, {
      signal: abort.signal,
      ownerOf: (appId) => {
        const all = [...served.values()];
        const other = all.find((one) => one.network.appId === appId);
        return other && other.config.id !== config.id ? other.config.id : null;
      },
    });
    served.set(config.id, { config, network, abort });
    network.start();
  };

  const end = (one: Served): Promise<void> => endWork(one, deps);

  const remove = async (old: Served): Promise<void> => {
    served.delete(old.config.id);
    await end(old);
    await deps.onRemoved(old.config.id);
  };

  const replace = async (old: Served, config: NetworkConfig): Promise<void> => {
    // The old one answers until it has ended: two at work on one app could overwrite each other.
    await end(old);
    if (!stopped) start(config);
  };

  return {
    get: (id) => served.get(id)?.network,
    all: () => [...served.values()].map(({ network }) => network),
    async apply(configs) {
      const { gone, added, changed } = compare(served, configs);
      added.forEach(start);
      logger.info("networks", {
        added: added.map(({ id }) => id),
        removed: gone.map(({ config }) => config.id),
        restarted: changed.map(([, { id }]) => id),
        unchanged: configs.length - added.length - changed.length,
      });
      await Promise.all([
        ...gone.map(remove),
        ...changed.map(([old, config]) => replace(old, config)),
      ]);
    },
    async stop() {
      stopped = true;
      await Promise.all([...served.values()].map(end));
    },
  };
}

/** What is no longer wanted, what is new, and what has other settings by now. */
function compare(
  served: ReadonlyMap<string, Served>,
  configs: readonly NetworkConfig[],
) {
  const wanted = new Set(configs.map(({ id }) => id));
  const changed: [Served, NetworkConfig][] = [];
  for (const config of configs) {
    const old = served.get(config.id);
    if (old && !isDeepStrictEqual(old.config, config))
      changed.push([old, config]);
  }
  return {
    gone: [...served.values()].filter(({ config }) => !wanted.has(config.id)),
    added: configs.filter(({ id }) => !served.has(id)),
    changed,
  };
}

/**
 * A database that hangs must not keep the network's new settings from coming into force. The old work cannot write to the
 * app any more: before it does, it asks that database whether it still holds the lock.
 */
function endWork(
  { network, abort }: Served,
  { logger, clock, patienceMs = PATIENCE_MS }: NetworkRegistryDeps,
): Promise<void> {
  abort.abort(new Stopped());
  return new Promise<void>((resolve) => {
    const cancel = clock.after(patienceMs, () => {
      logger.warn("a network takes too long to stop", { network: network.id });
      resolve();
    });
    const ended = (): void => {
      cancel();
      resolve();
    };
    network.stop().then(ended, (error: unknown) => {
      logger.error("a network did not stop well", {
        network: network.id,
        error,
      });
      ended();
    });
  });
}

export interface ReloaderDeps {
  networks: Pick<NetworkRegistry, "apply">;
  /** @throws ConfigError that lists every problem. */
  reread: () => Pick<Config, "networks">;
  metrics: { reloaded(success: boolean): void };
  logger: Logger;
}

/** What SIGHUP does: one reload after the other; one that fails changes nothing and says everything that is wrong. */
export function createReloader(deps: ReloaderDeps): () => Promise<void> {
  const { networks, reread, metrics, logger } = deps;
  const reload = async (): Promise<void> => {
    try {
      await networks.apply(reread().networks);
      metrics.reloaded(true);
    } catch (error) {
      metrics.reloaded(false);
      const why =
        error instanceof ConfigError ? { problems: error.problems } : { error };
      logger.error("the reload failed; the networks stay as they were", why);
    }
  };
  let last = Promise.resolve();
  return () => {
    last = last.then(reload);
    return last;
  };
}
