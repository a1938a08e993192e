import { inspect } from "node:util";
import { createBudget } from "../../../sidecar/serverpilot/budget";
import { createFakeClock } from "../fake-clock";
import {
  API_KEY,
  appAnswer,
  CLIENT_ID,
  closeAll,
  connect,
  errorOf,
  go,
  PRIVATE_KEY,
  writtenAnswer,
} from "./fixture";
import { json, raw, reset } from "./scripted-api";

afterEach(closeAll);

describe("the ServerPilot client", () => {
  it("describes the app and drops its private key", async () => {
    const { client, api } = await connect([json(200, appAnswer)]);
    const app = await client.getApp();
    expect(app).toEqual({
      id: "app1",
      name: "network",
      serverId: "server1",
      runtime: "php8.3",
      domains: ["network.example", "shop.example"],
      sslUnreadable: false,
      ssl: { auto: true, force: false, custom: false },
      autossl: { available: true, domains: ["network.example"] },
    });
    expect(api.seen[0]).toMatchObject({ method: "GET", path: "/v1/apps/app1" });
    expect(api.seen[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`${CLIENT_ID}:${API_KEY}`).toString("base64")}`,
    );
  });

  it("replaces the list as a JSON array and gives the action to follow", async () => {
    const { client, api } = await connect([json(200, writtenAnswer)]);
    const written = await client.replaceDomains(["a.example", "b.example"], go);
    expect(written).toEqual({ actionId: "action1" });
    expect(api.seen[0]).toMatchObject({
      method: "POST",
      path: "/v1/apps/app1",
      body: '{"domains":["a.example","b.example"]}',
    });
    expect(api.seen[0]?.headers["content-type"]).toMatch(/^application\/json/);
  });

  it("has no action to follow where ServerPilot had nothing to configure", async () => {
    const { client } = await connect([json(200, appAnswer)]);
    expect(await client.replaceDomains([], go)).toEqual({ actionId: null });
  });

  it("enables AutoSSL and ForceSSL in calls of their own, with booleans", async () => {
    const { client, api } = await connect([json(200, writtenAnswer)]);
    await client.enableAutoSsl(go);
    await client.setForceSsl(true, go);
    expect(
      api.seen.map(({ method, path, body }) => [method, path, body]),
    ).toEqual([
      ["POST", "/v1/apps/app1/ssl", '{"auto":true}'],
      ["POST", "/v1/apps/app1/ssl", '{"force":true}'],
    ]);
  });

  it("reads actions and servers", async () => {
    const { client, api } = await connect([
      json(200, { data: { id: "a/1", status: "open" } }),
      json(200, { data: { id: "s1", name: "web", lastaddress: "192.0.2.7" } }),
    ]);
    expect(await client.getAction("a/1")).toBe("open");
    expect(await client.getServer("s1")).toEqual({
      id: "s1",
      name: "web",
      lastAddress: "192.0.2.7",
    });
    expect(api.seen.map(({ path }) => path)).toEqual([
      "/v1/actions/a%2F1",
      "/v1/servers/s1",
    ]);
  });

  it("keeps its connection for the next call", async () => {
    const { client, api } = await connect([json(200, appAnswer)]);
    await client.getApp();
    await client.getApp();
    expect(api.seen[1]?.socket).toBe(api.seen[0]?.socket);
  });

  it("says in ServerPilot's words why AutoSSL was refused", async () => {
    const { client } = await connect([
      json(400, { error: { message: "AutoSSL is not available." } }),
    ]);
    await expect(client.enableAutoSsl(go)).rejects.toMatchObject({
      name: "PermanentError",
      reason: "autossl-refused",
      params: { message: "AutoSSL is not available." },
    });
  });

  it("follows no redirect, which would carry the key along", async () => {
    const { client, api } = await connect([
      raw(302, "", { location: "/v1/apps/other" }),
    ]);
    await expect(client.getApp()).rejects.toMatchObject({
      reason: "serverpilot-unavailable",
      params: { detail: "HTTP 302" },
    });
    expect(api.seen).toHaveLength(1);
  });

  it("goes straight to ServerPilot whatever proxy the environment names", async () => {
    const before = process.env["HTTP_PROXY"];
    process.env["HTTP_PROXY"] = "http://127.0.0.1:1";
    try {
      const { client } = await connect([json(200, appAnswer)]);
      expect((await client.getApp()).id).toBe("app1");
    } finally {
      if (before === undefined) delete process.env["HTTP_PROXY"];
      else process.env["HTTP_PROXY"] = before;
    }
  });

  it("stops reading an answer that is absurdly large", async () => {
    const { client } = await connect([
      raw(200, JSON.stringify({ data: "x".repeat(6 * 1024 * 1024) })),
    ]);
    await expect(client.getApp()).rejects.toMatchObject({
      reason: "serverpilot-unreadable",
      params: { detail: "answer too large" },
    });
  });

  it.each([
    [
      "a refusal that repeats them",
      json(400, { error: { message: `no ${API_KEY} for ${CLIENT_ID}` } }),
    ],
    [
      "a wrong shape beside the private key",
      json(200, { data: { ...appAnswer.data, domains: PRIVATE_KEY } }),
    ],
    ["a cut connection", reset],
    ["HTML", raw(200, `<h1>${API_KEY}</h1>`)],
    ["malformed JSON", raw(200, `{"data": "${PRIVATE_KEY}`)],
  ])("keeps every secret out of the error after %s", async (_title, reply) => {
    const { client } = await connect([reply]);
    const error = await errorOf(client.getApp());
    const everything = inspect(error, { depth: 20, showHidden: true });
    const basic = Buffer.from(`${CLIENT_ID}:${API_KEY}`).toString("base64");
    for (const secret of [API_KEY, CLIENT_ID, basic, "canary-0815"]) {
      expect(everything).not.toContain(secret);
    }
  });
});

describe("a write", () => {
  it("is sent once, whatever comes back", async () => {
    for (const reply of [json(500, {}), json(429, {}), reset]) {
      const { client, api } = await connect([reply]);
      await errorOf(client.replaceDomains(["a.example"], go));
      expect(api.seen).toHaveLength(1);
    }
  });

  it("is not sent where what is asked right before says no", async () => {
    const { client, api } = await connect([json(200, writtenAnswer)]);
    const no = new Error("the lock is lost");
    const sent = client.replaceDomains(["a.example"], () => Promise.reject(no));
    expect(await errorOf(sent)).toBe(no);
    expect(api.seen).toHaveLength(0);
  });

  it("asks once the budget has been had, so that no wait lies between", async () => {
    const order: string[] = [];
    const budget = {
      spend: () => Promise.resolve(void order.push("budget")),
    };
    const { client } = await connect([json(200, writtenAnswer)], { budget });
    await client.replaceDomains([], () =>
      Promise.resolve(void order.push("lock")),
    );
    expect(order).toEqual(["budget", "lock"]);
  });
});

describe("an app whose SSL is described otherwise than documented", () => {
  it.each([
    ["autossl as a boolean", { autossl: true }],
    ["ssl without auto", { ssl: { key: PRIVATE_KEY, cert: "c" } }],
    ["autossl as a list", { autossl: [] }],
  ])("keeps its domains: %s", async (_title, over) => {
    const { client } = await connect([
      json(200, { data: { ...appAnswer.data, ...over } }),
    ]);
    const app = await client.getApp();
    expect(app.domains).toEqual(appAnswer.data.domains);
    expect(app.sslUnreadable).toBe(true);
    expect(JSON.stringify(app)).not.toContain("canary-0815");
  });
});

it("says that an action is unknown rather than failing", async () => {
  const { client } = await connect([json(404, { error: { message: "no" } })]);
  expect(await client.getAction("gone")).toBe("unknown");
});

it("lists the apps of the account without their keys", async () => {
  const { client } = await connect([json(200, { data: [appAnswer.data] })]);
  expect(await client.getApps()).toEqual([
    {
      id: "app1",
      name: "network",
      serverId: "server1",
      domains: ["network.example", "shop.example"],
    },
  ]);
});

describe("a client whose budget is spent", () => {
  it("sends nothing and tells the pass how long to wait", async () => {
    const clock = createFakeClock();
    const budget = createBudget({ clock, perMinute: 1 });
    const { client, api } = await connect([json(200, appAnswer)], { budget });
    await client.getApp();
    const error = await errorOf(client.getApp());
    expect(error).toMatchObject({
      name: "NotAppliedError",
      reason: "serverpilot-budget-spent",
    });
    expect((error as { retryAfterMs?: number }).retryAfterMs).toBeGreaterThan(
      55_000,
    );
    expect([api.seen.length, client.calls]).toEqual([1, 1]);
  });
});
