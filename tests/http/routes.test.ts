import supertest from "supertest";
import { TransientError } from "../../sidecar/errors";
import {
  createFixture,
  history,
  one,
  oneEvent,
  preview,
  report,
  status,
} from "./fixture";

const base = "/v1/networks/default";
const correlated = { headers: { "x-correlation-id": "corr-1" } };

describe("the addresses of a network", () => {
  test("PUT registers what WordPress knows, with defaults for the rest", async () => {
    const { send, network } = createFixture();
    const body = {
      clientId: "cid",
      apiKey: "key",
      appId: "app",
      wwwPolicy: "main_only",
      wwwOverrides: { "a.example": false },
      sslMaxTries: 7,
    };
    const response = await send({
      method: "PUT",
      path: base,
      body,
      ...correlated,
    });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      network: "default",
      registered: true,
      version: "1.2.3",
      features: expect.arrayContaining(["names"]) as unknown,
    });
    expect(network.calls).toEqual([
      [
        "register",
        expect.objectContaining({ ...body, excluded: [], forceSsl: false }),
        "corr-1",
      ],
    ]);
  });

  test("POST events accepts hints and says how many", async () => {
    const { send, network } = createFixture();
    const events = [...oneEvent.events, { type: "settings.changed" }];
    const response = await send({ body: { events }, ...correlated });
    expect(response.status).toBe(202);
    expect(response.body).toEqual({ accepted: 2 });
    expect(network.calls).toEqual([["accept", events, "corr-1"]]);
  });

  test.each([
    ["no event", { events: [] }],
    ["1001 events", { events: Array(1001).fill({ type: "resync" }) }],
    ["a list", []],
    ["null", null],
  ])("POST events refuses %s", async (_what, body) => {
    const { send, network } = createFixture();
    await send({ body: JSON.stringify(body) }).expect(422);
    expect(network.calls).toEqual([]);
  });

  test("POST sync shows the plan in a dry run and changes nothing", async () => {
    const { send, network } = createFixture();
    const response = await send({
      path: `${base}/sync`,
      body: { dryRun: true },
    });
    expect(response.status).toBe(200);
    expect(response.body).toEqual(preview);
    expect(network.calls).toEqual([["preview"]]);
  });

  test("POST sync starts a pass with the checksum, approval and names given", async () => {
    const { send, network } = createFixture();
    const wish = {
      checksum: "c1",
      force: true,
      retry: ["a.example"],
      addNetworkDomain: false,
    };
    const response = await send({
      path: `${base}/sync`,
      body: wish,
      ...correlated,
    });
    expect(response.status).toBe(202);
    expect(response.body).toEqual({ started: true });
    expect(network.calls).toEqual([["sync", wish, "corr-1"]]);
  });

  test("POST sync approves nothing without the checksum of what was seen", async () => {
    const { send, network } = createFixture();
    await send({ path: `${base}/sync`, body: { force: true } }).expect(422);
    expect(network.calls).toEqual([]);
  });

  test("POST check gives the report", async () => {
    const { send } = createFixture();
    const response = await send({ path: `${base}/check`, body: {} });
    expect(response.status).toBe(200);
    expect(response.body).toEqual(report);
  });

  test.each([
    ["GET", "/status", status, ["status", true]],
    ["GET", "/status?names=0", status, ["status", false]],
    ["GET", "/names/shop.example.com", one, ["name", "shop.example.com"]],
    ["GET", "/history", history, ["history", 50]],
    ["GET", "/history?limit=7", history, ["history", 7]],
  ])(
    "%s %s answers with what the network says",
    async (method, path, body, call) => {
      const { send, network } = createFixture();
      const response = await send({ method, path: base + path });
      expect(response.status).toBe(200);
      expect(response.body).toEqual(body);
      expect(network.calls).toEqual([call]);
    },
  );

  test.each(["0", "501", "ten", "1.5"])(
    "GET history refuses limit=%s",
    async (limit) => {
      const { send } = createFixture();
      await send({
        method: "GET",
        path: `${base}/history?limit=${limit}`,
      }).expect(422);
    },
  );

  test("GET is signed with its query", async () => {
    const { app, send } = createFixture();
    const signed = send({ method: "GET", path: `${base}/history?limit=7` });
    const { header } = signed as unknown as { header: Record<string, string> };
    await signed.expect(200);
    await supertest(app).get(`${base}/history?limit=8`).set(header).expect(401);
  });
});

