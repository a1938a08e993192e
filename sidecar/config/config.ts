import {
  networkVariables,
  readNetworksFile,
  type NetworkConfig,
} from "./network";
import { check, ConfigError, type ConfigProblem } from "./problems";
import { debounce, settings } from "./settings";
import type { Address } from "../reconcile/probes";

export { ConfigError } from "./problems";
export type { NetworkConfig } from "./network";

/** Everything that can be set, validated and frozen. Times are milliseconds. */
export interface Config {
  host: string;
  port: number;
  logLevel: "error" | "warn" | "info" | "debug";
  logFormat: "json" | "pretty";
  resyncMs: number;
  debounceMs: number;
  debounceMaxMs: number;
  /** How far apart two reads of the app are that have to agree. */
  secondReadMs: number;
  /** How often the app is read while a certificate is awaited. */
  sslPollMs: number;
  /** Over how long the tries for a certificate are spread before a name counts as failed. */
  sslWindowMs: number;
  /** Empty: the machine's own resolvers. */
  dnsServers: readonly string[];
  /** Undefined: the server's own address, port 443. */
  sslProbeAddress: Address | undefined;
  /** Undefined: the server's own address, port 80. */
  httpProbeAddress: Address | undefined;
  /** For tests. Undefined: what names resolve to, ports 80 and 443. */
  worldProbeAddresses: { http: Address; https: Address } | undefined;
  serverPilotApiUrl: string;
  callsPerMinute: number;
  /** How many networks this sidecar works on at once. */
  passConcurrency: number;
  redisUrl: string | undefined;
  metricsToken: string | undefined;
  networks: readonly NetworkConfig[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from the environment (and the networks file it names).
 *
 * @throws ConfigError that lists every problem.
 */
export function readConfig(env: Environment): Config {
  const problems: ConfigProblem[] = [];
  const read = check(settings, env, problems);
  const pair = debounce.safeParse(env).data;
  if (pair && pair.DEBOUNCE_MAX_MS < pair.DEBOUNCE_MS) {
    problems.push({
      variable: "DEBOUNCE_MAX_MS",
      text: `must be at least DEBOUNCE_MS (${pair.DEBOUNCE_MS}), but is ${pair.DEBOUNCE_MAX_MS}`,
    });
  }
  const networks = env["NETWORKS_FILE"]
    ? readNetworksFile(env["NETWORKS_FILE"], env, problems)
    : [check(networkVariables, env, problems)];

  if (read === undefined || problems.length > 0) {
    throw new ConfigError(problems);
  }
  return deepFreeze({
    host: read.HOST,
    port: read.PORT,
    logLevel: read.LOG_LEVEL,
    logFormat: read.LOG_FORMAT,
    resyncMs: read.RESYNC_SECONDS,
    debounceMs: read.DEBOUNCE_MS,
    debounceMaxMs: read.DEBOUNCE_MAX_MS,
    secondReadMs: read.SECOND_READ_SECONDS,
    sslPollMs: read.SSL_POLL_SECONDS,
    sslWindowMs: read.SSL_WINDOW_SECONDS,
    dnsServers: read.DNS_SERVERS ?? [],
    sslProbeAddress: read.SSL_PROBE_ADDRESS,
    httpProbeAddress: read.HTTP_PROBE_ADDRESS,
    worldProbeAddresses: read.WORLD_PROBE_ADDRESSES,
    serverPilotApiUrl: read.SERVERPILOT_API_URL,
    callsPerMinute: read.SERVERPILOT_CALLS_PER_MINUTE,
    passConcurrency: read.PASS_CONCURRENCY,
    redisUrl: read.REDIS_URL,
    metricsToken: read.METRICS_TOKEN,
    networks: networks.filter((network) => network !== undefined),
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

/** What the logger must never write of the process's own settings. */
export function secretsOfProcess({
  metricsToken,
  redisUrl,
}: Pick<Config, "metricsToken" | "redisUrl">): string[] {
  const password = redisUrl === undefined ? "" : new URL(redisUrl).password;
  return given(metricsToken, password, decoded(password));
}

/** What the logger must never write of a network. */
export function secretsOfNetwork({
  secrets,
  database,
  credentials,
}: Pick<NetworkConfig, "secrets" | "database" | "credentials">): string[] {
  const { clientId, apiKey } = credentials;
  return given(...secrets, database.password, clientId, apiKey);
}

function given(...values: (string | undefined)[]): string[] {
  return values.filter(
    (value) => value !== undefined && value !== "",
  ) as string[];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
