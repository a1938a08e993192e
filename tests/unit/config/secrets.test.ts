import {
  secretsOfNetwork,
  secretsOfProcess,
} from "../../../sidecar/config/config";

test("the metrics' token and the password of Redis, as written and as meant, are kept out of the log", () => {
  const redisUrl = "rediss://user:p%40ss-word@redis.example:6379/1";
  const metricsToken = "token-of-the-metrics";
  expect(secretsOfProcess({ metricsToken, redisUrl })).toEqual([
    ...["token-of-the-metrics", "p%40ss-word", "p@ss-word"],
  ]);
});

test("a process without Redis and token has nothing to hide", () => {
  const nothing = { metricsToken: undefined, redisUrl: undefined };
  expect(secretsOfProcess(nothing)).toEqual([]);
  expect(
    secretsOfProcess({ ...nothing, redisUrl: "redis://localhost" }),
  ).toEqual([]);
});

test("a network's secrets, its database's password and its credentials are kept out of the log", () => {
  expect(
    secretsOfNetwork({
      secrets: ["old", "new"],
      database: { host: "h", name: "n", user: "u", password: "database" },
      credentials: { clientId: "cid", apiKey: "key", appId: "app" },
    }),
  ).toEqual(["old", "new", "database", "cid", "key"]);
});
