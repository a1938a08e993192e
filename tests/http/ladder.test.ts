import {
  type KnownError,
  PermanentError,
  TransientError,
} from "../../sidecar/errors";
import { BODY_LIMIT } from "../../sidecar/http/app";
import { createLimits } from "../../sidecar/http/limits";
import {
  createFixture,
  oneEvent,
  otherSecret,
  type SentRequest,
} from "./fixture";

const stranger = ["a-secret-that-no-network-has-01234567"];
const tooLarge = `{"pad":"${"x".repeat(BODY_LIMIT)}"}`;

/** Each rung alone, in the order of the ladder. */
const rungs: [number, string, SentRequest][] = [
  [413, "body-too-large", { body: tooLarge }],
  [
    415,
    "body-not-json",
    { body: "a=b", headers: { "content-type": "text/plain" } },
  ],
  [
    401,
    "signature-missing",
    { body: oneEvent, headers: { "webhook-signature": "" } },
  ],
  [401, "signature-invalid", { body: oneEvent, secrets: stranger }],
  [401, "signature-expired", { body: oneEvent, late: 301 }],
  [401, "signature-expired", { body: oneEvent, late: -301 }],
  [409, "request-replayed", { body: oneEvent, id: "msg_seen" }],
  [400, "body-malformed", { body: '{"events":' }],
  [400, "body-malformed", { body: "" }],
  [
    404,
    "network-unknown",
    { path: "/v1/networks/none/events", body: oneEvent },
  ],
  [404, "route-unknown", { path: "/v1/networks/default/nothing", body: {} }],
  [422, "body-invalid", { body: { events: [{ type: "unheard.of" }] } }],
];

describe("the ladder of refusals", () => {
  test.each(rungs)("has a rung %i %s", async (status, code, request) => {
    const { send, network } = createFixture();
    await send({ body: oneEvent, id: "msg_seen" }).expect(202);
    const response = await send(request);
    expect(response.status).toBe(status);
    expect(response.type).toBe("application/problem+json");
    expect(response.body).toMatchObject({ type: "about:blank", status, code });
    expect(Object.values(response.body as object)).not.toContain("");
    expect(network.calls).toHaveLength(1);
  });

  test.each<[number, number, SentRequest]>([
    [413, 415, { body: tooLarge, headers: { "content-type": "text/plain" } }],
    [
      415,
      401,
      {
        body: "x",
        secrets: stranger,
        headers: { "content-type": "text/plain" },
      },
    ],
    [401, 409, { body: oneEvent, secrets: stranger, id: "msg_seen" }],
    [409, 400, { body: "{", id: "msg_seen" }],
    [409, 422, { body: {}, id: "msg_seen" }],
    [404, 422, { path: "/v1/networks/none/events", body: {} }],
  ])("refuses with %i before %i", async (first, _second, request) => {
    const { send } = createFixture();
    await send({ body: oneEvent, id: "msg_seen" }).expect(202);
    await send(request).expect(first);
  });

  test("takes the signature of another network for a wrong one", async () => {
    const { send } = createFixture();
    await send({ body: oneEvent, secrets: [otherSecret] }).expect(401);
  });

  test("tells a stranger nothing about which networks exist", async () => {
    const { send } = createFixture();
    const request = { body: oneEvent, secrets: stranger };
    const known = await send(request);
    const unknown = await send({
      ...request,
      path: "/v1/networks/none/events",
    });
    expect(unknown.status).toBe(known.status);
    expect(unknown.body).toEqual(known.body);
  });

  test.each([
    "PUT /v1/networks/default/events",
    "POST /v1/networks/default/status",
  ])(
    "refuses %s with 405 and the allowed methods, once it is signed",
    async (line) => {
      const { send } = createFixture();
      const [method, path] = line.split(" ") as [string, string];
      const response = await send({ method, path, body: {} }).expect(405);
      expect(response.get("allow")).toBe(
        path.endsWith("status") ? "GET, HEAD" : "POST",
      );
      expect(response.body).toMatchObject({ code: "method-not-allowed" });
      await send({ method, path, body: {}, secrets: stranger }).expect(401);
    },
  );

  test.each(["/", "/v2", "/v1/networks", "/v1/networks/%zz/events", "/.env"])(
    "knows no %s",
    async (path) => {
      const { send } = createFixture();
      const response = await send({ method: "GET", path }).expect(404);
      expect(response.body).toMatchObject({ code: "route-unknown" });
    },
  );

  test("does not decompress what it cannot verify first", async () => {
    const { send } = createFixture();
    const headers = { "content-encoding": "gzip" };
    await send({ body: oneEvent, headers }).expect(415);
  });

  test("names what is wrong with a body without repeating its values", async () => {
    const { send } = createFixture();
    const events = [{ type: "resync" }, { type: "canary", siteId: -1 }];
    const response = await send({ body: { events } }).expect(422);
    expect(response.body).toMatchObject({ code: "body-invalid" });
    const { detail } = response.body as { detail: string };
    expect(detail).toContain("events.1.type");
    expect(detail).toContain("events.1.siteId");
    expect(detail).not.toContain("canary");
  });
});

