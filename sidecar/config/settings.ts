import { z } from "zod";
import { networkVariables } from "./network";
import {
  anyText,
  dnsServers,
  hostName,
  hostPort,
  matching,
  oneOf,
  optional,
  redisUrl,
  seconds,
  url,
  webAddresses,
  wholeNumber,
  withDefault,
} from "./rules";

/** By itself, because the two are compared even where another setting is wrong. */
export const debounce = z.object({
  DEBOUNCE_MS: withDefault(wholeNumber(0, 60_000), "200").describe(
    "how long after a pass began events are collected, in milliseconds; the first after a rest starts one at once",
  ),
  DEBOUNCE_MAX_MS: withDefault(wholeNumber(0, 600_000), "1000").describe(
    "the same while events keep coming, in milliseconds",
  ),
});

/** The environment's variables for the sidecar as a whole; what they mean is for the README's table. */
export const settings = z.object({
  HOST: withDefault(hostName, "127.0.0.1").describe("where it listens"),
  PORT: withDefault(wholeNumber(0, 65_535), "8787").describe("its port"),
  SERVERPILOT_API_URL: withDefault(
    url("http", "https"),
    "https://api.serverpilot.io/v1",
  ).describe("ServerPilot's API"),
  SERVERPILOT_CALLS_PER_MINUTE: withDefault(
    wholeNumber(1, 100_000),
    "240",
  ).describe("budget of calls for each ServerPilot account"),
  RESYNC_SECONDS: withDefault(seconds(1, 86_400), "300").describe(
    "how often both sides are compared without an event",
  ),
  ...debounce.shape,
  SECOND_READ_SECONDS: withDefault(seconds(0.1, 60), "10").describe(
    "how long to wait before the app is read a second time, where the first answer lacks domains that were there",
  ),
  SSL_POLL_SECONDS: withDefault(seconds(0.1, 3600), "10").describe(
    "how often the app is read while a certificate is awaited",
  ),
  SSL_WINDOW_SECONDS: withDefault(seconds(1, 86_400), "1800").describe(
    "over how long the tries for a certificate are spread before a name counts as failed",
  ),
  SSL_PROBE_ADDRESS: optional(hostPort)
    .describe(
      "where served certificates are checked, and the server is asked for a name over HTTPS, host:port",
    )
    .meta({ default: "the server's address, port 443" }),
  HTTP_PROBE_ADDRESS: optional(hostPort)
    .describe("where the server is asked for a name over plain HTTP, host:port")
    .meta({ default: "the server's address, port 80" }),
  WORLD_PROBE_ADDRESSES: optional(webAddresses)
    .describe(
      "for tests: where everything but the server is that names resolve to, `host:port,host:port` for HTTP and HTTPS",
    )
    .meta({ default: "what names resolve to" }),
  DNS_SERVERS: optional(dnsServers)
    .describe("resolvers, with commas between")
    .meta({ default: "the machine's" }),
  PASS_CONCURRENCY: withDefault(wholeNumber(1, 1000), "20").describe(
    "how many networks a sidecar works on at once",
  ),
  LOG_LEVEL: withDefault(
    oneOf("error", "warn", "info", "debug"),
    "info",
  ).describe("`error`, `warn`, `info` or `debug`"),
  LOG_FORMAT: withDefault(oneOf("json", "pretty"), "json").describe(
    "`json` for programs, `pretty` for people",
  ),
  METRICS_TOKEN: optional({
    ...matching("at least 16 characters without spaces", /^\S{16,}$/),
    secret: true,
  }).describe(
    "bearer token for `/metrics`; without it only this machine may read them",
  ),
  NETWORKS_FILE: optional(anyText).describe(
    "many networks: a JSON file with id, database, prefix, secrets and address of each, read again on SIGHUP",
  ),
  REDIS_URL: optional(redisUrl).describe(
    "many sidecars: the work is shared through BullMQ",
  ),
});

/** Every variable that the sidecar reads, in the order of the README's table. */
export const variables = {
  ...networkVariables.in.shape,
  ...settings.shape,
};
