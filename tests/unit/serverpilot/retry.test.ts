import { withRetries } from "../../../sidecar/serverpilot/retry";
import { createFakeClock } from "../fake-clock";
import {
  appAnswer,
  closeAll,
  connect,
  errorOf,
  passBackoffs,
  writtenAnswer,
} from "./fixture";
import { json, raw, reset, silence, type Reply } from "./scripted-api";

afterEach(closeAll);

const trouble: [string, Reply, string][] = [
  [
    "a 500",
    json(500, { error: { message: "oops" } }),
    "serverpilot-unavailable",
  ],
  [
    "a proxy's 502 page",
    raw(502, "<h1>Bad Gateway</h1>"),
    "serverpilot-unavailable",
  ],
  [
    "an HTML page with status 200",
    raw(200, "<h1>Hello</h1>"),
    "serverpilot-unreadable",
  ],
  [
    "a firewall's 403 page",
    raw(403, "<h1>Blocked</h1>"),
    "serverpilot-unreadable",
  ],
  ["an empty body", raw(200, ""), "serverpilot-unreadable"],
  ["half an answer", raw(200, '{"data": {"id'), "serverpilot-unreadable"],
  [
    "JSON of another shape",
    json(200, { hello: "world" }),
    "serverpilot-unreadable",
  ],
  ["a cut connection", reset, "serverpilot-unavailable"],
  [
    "a conflict",
    json(409, { error: { message: "busy" } }),
    "serverpilot-conflict",
  ],
];

describe("reads", () => {
  it.each(trouble)("are repeated after %s", async (_title, reply) => {
    const { client, clock } = await connect([
      reply,
      reply,
      json(200, appAnswer),
    ]);
    const app = client.getApp();
    await passBackoffs(clock, 500, 1000);
    expect((await app).id).toBe("app1");
    expect(client.calls).toBe(3);
  });

  it.each(trouble)(
    "end with the reason when %s lasts",
    async (_title, reply, reason) => {
      const { client, clock } = await connect([reply]);
      const error = errorOf(client.getApp());
      await passBackoffs(clock, 500, 1000, 2000);
      expect(await error).toMatchObject({ name: "TransientError", reason });
      expect(client.calls).toBe(4);
    },
  );

  it("are repeated after a time-out", async () => {
    const { client, clock, api } = await connect([
      silence,
      json(200, appAnswer),
    ]);
    const app = client.getApp();
    await api.received(1);
    await clock.advance(15_000);
    await passBackoffs(clock, 500);
    expect((await app).id).toBe("app1");
  });

  it("say how long they waited in vain", async () => {
    const { client, clock, api } = await connect([silence], {
      retries: 0,
      timeoutMs: 4000,
    });
    const error = errorOf(client.getApp());
    await api.received(1);
    await clock.advance(4000);
    expect(await error).toMatchObject({
      name: "TransientError",
      reason: "serverpilot-unavailable",
      params: { detail: "no answer in 4 s" },
    });
  });

  it.each([401, 402, 403, 404])(
    "are not repeated after a %i, which only a person can mend",
    async (status) => {
      const { client } = await connect([
        json(status, { error: { message: "no" } }),
      ]);
      expect(await errorOf(client.getApp())).toMatchObject({
        name: "PermanentError",
      });
      expect(client.calls).toBe(1);
    },
  );
});

describe("writes", () => {
  it.each(trouble)(
    "are never blindly repeated after %s",
    async (_title, reply, reason) => {
      const { client } = await connect([reply, json(200, writtenAnswer)]);
      const error = await errorOf(client.replaceDomains(["a.example"]));
      // A firewall's page and a conflict are no exceptions: the pass reads the list and decides.
      expect(error).toMatchObject({ reason });
      expect(client.calls).toBe(1);
    },
  );

  it("are not repeated after a time-out either", async () => {
    const { client, clock, api } = await connect([silence]);
    const error = errorOf(client.enableAutoSsl());
    await api.received(1);
    await clock.advance(15_000);
    expect(await error).toMatchObject({ name: "TransientError" });
    expect(client.calls).toBe(1);
  });

  it("are sent again when ServerPilot asked for fewer requests, for then it did nothing", async () => {
    const { client, clock } = await connect([
      json(429, { error: { message: "slow down" } }, { "retry-after": "7" }),
      json(200, writtenAnswer),
    ]);
    const written = client.enableAutoSsl();
    await passBackoffs(clock, 7000);
    expect(await written).toEqual({ actionId: "action1" });
  });

  it("of the list are never sent again, for a person may have changed it while they waited", async () => {
    const { client } = await connect([
      json(429, { error: { message: "slow down" } }, { "retry-after": "7" }),
      json(200, writtenAnswer),
    ]);
    expect(await errorOf(client.replaceDomains(["a.example"]))).toMatchObject({
      reason: "serverpilot-rate-limited",
      retryAfterMs: 7000,
    });
    expect(client.calls).toBe(1);
  });

  it("are sent again when no connection came about", async () => {
    const { client, clock, api } = await connect([]);
    await api.close();
    const error = errorOf(client.enableAutoSsl());
    await passBackoffs(clock, 500, 1000, 2000);
    expect(await error).toMatchObject({
      reason: "serverpilot-unavailable",
      params: { detail: "ECONNREFUSED" },
    });
    expect(client.calls).toBe(4);
  });
});

describe("Retry-After", () => {
  it("is waited for when it is longer than the backoff", async () => {
    const { client, clock } = await connect([
      raw(503, "", { "retry-after": "60" }),
      json(200, appAnswer),
    ]);
    const app = client.getApp();
    await passBackoffs(clock, 60_000);
    expect((await app).id).toBe("app1");
  });

  it("is understood as a date", async () => {
    const date = new Date(createFakeClock().now() + 20_000).toUTCString();
    const { client, clock } = await connect([
      raw(429, "", { "retry-after": date }),
      json(200, appAnswer),
    ]);
    const app = client.getApp();
    await passBackoffs(clock, 20_000);
    expect((await app).id).toBe("app1");
  });

  it("is left to the pass when it is longer than a minute", async () => {
    const { client } = await connect([raw(429, "", { "retry-after": "61" })]);
    expect(await errorOf(client.getApp())).toMatchObject({
      reason: "serverpilot-rate-limited",
      retryAfterMs: 61_000,
    });
    expect(client.calls).toBe(1);
  });
});

describe("withRetries", () => {
  it("never treats a bug as weather", async () => {
    const attempt = jest.fn(() => Promise.reject(new TypeError("bug")));
    const options = {
      clock: createFakeClock(),
      retries: 3,
      random: () => 0,
      mayRepeat: () => true,
    };
    expect(await errorOf(withRetries(attempt, options))).toBeInstanceOf(
      TypeError,
    );
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it("spreads the tries by full jitter", async () => {
    const { client, clock } = await connect(
      [json(500, {}), json(200, appAnswer)],
      { random: () => 0.25 },
    );
    const app = client.getApp();
    await passBackoffs(clock, 125);
    expect((await app).id).toBe("app1");
  });

  it("ends its waiting when the sidecar stops", async () => {
    const stop = new AbortController();
    const { client, clock } = await connect([json(500, {})], {
      signal: stop.signal,
    });
    const error = errorOf(client.getApp());
    await clock.whenScheduled(500);
    stop.abort();
    expect(await error).toMatchObject({
      name: "TransientError",
      reason: "stopped",
    });
    expect(clock.pending()).toEqual([]);
  });
});
