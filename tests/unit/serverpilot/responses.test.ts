import {
  readAction,
  readApp,
  readServer,
  readWritten,
} from "../../../sidecar/serverpilot/answers";
import { PRIVATE_KEY, appAnswer } from "./fixture";

/** What a reader throws. */
function thrownBy(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

const app = (changes: Record<string, unknown>): unknown => ({
  data: { ...appAnswer.data, ...changes },
});

describe("readApp", () => {
  it("takes an app without certificate and without a word on AutoSSL", () => {
    expect(readApp(app({ ssl: null, autossl: undefined }))).toMatchObject({
      ssl: null,
      autossl: null,
    });
  });

  it("takes an AutoSSL that is not available yet and names no domains", () => {
    expect(readApp(app({ autossl: { available: false } })).autossl).toEqual({
      available: false,
      domains: [],
    });
  });

  it.each([
    [
      { auto: false, cert: "certificate", force: true },
      { auto: false, force: true, custom: true },
    ],
    [
      { auto: false, cert: null },
      { auto: false, force: false, custom: false },
    ],
    [
      { auto: true, cert: "certificate" },
      { auto: true, force: false, custom: false },
    ],
  ])("tells a custom certificate from AutoSSL's: %j", (ssl, expected) => {
    expect(readApp(app({ ssl: { key: PRIVATE_KEY, ...ssl } })).ssl).toEqual(
      expected,
    );
  });

  it("takes an empty list of domains", () => {
    expect(readApp(app({ domains: [] })).domains).toEqual([]);
  });

  it.each([
    [null, "body"],
    ["<html>", "body"],
    [{}, "data"],
    [app({ domains: undefined }), "data.domains"],
    [app({ domains: null }), "data.domains"],
    [app({ domains: { 0: "a.example" } }), "data.domains"],
    [app({ domains: ["a.example", 7] }), "data.domains.1"],
    [app({ serverid: null }), "data.serverid"],
  ])("names the field that is wrong in %j, never its value", (body, detail) => {
    expect(thrownBy(() => readApp(body))).toMatchObject({
      name: "TransientError",
      reason: "serverpilot-unreadable",
      params: { detail },
    });
  });
});

describe("the other answers", () => {
  it("take a write without an action", () => {
    expect(readWritten({ data: {} })).toEqual({ actionId: null });
    expect(readWritten({ actionid: null, data: {} })).toEqual({
      actionId: null,
    });
  });

  it("are refused where ServerPilot's envelope is missing", () => {
    expect(thrownBy(() => readWritten({}))).toMatchObject({
      params: { detail: "data" },
    });
    expect(
      thrownBy(() => readAction({ data: { status: "maybe" } })),
    ).toMatchObject({ params: { detail: "data.status" } });
  });

  it("take a server whose address is not known yet", () => {
    expect(readServer({ data: { id: "s1", name: null } })).toEqual({
      id: "s1",
      name: "",
      lastAddress: null,
    });
    expect(
      readServer({ data: { id: "s1", lastaddress: " " } }).lastAddress,
    ).toBeNull();
  });
});
