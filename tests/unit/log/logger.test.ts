import { spawnSync } from "node:child_process";
import { Writable } from "node:stream";
import { createLogger } from "../../../sidecar/log/logger";

function capture(secrets: () => string[] = () => [], isPretty = false) {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = createLogger({ level: "info", secrets, stream, isPretty });
  const last = (): Record<string, unknown> =>
    JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown>;
  return { logger, lines, last };
}

const CANARY = "canary-s3cret/with+signs=";

describe("the logger", () => {
  test("writes one JSON line with time, level, message and the child's context", () => {
    const { logger, lines, last } = capture();
    logger
      .child({ component: "http", network: "default" })
      .info("hello", { count: 2 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(last()).toMatchObject({
      level: "info",
      message: "hello",
      component: "http",
      network: "default",
      count: 2,
    });
    expect(Date.parse(String(last()["timestamp"]))).not.toBeNaN();
  });

  test("writes for people where that is wanted, and keeps secrets out there too", () => {
    const { logger, lines } = capture(() => [CANARY], true);
    logger.warn("domain", { name: "a.example", reason: null, key: CANARY });
    expect(lines.join("")).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z warn {2}domain {2}name="a\.example" {2}key="[^"]*"\n$/,
    );
    expect(lines.join("")).not.toContain(CANARY);
  });

  test("leaves out what is below its level", () => {
    const { logger, lines } = capture();
    logger.debug("quiet");
    expect(lines).toEqual([]);
  });

  test("does not let meta take the place of message, level or time", () => {
    const { logger, last } = capture();
    logger.info("mine", { message: "theirs", level: "error" });
    expect(last()).toMatchObject({
      message: "mine",
      level: "info",
      message_: "theirs",
      level_: "error",
    });
  });

  test.each<[string, string, Record<string, unknown>]>([
    ["the message", `failed with ${CANARY} today`, {}],
    ["a field", "x", { url: `http://h/?k=${CANARY}` }],
    ["a field, as part of a URL", "x", { url: encodeURIComponent(CANARY) }],
    ["a field in base64", "x", { it: Buffer.from(CANARY).toString("base64") }],
    ["a nested list", "x", { a: [{ b: new Map([["c", [CANARY]]]) }] }],
    ["a key", "x", { a: { [CANARY]: 1 } }],
    ["an error's message and stack", "x", { error: new Error(CANARY) }],
    [
      "an error's cause",
      "x",
      { error: new Error("outer", { cause: new Error(CANARY) }) },
    ],
  ])("hides a known secret in %s", (_where, message, meta) => {
    const { logger, lines } = capture(() => [CANARY]);
    logger.error(message, meta);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("[redacted]");
    for (const form of [
      CANARY,
      encodeURIComponent(CANARY),
      Buffer.from(CANARY).toString("base64"),
    ]) {
      expect(lines[0]).not.toContain(form);
    }
  });

  test("hides a secret that became known at run time, in children too", () => {
    const { logger, lines } = capture();
    const child = logger.child({ component: "record" });
    child.redact.add(CANARY);
    logger.info(CANARY);
    child.info(`a ${CANARY} b ${CANARY} c`);
    expect(lines.join("")).not.toContain(CANARY);
    expect(lines[1]).toContain("a [redacted] b [redacted] c");
  });

  test("hides the longest of several secrets that begin alike", () => {
    const { logger, last } = capture(() => ["abcdef", "abcdefghij", "abcd"]);
    logger.info("<abcdefghij>");
    expect(last()["message"]).toBe("<[redacted]>");
  });

  test.each([
    "password",
    "dbPassword",
    "apiKey",
    "api_key",
    "Authorization",
    "secrets",
    "key",
    "privateKey",
  ])("hides whatever stands under the key %s", (key) => {
    const { logger, last } = capture();
    logger.info("x", { nested: { [key]: ["never seen before"] } });
    expect(last()["nested"]).toEqual({ [key]: "[redacted]" });
  });

  test.each([
    "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\\nMIIabc\\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN EC PRIVATE KEY-----\nMIIabc and then it was cut",
    "Authorization: Basic TUlJYWJjOmRlZg==TUlJYWJj",
    "mysql://user:MIIabc@localhost/db",
    "whsec_MIIabcMIIabcMIIabcMIIabcMIIabcMIIabc",
  ])("hides a secret that is known by its form: %s", (text) => {
    const { logger, lines } = capture();
    logger.info(`before ${text}`, { body: text });
    expect(lines[0]).toContain("before ");
    expect(lines[0]).toContain("[redacted]");
    expect(lines[0]).not.toContain("MIIabc");
  });

  test("never writes what an HTTP client hangs on its errors", () => {
    const { logger, last } = capture();
    const error = Object.assign(new Error("Request failed"), {
      code: "ECONNRESET",
      config: { auth: { username: "u", pin: "hidden-pin" } },
    });
    logger.warn("call failed", { error });
    expect(last()["error"]).toMatchObject({
      name: "Error",
      message: "Request failed",
      code: "ECONNRESET",
    });
    expect(JSON.stringify(last())).not.toContain("hidden-pin");
  });

  test("writes a line for values that JSON does not know", () => {
    const { logger, last } = capture();
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const trap = Object.defineProperty({}, "boom", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    logger.info("odd", {
      cycle,
      trap,
      big: 12n,
      bytes: Buffer.from("secret"),
      none: null,
    });
    expect(last()).toMatchObject({
      message: "odd",
      trap: "[unreadable]",
      big: "12",
      bytes: "[6 bytes]",
      none: null,
    });
  });

  // A full disk and a reader that has gone, met by the process's real stdout.
  test.each(["exec > /dev/full", "exec > >(exit 0); wait $!"])(
    "does not end the process when its output fails (%s)",
    (redirection) => {
      const script = `
        const { createLogger } = require("./sidecar/log/logger");
        const logger = createLogger({ level: "info", secrets: () => [] });
        let left = 3;
        const timer = setInterval(() => {
          logger.info("x".repeat(100_000));
          if (--left > 0) return;
          clearInterval(timer);
          process.stderr.write("alive");
        }, 1);`;
      const child = spawnSync(
        "bash",
        ["-c", `${redirection}; exec node --import tsx -e "$SCRIPT"`],
        { env: { ...process.env, SCRIPT: script }, encoding: "utf8" },
      );
      expect(child.stderr).toContain("alive");
      expect(child.status).toBe(0);
    },
    30_000,
  );

  test("survives a stream that was destroyed", () => {
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        done();
      },
    });
    const logger = createLogger({ level: "info", secrets: () => [], stream });
    stream.destroy(new Error("EPIPE"));
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      expect(() => {
        logger.info("nobody reads");
      }).not.toThrow();
    });
  });
});