describe("failures of the work itself", () => {
  test.each<[number, KnownError]>([
    [409, new PermanentError("network-not-registered")],
    [409, new PermanentError("plan-changed")],
    [409, new PermanentError("credentials-missing", { missing: "X" })],
    [502, new PermanentError("serverpilot-credentials-invalid")],
    [503, new TransientError("serverpilot-unavailable", { detail: "500" })],
    [503, new TransientError("database-busy", { code: "1205" })],
    [503, new PermanentError("database-access-denied", { code: "1045" })],
    [503, new PermanentError("table-missing", { table: "t" })],
  ])("are told with %i: %s", async (status, error) => {
    const { send, network } = createFixture();
    network.accept = () => Promise.reject(error);
    const response = await send({ body: oneEvent }).expect(status);
    const { reason, params } = error;
    expect(response.body).toMatchObject({
      status,
      code: reason,
      detail: error.message,
    });
    expect((response.body as { params?: object }).params ?? {}).toEqual(params);
    expect(response.get("retry-after")).toBe(status === 503 ? "5" : undefined);
  });

  test("pass on how long the other side wants to be left alone", async () => {
    const { send, network } = createFixture();
    network.accept = () =>
      Promise.reject(
        new TransientError(
          "serverpilot-rate-limited",
          {},
          { retryAfterMs: 61_500 },
        ),
      );
    const response = await send({ body: oneEvent }).expect(503);
    expect(response.get("retry-after")).toBe("62");
  });

  test("show nothing of a bug, which is logged with the request's id", async () => {
    const { send, network, log } = createFixture();
    network.accept = () => Promise.reject(new TypeError("canary of a bug"));
    const response = await send({
      body: oneEvent,
      headers: { "x-correlation-id": "corr-1" },
    }).expect(500);
    expect(response.body).toMatchObject({ code: "internal-error" });
    expect(response.text).not.toContain("canary");
    expect(log).toContainEqual(
      expect.objectContaining({
        level: "error",
        correlationId: "corr-1",
        error: expect.objectContaining({
          message: "canary of a bug",
        }) as unknown,
      }),
    );
  });
});

describe("too much of anything", () => {
  test("is refused with 429 and a time to wait, network by network", async () => {
    const limits = createLimits({ requestsPerNetwork: 2 });
    const { send } = createFixture({ limits });
    await send({ body: oneEvent }).expect(202);
    await send({ body: oneEvent }).expect(202);
    const response = await send({ body: oneEvent }).expect(429);
    expect(response.body).toMatchObject({ code: "rate-limited" });
    expect(Number(response.get("retry-after"))).toBeGreaterThan(0);
    await send({
      path: "/v1/networks/other/events",
      body: oneEvent,
      secrets: [otherSecret],
    }).expect(202);
  });

  test("does not lock out a good signature when bad ones come from the same address", async () => {
    const limits = createLimits({ failuresPerAddress: 2 });
    const { send } = createFixture({ limits });
    const bad = { body: oneEvent, secrets: stranger };
    await send(bad).expect(401);
    await send(bad).expect(401);
    await send(bad).expect(429);
    await send({ body: oneEvent }).expect(202);
  });

  test("does not begin with 10,000 events of one network", async () => {
    const limits = createLimits();
    const admitted = Array.from({ length: 10_000 }, () =>
      limits.admit({ id: "default" }),
    );
    await expect(Promise.all(admitted)).resolves.toHaveLength(10_000);
  });

  test("is refused with 503 while stopping, to whoever can sign", async () => {
    const { send, network } = createFixture({ stopping: () => true });
    const response = await send({ body: oneEvent }).expect(503);
    expect(response.body).toMatchObject({ code: "shutting-down" });
    expect(response.get("retry-after")).toBe("5");
    await send({ body: oneEvent, secrets: stranger }).expect(401);
    expect(network.calls).toEqual([]);
  });
});
