import { secretKey, sign, verify } from "../../../sidecar/contract/signature";
import vectors from "../../signature-vectors.json";

/** The file that the plugin's tests read as well: both sides must agree on every case. */
const list = (secrets: string): string[] =>
  secrets.split(/\s+/).filter((secret) => secret !== "");

describe("the shared signature vectors", () => {
  test.each(vectors.keys)("give the key of $name", ({ secret, key }) => {
    expect(secretKey(secret)?.toString("hex") ?? null).toBe(key);
  });

  test.each(vectors.sign)("are signed alike: $name", (vector) => {
    const headers = sign({ ...vector, secrets: list(vector.secrets) });
    expect(headers).toEqual({
      "webhook-id": vector.id,
      "webhook-timestamp": String(vector.timestamp),
      "webhook-signature": vector.signature,
    });
  });

  test.each(vectors.verify)("are judged alike: $name", (vector) => {
    const verified = verify({
      ...vector,
      secrets: list(vector.secrets),
      nowMs: vector.now * 1000,
    });
    expect(verified.ok ? "ok" : verified.reason).toBe(vector.expected);
  });
});

describe("a signature", () => {
  const secrets = ["s".repeat(32)];
  const request = {
    method: "POST",
    target: "/v1/networks/default/events?a=%20b",
    body: Buffer.from([0xff, 0x00, 0x7b]),
  };
  const timestamp = 1_767_225_600;
  const nowMs = timestamp * 1000;
  const headers = { ...sign({ ...request, secrets, id: "msg_1", timestamp }) };

  test("covers bytes that are not text", () => {
    expect(verify({ ...request, secrets, headers, nowMs })).toEqual({
      ok: true,
      id: "msg_1",
      timestamp,
    });
    const body = Buffer.from([0xfe, 0x00, 0x7b]);
    expect(verify({ ...request, body, secrets, headers, nowMs }).ok).toBe(
      false,
    );
  });

  test("says by how many seconds it is off", () => {
    const late = { ...request, secrets, headers, nowMs: nowMs + 301_400 };
    expect(verify(late)).toEqual({
      ok: false,
      reason: "signature-expired",
      params: { seconds: 301 },
    });
  });

  test("is looked for among the first sixteen only", () => {
    const withNoise = (noise: number): boolean =>
      verify({
        ...request,
        secrets,
        nowMs,
        headers: {
          ...headers,
          "webhook-signature":
            "v1,x ".repeat(noise) + headers["webhook-signature"],
        },
      }).ok;
    expect(withNoise(15)).toBe(true);
    expect(withNoise(16)).toBe(false);
  });

  test("is not made with an unusable secret", () => {
    const parts = { ...request, id: "msg_1", timestamp };
    expect(() => sign({ ...parts, secrets: ["short"] })).toThrow(RangeError);
  });
});
