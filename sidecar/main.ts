import { systemClock } from "./clock";
import type { Config } from "./config";
import { createApp } from "./http/app";
import { createHttpServer } from "./http/server";
import { createLogger } from "./logger";
import { createNetwork, type Network } from "./network/network";
import { createProbes } from "./probe/probes";
import { createBudget } from "./serverpilot/budget";
import { createServerPilot } from "./serverpilot/client";
import { Stopped } from "./trigger/lane";
import { version } from "./version";

/** How long work under way may take to reach a safe place after SIGTERM, in milliseconds. */
const STOP_PATIENCE_MS = 20_000;

/**
 * Runs the sidecar until SIGTERM or SIGINT: the database, ServerPilot and WordPress may be away, now or later, and the
 * process stays up and says so.
 *
 * @throws Error when the address cannot be listened on.
 */
export async function serve(config: Config): Promise<void> {
  const clock = systemClock;
  const secrets = config.networks.flatMap(
    ({ secrets: own, database, credentials }) => [
      ...own,
      database.password,
      credentials.apiKey ?? "",
    ],
  );
  const logger = createLogger({
    level: config.logLevel,
    secrets: () => secrets,
  });
  const budget = createBudget({ perMinute: config.callsPerMinute, clock });
  const probes = createProbes({ dnsServers: config.dnsServers, clock });
  const stop = new AbortController();
  const networks = new Map<string, Network>();
  for (const network of config.networks) {
    const createClient = (credentials: {
      clientId: string;
      apiKey: string;
      appId: string;
    }) =>
      createServerPilot({
        apiUrl: config.serverPilotApiUrl,
        ...credentials,
        clock,
        budget,
        signal: stop.signal,
      });
    networks.set(
      network.id,
      createNetwork(network, { config, clock, logger, probes, createClient }),
    );
  }

  const app = createApp({
    networks: {
      get: (id) => networks.get(id),
      all: () => [...networks.values()],
    },
    version,
    clock,
    logger,
    ready: () => readiness(networks),
    stopping: () => stop.signal.aborted,
  });
  const server = createHttpServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  logger.info("listening", {
    host: config.host,
    port: config.port,
    version,
    networks: networks.size,
  });
  for (const network of networks.values()) network.start();

  const signal = await nextSignal();
  stop.abort(new Stopped());
  logger.info("stopping", { signal });
  // Unref'd: it must not keep the process alive when everything has ended earlier.
  setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref();
  server.close();
  server.closeIdleConnections();
  await Promise.allSettled(
    [...networks.values()].map((network) => network.stop()),
  );
  server.closeAllConnections();
  logger.info("stopped");
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
}

/** Ready when the database of at least one network answers. */
async function readiness(
  networks: ReadonlyMap<string, Network>,
): Promise<{ ok: boolean; detail: string }> {
  const answers = await Promise.allSettled(
    [...networks.values()].map((network) => network.touchDatabase()),
  );
  const ok = answers.some(({ status }) => status === "fulfilled");
  return { ok, detail: ok ? "ready" : "no network's database answers" };
}
