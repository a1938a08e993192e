import type { Server } from "node:http";
import { systemClock } from "./clock";
import { type Config, secretsOfProcess } from "./config/config";
import { openCoordination } from "./trigger/coordination";
import { createApp } from "./http/app";
import { createReadiness } from "./http/health";
import { createHttpServer } from "./http/server";
import { createLogger } from "./log/logger";
import { createMetrics } from "./metrics/metrics";
import { createNetwork } from "./network/network";
import { createNetworkRegistry, createReloader } from "./network/networks";
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
    secrets: () => secretsOfProcess(config),
  });
  const probes = createProbes({
    dnsServers: config.dnsServers,
    clock,
    server: { http: config.httpProbeAddress, https: config.sslProbeAddress },
    world: config.worldProbeAddresses,
  });
  const metrics = createMetrics({ version, clock });
  const coordination = await openCoordination({ config, clock, logger });
  const { trigger, limiter } = coordination;
  const budget = createBudget({
    perMinute: config.callsPerMinute,
    clock,
    ...(limiter && { limiter }),
  });
  const networks = createNetworkRegistry({
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
  const onHangup = (): void => void reload();
  process.on("SIGHUP", onHangup);

  const signal = await nextSignal();
  process.off("SIGHUP", onHangup);
  stopping = true;
  logger.info("stopping", { signal });
  // Unref'd: it must not keep the process alive when everything has ended earlier.
  setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref();
  server.close();
  server.closeIdleConnections();
  await Promise.all([networks.stop(), trigger.close()]);
  coordination.close();
  server.closeAllConnections();
  logger.info("stopped");
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

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
}
