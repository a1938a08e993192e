import type { Server } from "node:http";
import { type Clock, systemClock } from "./clock";
import { type Config, secretsOfProcess } from "./config/config";
import { type Coordination, openCoordination } from "./trigger/coordination";
import { createApp } from "./http/app";
import { createReadiness } from "./http/health";
import { createHttpServer } from "./http/server";
import { createLogger, type Logger } from "./log/logger";
import { createMetrics, type Metrics } from "./metrics/metrics";
import { createNetwork } from "./network/network";
import {
  createNetworkRegistry,
  createReloader,
  type NetworkRegistry,
} from "./network/networks";
import { createProbes } from "./probe/probes";
import { createBudget } from "./serverpilot/budget";
import { createServerPilot } from "./serverpilot/client";
import { version } from "./version";

/** How long the process may take to end after SIGTERM, in milliseconds; a little more than a network may. */
const STOP_PATIENCE_MS = 22_000;

/**
 * Runs the sidecar until SIGTERM or SIGINT: the database, ServerPilot and WordPress may be away, now or later, and the
 * process stays up and says so. On SIGHUP it serves the networks that `reread` gives.
 *
 * @throws Error when the address cannot be listened on.
 */
export async function serve(
  config: Config,
  reread: () => Config,
): Promise<void> {
  const clock = systemClock;
  const logger = createLogger({
    level: config.logLevel,
    isPretty: config.logFormat === "pretty",
    secrets: () => secretsOfProcess(config),
  });
  const metrics = createMetrics({ version, clock });
  const coordination = await openCoordination({ config, clock, logger });
  const shared = { config, clock, logger, metrics, coordination };
  const networks = createNetworks(shared);
  let stopping = false;
  const app = createApp({
    networks,
    version,
    clock,
    logger,
    metrics: {
      answered: (request) => {
        metrics.answered(request);
      },
      page: () => metrics.page(networks.all()),
      contentType: metrics.contentType,
    },
    metricsToken: config.metricsToken,
    ready: createReadiness(() => networks.all(), clock),
    stopping: () => stopping,
  });
  const { host, port } = config;
  const server = createHttpServer(app);
  await listen(server, host, port).catch((error: unknown) => {
    // Open connections would keep a process alive that cannot serve.
    coordination.close();
    throw error;
  });
  logger.info("listening", { host, port, version });
  if (!isLoopback(host))
    logger.warn(
      "other machines can reach this address: put TLS in front of it, or set HOST=127.0.0.1",
      { host },
    );
  await networks.apply(config.networks);
  const reload = createReloader({ networks, reread, metrics, logger });
  const signal = await nextSignal(() => void reload());
  stopping = true;
  logger.info("stopping", { signal });
  // Unref'd: it must not keep the process alive when everything has ended earlier.
  setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref();
  server.close();
  server.closeIdleConnections();
  await Promise.all([networks.stop(), coordination.trigger.close()]);
  coordination.close();
  server.closeAllConnections();
  logger.info("stopped");
}

/** The networks to serve, with what they share: probes, work and the budget of calls. */
function createNetworks({
  config,
  clock,
  logger,
  metrics,
  coordination: { trigger, limiter },
}: {
  config: Config;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  coordination: Coordination;
}): NetworkRegistry {
  const probes = createProbes({
    dnsServers: config.dnsServers,
    clock,
    server: { http: config.httpProbeAddress, https: config.sslProbeAddress },
    world: config.worldProbeAddresses,
  });
  const budget = createBudget({
    perMinute: config.callsPerMinute,
    clock,
    ...(limiter && { limiter }),
  });
  return createNetworkRegistry({
    clock,
    logger,
    onRemoved: (id) => metrics.forget(id),
    create(own, { signal, ownerOf }) {
      const observer = metrics.of(own.id);
      return createNetwork(own, {
        config,
        clock,
        logger,
        probes,
        observer,
        trigger,
        ownerOf,
        createClient: (credentials) =>
          createServerPilot({
            ...credentials,
            apiUrl: config.serverPilotApiUrl,
            clock,
            budget,
            signal,
            onCall: (call) => {
              observer.called(call);
            },
          }),
      });
    },
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

/** The signal that ends the process; hangups before it lead to `onHangup`. */
async function nextSignal(onHangup: () => void): Promise<NodeJS.Signals> {
  process.on("SIGHUP", onHangup);
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  process.off("SIGHUP", onHangup);
  return signal;
}
