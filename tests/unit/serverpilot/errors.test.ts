import { NotAppliedError } from "../../../sidecar/errors";
import {
  errorFromAnswer,
  errorFromFailure,
  type CallContext,
} from "../../../sidecar/serverpilot/errors";

const context: CallContext = {
  appId: "app1",
  resource: "app",
  enablesAutoSsl: false,
  secrets: ["s3cret", ""],
};

const says = (message: string): unknown => ({ error: { message } });

const errorFor = (
  status: number,
  body: unknown = says("ServerPilot's words"),
  call: Partial<CallContext> = {},
): Error =>
  errorFromAnswer(
    { status, body, retryAfter: undefined },
    { ...context, ...call },
    0,
  );

const message = (words: unknown): unknown =>
  (errorFor(400, words) as unknown as { params: { message: string } }).params
    .message;

describe("errorFromAnswer", () => {
  it.each([
    [
      400,
      "PermanentError",
      "serverpilot-rejected",
      { message: "ServerPilot's words" },
    ],
    [401, "PermanentError", "serverpilot-credentials-invalid", {}],
    [402, "PermanentError", "serverpilot-payment-required", {}],
    [403, "PermanentError", "serverpilot-forbidden", {}],
    [404, "PermanentError", "serverpilot-app-not-found", { appId: "app1" }],
    [
      405,
      "PermanentError",
      "serverpilot-rejected",
      { message: "ServerPilot's words" },
    ],
    [408, "TransientError", "serverpilot-unavailable", { detail: "HTTP 408" }],
    [
      409,
      "TransientError",
      "serverpilot-conflict",
      { message: "ServerPilot's words" },
    ],
    [
      422,
      "PermanentError",
      "serverpilot-rejected",
      { message: "ServerPilot's words" },
    ],
    [429, "NotAppliedError", "serverpilot-rate-limited", {}],
    [500, "TransientError", "serverpilot-unavailable", { detail: "HTTP 500" }],
    [503, "TransientError", "serverpilot-unavailable", { detail: "HTTP 503" }],
    [301, "TransientError", "serverpilot-unavailable", { detail: "HTTP 301" }],
  ])("makes of a %i a %s %s", (status, name, reason, params) => {
    expect(errorFor(status)).toMatchObject({ name, reason, params });
  });

  it("takes a missing action or server for something that can come back", () => {
    expect(errorFor(404, says("no"), { resource: "action a1" })).toMatchObject({
      name: "TransientError",
      reason: "serverpilot-not-found",
      params: { resource: "action a1" },
    });
  });

  it("has a word for a refusal that gives none", () => {
    expect(message({})).toBe("HTTP 400");
    expect(message(says(" \n"))).toBe("HTTP 400");
  });

  it("makes ServerPilot's words one line of at most 300 characters without secrets", () => {
    expect(message(says("bad\r\n\u0000 \u001b[31m s3cret\u202e key"))).toBe(
      "bad [31m [redacted] key",
    );
    const long = message(says("x".repeat(1000))) as string;
    expect(long).toHaveLength(300);
    expect(long.endsWith("…")).toBe(true);
  });

  it.each([
    ["90", 90_000],
    ["3600", 3_600_000],
    ["2592000", 3_600_000],
  ])(
    "keeps the wish to be left alone for %s seconds, an hour at most",
    (retryAfter, retryAfterMs) => {
      const answer = { status: 503, body: undefined, retryAfter };
      expect(errorFromAnswer(answer, context, 0)).toMatchObject({
        retryAfterMs,
      });
    },
  );

  it("keeps ServerPilot's words of a conflict", () => {
    expect(errorFor(409, says("an action is running"))).toMatchObject({
      reason: "serverpilot-conflict",
      params: { message: "an action is running" },
    });
  });
});

describe("errorFromFailure", () => {
  it("hands a bug on as it is", () => {
    const bug = new TypeError("x is not a function");
    expect(errorFromFailure(bug)).toBe(bug);
  });

  it.each([
    "ECONNREFUSED",
    "ENOTFOUND",
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ])("knows that %s comes before anything is sent", (code) => {
    expect(
      errorFromFailure({ isAxiosError: true, message: "", code }),
    ).toBeInstanceOf(NotAppliedError);
  });

  it.each(["ECONNRESET", "ETIMEDOUT", "EPIPE", undefined])(
    "leaves open what happened before %s",
    (code) => {
      const error = errorFromFailure({ isAxiosError: true, message: "", code });
      expect(error).not.toBeInstanceOf(NotAppliedError);
      expect(error).toMatchObject({
        reason: "serverpilot-unavailable",
        params: { detail: code ?? "no answer" },
      });
    },
  );
});
