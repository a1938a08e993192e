import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  hasName,
  parseDatabaseHost,
  type DatabaseOptions,
  type DatabaseTls,
} from "../mysql/pool";
import { check, type ConfigProblem } from "./problems";
import {
  anyText,
  certificates,
  ipAddress,
  ipAddresses,
  matching,
  oneOf,
  optional,
  required,
  secretList,
  secretText,
  url,
  withDefault,
} from "./rules";

/** One WordPress network: its own database, secret and app. */
export interface NetworkConfig {
  id: string;
  database: DatabaseOptions;
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
  /** Addresses of the app's server besides the one that ServerPilot knows, or in front of it. */
  serverAddresses: readonly string[];
  /** Undefined: as for all networks. Milliseconds. */
  resyncMs: number | undefined;
  /** Most requests to the sidecar; undefined: the default. */
  requestsPerMinute: number | undefined;
}

const databaseHost = matching("host, host:port or host:/socket", /^\S{1,255}$/);
const databaseName = matching("a database's name", /^[^\0`]{1,64}$/);
const databaseTls = oneOf("off", "required", "verified");
const tablePrefix = matching(
  "at most 48 letters, digits and underscores",
  /^[A-Za-z0-9_]{0,48}$/,
);
const networkId = matching(
  "1 to 64 letters, digits, hyphens and underscores",
  /^[A-Za-z0-9_-]{1,64}$/,
);

/** The two settings as one; what they cannot mean together is refused. */
function tlsOf(
  mode: "off" | "required" | "verified",
  ca: string | undefined,
  host: string,
  refuse: (problem: string) => void,
): DatabaseTls | undefined {
  if (ca !== undefined && mode !== "verified")
    refuse(
      "must be left out where the certificate is not verified, but is set",
    );
  if (
    ca === undefined &&
    mode === "verified" &&
    !hasName(parseDatabaseHost(host))
  ) {
    // Any certificate that any CA of the world gave to anybody would do.
    refuse(
      "must be the file of the database's own CA where the database is named by an IP address or a socket, but is not set",
    );
  }
  return mode === "off" ? undefined : { verified: mode === "verified", ca };
}

/** The environment's variables that describe the one network `default`; what they mean is for the README's table. */
export const networkVariables = z
  .object({
    SIDECAR_SECRET: required(secretList).describe(
      "the same as in WordPress: `whsec_` and base64, or at least 32 characters; several, with spaces between, during a change",
    ),
    DB_HOST: required(databaseHost).describe(
      "the database as in wp-config.php: host, host:port or host:/socket",
    ),
    DB_NAME: required(databaseName).describe("its name"),
    DB_USER: required(anyText).describe("the account, with the grants above"),
    DB_PASSWORD: optional(secretText).describe("its password"),
    DB_TLS: withDefault(databaseTls, "off").describe(
      "`required`: encrypted connections only; `verified`: the server's certificate is checked as well; `off`",
    ),
    DB_TLS_CA: optional(certificates)
      .describe("for `verified`: the file with the CA of the database, PEM")
      .meta({ default: "Node.js's own list" }),
    TABLE_PREFIX: withDefault(tablePrefix, "wp_").describe(
      "`$table_prefix` of wp-config.php",
    ),
    WORDPRESS_URL: required(url("http", "https")).describe(
      "the network's address, for notifications",
    ),
    SERVER_ADDRESSES: optional(ipAddresses)
      .describe(
        "IP addresses that customers are to point their DNS at, with commas between: a floating or second address of the server, a load balancer in front of it",
      )
      .meta({ default: "the server's, from ServerPilot" }),
    WU_SERVER_PILOT_CLIENT_ID: optional(secretText).describe(
      "where set, this wins over what the plugin registers",
    ),
    WU_SERVER_PILOT_API_KEY: optional(secretText).describe("likewise"),
    WU_SERVER_PILOT_APP_ID: optional(anyText).describe("likewise"),
  })
  .transform((read, context): NetworkConfig => ({
    id: "default",
    database: {
      host: read.DB_HOST,
      name: read.DB_NAME,
      user: read.DB_USER,
      password: read.DB_PASSWORD ?? "",
      tls: tlsOf(read.DB_TLS, read.DB_TLS_CA, read.DB_HOST, (message) => {
        context.addIssue({ code: "custom", path: ["DB_TLS_CA"], message });
      }),
    },
    tablePrefix: read.TABLE_PREFIX,
    secrets: read.SIDECAR_SECRET,
    wordpressUrl: read.WORDPRESS_URL,
    credentials: {
      clientId: read.WU_SERVER_PILOT_CLIENT_ID,
      apiKey: read.WU_SERVER_PILOT_API_KEY,
      appId: read.WU_SERVER_PILOT_APP_ID,
    },
    serverAddresses: read.SERVER_ADDRESSES ?? [],
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
    database: z
      .strictObject({
        host: required(databaseHost),
        name: required(databaseName),
        user: required(anyText),
        password: optional(secretText).transform((text) => text ?? ""),
        tls: withDefault(databaseTls, "off"),
        tlsCa: optional(certificates),
      })
      .transform(
        (
          { host, name, user, password, tls, tlsCa },
          context,
        ): DatabaseOptions => ({
          host,
          name,
          user,
          password,
          tls: tlsOf(tls, tlsCa, host, (message) => {
            context.addIssue({ code: "custom", path: ["tlsCa"], message });
          }),
        }),
      ),
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
    serverAddresses: z.array(required(ipAddress)).default([]),
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
const networksFile = z.array(networkEntry).min(1);

/** Reads the file that describes many networks; its problems are added to the list. */
export function readNetworksFile(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
): readonly NetworkConfig[] {
  const variable = "NETWORKS_FILE";
  for (const name of networkVariables.in.keyof().options) {
    if (env[name]) {
      problems.push({
        variable: name,
        text: `must not be set beside ${variable}, whose entries take its place`,
      });
    }
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // The parser's own words would quote the file, secrets included.
    const why =
      error instanceof SyntaxError
        ? "is not JSON"
        : `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`;
    problems.push({
      variable,
      text: `must name a JSON file, but ${JSON.stringify(path)} ${why}`,
    });
    return [];
  }
  const networks = check(networksFile, parsed, problems, variable) ?? [];
  refuseRepeats(networks, problems);
  return networks;
}

/** Two entries for one id, one set of tables or one app would be two writers for one app. */
function refuseRepeats(
  networks: readonly NetworkConfig[],
  problems: ConfigProblem[],
): void {
  const seen = new Map<string, number>();
  networks.forEach(({ id, database, tablePrefix, credentials }, index) => {
    const tables = `${database.host} ${database.name} ${tablePrefix}`;
    for (const [key, what] of [
      [`id ${id}`, `the id ${JSON.stringify(id)}`],
      [`tables ${tables}`, "the database and table prefix"],
      // One that the plugin registers is not known yet.
      [`app ${credentials.appId ?? `of ${index}`}`, "the app"],
    ] as const) {
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      else {
        problems.push({
          variable: `NETWORKS_FILE[${index}]`,
          text: `must differ from every other entry, but has ${what} of entry [${first}]`,
        });
      }
    }
  });
}