describe("every answer", () => {
  test("carries the correlation id that came, or one that was made", async () => {
    const { send } = createFixture();
    const given = await send({ body: oneEvent, ...correlated });
    expect(given.get("x-correlation-id")).toBe("corr-1");
    const bad = await send({
      body: oneEvent,
      headers: { "x-correlation-id": "no spaces, please" },
    });
    expect(bad.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("is not cached, not sniffed and does not name the framework", async () => {
    const { send } = createFixture();
    const response = await send({ body: oneEvent });
    expect(response.get("cache-control")).toBe("no-store");
    expect(response.get("x-content-type-options")).toBe("nosniff");
    expect(response.get("x-powered-by")).toBeUndefined();
  });

  test("leaves one line in the log, with reason where it was refused", async () => {
    const { send, log } = createFixture();
    await send({ body: oneEvent, ...correlated }).expect(202);
    await send({ method: "GET", path: `${base}/history?limit=0` }).expect(422);
    expect(log).toMatchObject([
      {
        message: "request answered",
        level: "info",
        method: "POST",
        path: `${base}/events`,
        status: 202,
        correlationId: "corr-1",
      },
      { path: `${base}/history`, status: 422, reason: "body-invalid" },
    ]);
  });

  test("warns of a wrong signature, with what to do", async () => {
    const { send, log } = createFixture();
    await send({
      body: oneEvent,
      secrets: ["a-secret-that-no-network-has-01234567"],
    });
    expect(log).toMatchObject([
      { level: "warn", status: 401, reason: "signature-invalid" },
    ]);
    expect(log[0]).toHaveProperty("remedy", expect.stringContaining("SIDECAR"));
  });
});

describe("health", () => {
  test("/livez answers without a signature, whatever the parts do", async () => {
    const { app } = createFixture({
      ready: () => Promise.resolve({ ok: false, detail: "database" }),
    });
    const response = await supertest(app).get("/livez").expect(200);
    expect(response.body).toEqual({ ok: true });
  });

  test("/readyz follows the parts, asked at most once a second", async () => {
    let ok = true;
    let asked = 0;
    const { app, clock } = createFixture({
      ready: () => {
        asked += 1;
        return Promise.resolve({ ok, detail: { default: ok } });
      },
    });
    await supertest(app)
      .get("/readyz")
      .expect(200, { ok: true, detail: { default: true } });
    ok = false;
    await supertest(app).get("/readyz").expect(200);
    await clock.advance(1000);
    await supertest(app)
      .get("/readyz")
      .expect(503, { ok: false, detail: { default: false } });
    expect(asked).toBe(2);
  });

  test("/readyz says no while stopping and 503 when asking fails", async () => {
    const stopping = createFixture({ stopping: () => true });
    await supertest(stopping.app)
      .get("/readyz")
      .expect(503, { ok: false, detail: "stopping" });
    const failing = createFixture({
      ready: () =>
        Promise.reject(
          new TransientError("database-unreachable", { code: "x" }),
        ),
    });
    const response = await supertest(failing.app).get("/readyz").expect(503);
    expect(response.body).toMatchObject({ code: "database-unreachable" });
  });

  test("only reads are possible", async () => {
    const { app } = createFixture();
    const response = await supertest(app).post("/livez").expect(405);
    expect(response.get("allow")).toBe("GET, HEAD");
  });
});
