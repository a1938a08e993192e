import { readFileSync } from "node:fs";
import { join } from "node:path";
import { secretKey, sign, verify } from "../../../sidecar/contract/signature";

interface Vectors {
  keys: { name: string; secret: string; key: string | null }[];
  sign: (Request & {
    name: string;
    id: string;
    timestamp: number;
    signature: string;
  })[];
  verify: (Request & {
    name: string;
    headers: Record<string, string>;
    now: number;
    expected: string;
  })[];
}

interface Request {
  secrets: string;
  method: string;
  target: string;
  body: string;
}

const vectors = JSON.parse(
  readFileSync(join(__dirname, "../../signature-vectors.json"), "utf8"),
) as Vectors;

describe("the signature's vectors, which the plugin's tests read too", () => {
  test.each(vectors.keys)("derive a key: $name", ({ secret, key }) => {
    expect(secretKey(secret)?.toString("hex") ?? null).toBe(key);
  });

  test.each(vectors.sign)("sign: $name", ({ secrets, signature, ...parts }) => {
    expect(sign({ ...parts, secrets: secrets.split(" ") })).toEqual({
      "webhook-id": parts.id,
      "webhook-timestamp": String(parts.timestamp),
      "webhook-signature": signature,
    });
  });

  test.each(vectors.verify)(
    "verify: $name",
    ({ secrets, now, expected, ...request }) => {
      const verified = verify({
        ...request,
        secrets: secrets.split(" "),
        nowMs: now * 1000,
      });
      expect(verified.ok ? "ok" : verified.reason).toBe(expected);
    },
  );
});
