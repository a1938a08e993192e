import type { Express } from "express";
import supertest from "supertest";
import { createFixture, oneEvent } from "./fixture";

const token = "a-metrics-token-0123";

const read = (app: Express, headers: Record<string, string> = {}) =>
  supertest(app).get("/metrics").set(headers);

describe("/metrics", () => {
  test("is for this machine where there is no token", async () => {
    const { app } = createFixture();
    const response = await read(app).expect(200);
    expect(response.text).toBe("page 1\n");
    expect(response.get("content-type")).toContain("version=0.0.4");
  });

  test.each(["x-forwarded-for", "forwarded", "x-real-ip"])(
    "is not for those whom a proxy on this machine lets through (%s)",
    async (header) => {
      const { app } = createFixture();
      const response = await read(app, { [header]: "203.0.113.9" });
      expect(response.status).toBe(403);
      expect(response.body).toMatchObject({ code: "metrics-forbidden" });
      expect(response.text).not.toContain("page 1");
    },
  );

  test("is for whoever has the token, wherever from", async () => {
    const { app } = createFixture({ metricsToken: token });
    const headers = {
      authorization: `Bearer ${token}`,
      "x-forwarded-for": "203.0.113.9",
    };
    await read(app, headers).expect(200, "page 1\n");
  });

  test.each(["", `Bearer ${token}x`, `Basic ${token}`, token, "Bearer "])(
    "refuses %j where there is a token",
    async (authorization) => {
      const { app } = createFixture({ metricsToken: token });
      const response = await read(app, authorization ? { authorization } : {});
      expect(response.status).toBe(401);
      expect(response.get("www-authenticate")).toBe("Bearer");
      expect(response.body).toMatchObject({ code: "metrics-token-wrong" });
    },
  );

  test("can only be read", async () => {
    const { app } = createFixture();
    await supertest(app).post("/metrics").expect(405);
  });
});

describe("what is counted of requests", () => {
  test("is the pattern of the address, never the address", async () => {
    const { app, send, answered } = createFixture();
    await send({ body: oneEvent }).expect(202);
    await send({ method: "GET", path: "/v1/networks/default/status" });
    await send({ path: "/v1/networks/default/nothing", body: {} }).expect(404);
    await supertest(app).get("/.env").expect(404);
    await supertest(app).get("/livez").expect(200);
    expect(answered).toMatchObject([
      { method: "POST", route: "/v1/networks/:id/events", status: 202 },
      { method: "GET", route: "/v1/networks/:id/status", status: 200 },
      { method: "POST", route: "unknown", status: 404 },
      { method: "GET", route: "unknown", status: 404 },
      { method: "GET", route: "/livez", status: 200 },
    ]);
  });
});
