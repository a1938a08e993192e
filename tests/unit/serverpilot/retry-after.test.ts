import { retryAfterMs } from "../../../sidecar/serverpilot/errors";

const now = Date.UTC(2026, 0, 15, 12);

describe("retryAfterMs", () => {
  it.each([
    ["0", 0],
    [" 120 ", 120_000],
    ["Thu, 15 Jan 2026 12:00:30 GMT", 30_000],
    ["Thursday, 15-Jan-26 12:00:30 GMT", 30_000],
    ["Thu, 15 Jan 2026 11:00:00 GMT", 0],
    [undefined, undefined],
    ["", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["Tomorrow, maybe", undefined],
  ])("reads %j as %s", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
