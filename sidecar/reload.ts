import { ConfigError, type Config } from "./config";
import type { Logger } from "./logger";
import type { NetworkRegistry } from "./networks";

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
