import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../sidecar/config/config";
import { sharedAuthority } from "../../stack/serverpilot/authority";
import { problemsOf, secret } from "./problems";

const complete = {
  DB_HOST: "localhost:/run/mysqld/mysqld.sock",
  DB_NAME: "wordpress",
  DB_USER: "bridge",
  DB_PASSWORD: "pässword",
  SIDECAR_SECRET: secret,
  WORDPRESS_URL: "https://network.example/sub/",
};

describe("the configuration from the environment", () => {
  test("has the documented defaults for everything but the network", () => {
    expect(readConfig(complete)).toEqual({
      host: "127.0.0.1",
      port: 8787,
      logLevel: "info",
      logFormat: "json",
      resyncMs: 300_000,
      debounceMs: 200,
      debounceMaxMs: 1000,
      secondReadMs: 10_000,
      sslPollMs: 10_000,
      sslWindowMs: 1_800_000,
      dnsServers: [],
      sslProbeAddress: undefined,
      httpProbeAddress: undefined,
      worldProbeAddresses: undefined,
      serverPilotApiUrl: "https://api.serverpilot.io/v1",
      callsPerMinute: 240,
      passConcurrency: 20,
      redisUrl: undefined,
      metricsToken: undefined,
      networks: [
        {
          id: "default",
          database: {
            host: "localhost:/run/mysqld/mysqld.sock",
            name: "wordpress",
            user: "bridge",
            password: "pässword",
          },
          tablePrefix: "wp_",
          secrets: [secret],
          wordpressUrl: "https://network.example/sub",
          credentials: {
            clientId: undefined,
            apiKey: undefined,
            appId: undefined,
          },
          serverAddresses: [],
        },
      ],
    });
  });

  test("takes the addresses that lead to the server, and nothing else for one", () => {
    const addresses = "203.0.113.20, 2001:db8::20";
    const { networks } = readConfig({
      ...complete,
      SERVER_ADDRESSES: addresses,
    });
    expect(networks[0]?.serverAddresses).toEqual([
      "203.0.113.20",
      "2001:db8::20",
    ]);
    const { problems } = problemsOf({
      ...complete,
      SERVER_ADDRESSES: "host.example",
    });
    expect(problems).toMatchObject([{ variable: "SERVER_ADDRESSES" }]);
  });

  test("is frozen to its depths", () => {
    const config = readConfig(complete);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.networks[0]?.database)).toBe(true);
    expect(Object.isFrozen(config.networks[0]?.secrets)).toBe(true);
  });

  test("takes an empty variable as one that is not set", () => {
    const empty = { PORT: "", REDIS_URL: "", WU_SERVER_PILOT_API_KEY: "" };
    expect(readConfig({ ...complete, ...empty })).toEqual(readConfig(complete));
  });

  test.each<[string, string, unknown]>([
    ["HOST", "::1", { host: "::1" }],
    ["PORT", "0", { port: 0 }],
    ["LOG_LEVEL", "debug", { logLevel: "debug" }],
    ["LOG_FORMAT", "pretty", { logFormat: "pretty" }],
    ["RESYNC_SECONDS", "60", { resyncMs: 60_000 }],
    ["SSL_POLL_SECONDS", "0.25", { sslPollMs: 250 }],
    ["SSL_WINDOW_SECONDS", "60", { sslWindowMs: 60_000 }],
    [
      "DNS_SERVERS",
      "192.0.2.1, 127.0.0.1:5353 [::1]:53 ::1",
      { dnsServers: ["192.0.2.1", "127.0.0.1:5353", "[::1]:53", "::1"] },
    ],
    [
      "SSL_PROBE_ADDRESS",
      "[2001:db8::1]:8443",
      { sslProbeAddress: { host: "2001:db8::1", port: 8443 } },
    ],
    [
      "HTTP_PROBE_ADDRESS",
      "127.0.0.1:8080",
      { httpProbeAddress: { host: "127.0.0.1", port: 8080 } },
    ],
    [
      "WORLD_PROBE_ADDRESSES",
      "127.0.0.1:8080, [::1]:8443",
      {
        worldProbeAddresses: {
          http: { host: "127.0.0.1", port: 8080 },
          https: { host: "::1", port: 8443 },
        },
      },
    ],
    [
      "SERVERPILOT_API_URL",
      "http://127.0.0.1:9000/v1/",
      { serverPilotApiUrl: "http://127.0.0.1:9000/v1" },
    ],
    ["PASS_CONCURRENCY", "3", { passConcurrency: 3 }],
    ["REDIS_URL", "redis://:pw@h:6379", { redisUrl: "redis://:pw@h:6379" }],
  ])("reads %s=%s", (variable, value, expected) => {
    expect(readConfig({ ...complete, [variable]: value })).toMatchObject(
      expected as object,
    );
  });

  test("reads several secrets and the credentials that win over the plugin's", () => {
    const second = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    const { networks } = readConfig({
      ...complete,
      SIDECAR_SECRET: `${secret}  ${second}\n`,
      WU_SERVER_PILOT_CLIENT_ID: "cid",
      WU_SERVER_PILOT_API_KEY: "key",
      WU_SERVER_PILOT_APP_ID: "app",
    });
    expect(networks[0]).toMatchObject({
      secrets: [secret, second],
      credentials: { clientId: "cid", apiKey: "key", appId: "app" },
    });
  });

  test.each<[string, string]>([
    ["HOST", "not a host"],
    ["PORT", "65536"],
    ["PORT", "8787abc"],
    ["PORT", "-1"],
    ["LOG_LEVEL", "loud"],
    ["RESYNC_SECONDS", "0"],
    ["RESYNC_SECONDS", "NaN"],
    ["DEBOUNCE_MS", "1e3"],
    ["DEBOUNCE_MAX_MS", "100"],
    ["SSL_POLL_SECONDS", "0"],
    ["SSL_WINDOW_SECONDS", "0"],
    ["SSL_WINDOW_SECONDS", "60,90"],
    ["SSL_PROBE_ADDRESS", "example.com"],
    ["SSL_PROBE_ADDRESS", "example.com:0"],
    ["SSL_PROBE_ADDRESS", "[example.com]:443"],
    ["HTTP_PROBE_ADDRESS", "127.0.0.1"],
    ["WORLD_PROBE_ADDRESSES", "127.0.0.1:80"],
    ["WORLD_PROBE_ADDRESSES", "127.0.0.1:80,127.0.0.1:443,127.0.0.1:1"],
    ["DNS_SERVERS", "dns.example"],
    ["DNS_SERVERS", ","],
    ["SERVERPILOT_API_URL", "api.serverpilot.io"],
    ["SERVERPILOT_API_URL", "ftp://h"],
    ["SERVERPILOT_CALLS_PER_MINUTE", "0"],
    ["REDIS_URL", "http://h"],
    ["METRICS_TOKEN", "short"],
    ["DB_HOST", "local host"],
    ["DB_NAME", "a`b"],
    ["DB_TLS", "yes"],
    ["TABLE_PREFIX", "wp-"],
    ["TABLE_PREFIX", "x".repeat(49)],
    ["SIDECAR_SECRET", "short"],
    ["SIDECAR_SECRET", `${secret} short`],
    ["SIDECAR_SECRET", "whsec_tooshort"],
    ["SIDECAR_SECRET", `whsec_${"-".repeat(40)}`],
    ["SIDECAR_SECRET", `whsec_${Buffer.alloc(65).toString("base64")}`],
    ["WORDPRESS_URL", "network.example"],
    ["WORDPRESS_URL", "https://user:pw@network.example"],
    ["WORDPRESS_URL", "https://network.example/?a=b"],
  ])("refuses %s=%s and names the variable and its rule", (variable, value) => {
    const { problems } = problemsOf({ ...complete, [variable]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.variable).toBe(variable);
    expect(problems[0]?.text).toMatch(/^must be .+, but /);
  });

  describe("the database's encryption", () => {
    const folder = mkdtempSync(join(tmpdir(), "environment-"));
    const ca = join(folder, "ca.pem");
    const { caPem } = sharedAuthority();
    beforeAll(() => {
      writeFileSync(ca, caPem);
      writeFileSync(join(folder, "text.pem"), "no certificate");
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    const remote = { ...complete, DB_HOST: "db.example" };
    const tls = (more: Record<string, string>) =>
      readConfig({ ...remote, ...more }).networks[0]?.database.tls;

    test("is off, required or verified, with the CA's file read at once", () => {
      expect(tls({})).toBeUndefined();
      expect(tls({ DB_TLS: "required" })).toEqual({ verified: false });
      expect(tls({ DB_TLS: "verified" })).toEqual({ verified: true });
      expect(tls({ DB_TLS: "verified", DB_TLS_CA: ca })).toEqual({
        verified: true,
        ca: caPem,
      });
    });

    test.each<[string, Record<string, string>, string]>([
      ["a CA that is not used", { DB_TLS_CA: ca }, "must be left out"],
      [
        "an address, which no public CA's certificate names",
        { DB_TLS: "verified", DB_HOST: "192.0.2.1" },
        "must be the file of the database's own CA",
      ],
      [
        "a file that is none of certificates",
        { DB_TLS: "verified", DB_TLS_CA: join(folder, "text.pem") },
        "must be the path of a file with certificates",
      ],
      [
        "a file that is missing",
        { DB_TLS: "verified", DB_TLS_CA: join(folder, "none.pem") },
        "must be the path of a file with certificates",
      ],
    ])("refuses %s", (_, more, words) => {
      const { problems } = problemsOf({ ...remote, ...more });
      expect(problems).toMatchObject([{ variable: "DB_TLS_CA" }]);
      expect(problems[0]?.text).toContain(words);
    });
  });

  test("names every problem at once, missing variables included", () => {
    const error = problemsOf({ PORT: "x", LOG_LEVEL: "loud" });
    expect(error.problems.map(({ variable }) => variable).sort()).toEqual(
      [
        "DB_HOST",
        "DB_NAME",
        "DB_USER",
        "LOG_LEVEL",
        "PORT",
        "SIDECAR_SECRET",
        "WORDPRESS_URL",
      ].sort(),
    );
    expect(error.message).toContain("PORT: must be a whole number from 0");
    expect(error.message).toContain("DB_HOST: must be host, host:port");
    expect(error.message.split("\n")).toHaveLength(8);
  });

  test.each([
    ["SIDECAR_SECRET", "canary-secret"],
    ["METRICS_TOKEN", "canary-secret"],
    ["REDIS_URL", "http://:canary-secret@h"],
    ["WORDPRESS_URL", "https://u:canary-secret@h"],
    ["SERVERPILOT_API_URL", "https://u:canary-secret@h"],
  ])("never repeats the secret in a bad %s", (variable, value) => {
    const { message } = problemsOf({ ...complete, [variable]: value });
    expect(message).toContain(variable);
    expect(message).not.toContain("canary-secret");
  });
});
