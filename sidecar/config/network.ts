import { z } from "zod";
import { optional, required, withDefault } from "./rule";
import { anyText, matching, secretList, secretText, url } from "./rules";

/** One WordPress network: its own database, secret and app. */
export interface NetworkConfig {
  id: string;
  database: {
    /** As WordPress writes it: host, host:port or host:/socket. */
    host: string;
    name: string;
    user: string;
    password: string;
  };
  tablePrefix: string;
  /** The first one is in force; requests signed with any of them are accepted. */
  secrets: readonly string[];
  /** Without a final slash; a sub-path is kept. */
  wordpressUrl: string;
  /** Where set, each wins over what the plugin registers. */
  credentials: {
    clientId: string | undefined;
    apiKey: string | undefined;
    appId: string | undefined;
  };
  /** Undefined: as for all networks. Milliseconds. */
  resyncMs: number | undefined;
  /** Most requests to the sidecar; undefined: the default. */
  requestsPerMinute: number | undefined;
}

const databaseHost = matching("host, host:port or host:/socket", /^\S{1,255}$/);
const databaseName = matching("a database's name", /^[^\0`]{1,64}$/);
const tablePrefix = matching(
  "at most 48 letters, digits and underscores",
  /^[A-Za-z0-9_]{0,48}$/,
);
const networkId = matching(
  "1 to 64 letters, digits, hyphens and underscores",
  /^[A-Za-z0-9_-]{1,64}$/,
);

/** The environment's variables that describe the one network `default`. */
export const networkVariables = z
  .object({
    DB_HOST: required(databaseHost),
    DB_NAME: required(databaseName),
    DB_USER: required(anyText),
    DB_PASSWORD: withDefault(secretText, ""),
    TABLE_PREFIX: withDefault(tablePrefix, "wp_"),
    SIDECAR_SECRET: required(secretList),
    WORDPRESS_URL: required(url("http", "https")),
    WU_SERVER_PILOT_CLIENT_ID: optional(secretText),
    WU_SERVER_PILOT_API_KEY: optional(secretText),
    WU_SERVER_PILOT_APP_ID: optional(anyText),
  })
  .transform((read): NetworkConfig => ({
    id: "default",
    database: {
      host: read.DB_HOST,
      name: read.DB_NAME,
      user: read.DB_USER,
      password: read.DB_PASSWORD,
    },
    tablePrefix: read.TABLE_PREFIX,
    secrets: read.SIDECAR_SECRET,
    wordpressUrl: read.WORDPRESS_URL,
    credentials: {
      clientId: read.WU_SERVER_PILOT_CLIENT_ID,
      apiKey: read.WU_SERVER_PILOT_API_KEY,
      appId: read.WU_SERVER_PILOT_APP_ID,
    },
    resyncMs: undefined,
    requestsPerMinute: undefined,
  }));

const WHOLE = "must be a whole number";

function number(min: number, max: number) {
  const rule = `must be a number from ${min} to ${max}`;
  return z.number(rule).min(min, rule).max(max, rule);
}

/** One entry of the networks file; `secrets` is a list there. */
const networkEntry = z
  .strictObject({
    id: required(networkId),
    database: z.strictObject({
      host: required(databaseHost),
      name: required(databaseName),
      user: required(anyText),
      password: withDefault(secretText, ""),
    }),
    tablePrefix: withDefault(tablePrefix, "wp_"),
    secrets: z
      .array(required(secretList))
      .min(1)
      .transform((lists) => lists.flat()),
    wordpressUrl: required(url("http", "https")),
    credentials: z
      .strictObject({
        clientId: optional(secretText),
        apiKey: optional(secretText),
        appId: optional(anyText),
      })
      .prefault({})
      .transform(({ clientId, apiKey, appId }) => ({
        clientId,
        apiKey,
        appId,
      })),
    resyncSeconds: number(1, 86_400).optional(),
    requestsPerMinute: number(1, 1_000_000).int(WHOLE).optional(),
  })
  .transform(
    ({ resyncSeconds, requestsPerMinute, ...entry }): NetworkConfig => ({
      ...entry,
      resyncMs:
        resyncSeconds === undefined
          ? undefined
          : Math.round(resyncSeconds * 1000),
      requestsPerMinute,
    }),
  );

/** The networks file: a JSON array with at least one network, no id and no table twice. */
export const networksFile = z.array(networkEntry).min(1);
