import fc from "fast-check";
import { secretKey, sign, verify } from "../../../sidecar/contract/signature";

const secret = fc.oneof(
  fc
    .uint8Array({ minLength: 24, maxLength: 64 })
    .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`),
  fc
    .string({ minLength: 32, maxLength: 80, unit: "grapheme" })
    .filter((text) => secretKey(text) !== null),
);
const request = fc.record({
  id: fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/),
  timestamp: fc.integer({ min: 0, max: 99_999_999_999 }),
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD"),
  target: fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.webPath().map((path) => `/v1${path}?a=%20b`),
  ),
  body: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
});

interface Request {
  id: string;
  timestamp: number;
  method: string;
  target: string;
  body: Buffer;
}

function judge(signedBy: string[], known: string[], from: Request, to = from) {
  const headers = { ...sign({ ...from, secrets: signedBy }) };
  headers["webhook-id"] = to.id;
  headers["webhook-timestamp"] = String(to.timestamp);
  return verify({
    ...to,
    headers,
    secrets: known,
    nowMs: to.timestamp * 1000,
  });
}

test("what was signed is accepted, whatever its bytes, method and target, also while the secret changes", () => {
  fc.assert(
    fc.property(request, secret, secret, (sent, old, fresh) => {
      expect(judge([old], [old], sent).ok).toBe(true);
      expect(judge([fresh, old], [old], sent).ok).toBe(true);
      expect(judge([old], [fresh, old], sent).ok).toBe(true);
    }),
  );
});

test("another secret, byte, method, target, id or time is refused", () => {
  const change = fc.record({
    field: fc.constantFrom("body", "method", "target", "id", "timestamp"),
    at: fc.nat(),
  });
  fc.assert(
    fc.property(request, secret, secret, change, (sent, one, other, what) => {
      fc.pre(one !== other);
      expect(judge([one], [other], sent).ok).toBe(false);
      const forged = { ...sent };
      if (what.field === "body") {
        forged.body = Buffer.concat([sent.body, Buffer.from([what.at % 256])]);
      } else if (what.field === "timestamp") forged.timestamp += 1;
      else if (what.field === "id") forged.id = `x${sent.id}`.slice(0, 128);
      else forged[what.field] += "x";
      fc.pre(forged.id !== sent.id || what.field !== "id");
      expect(judge([one], [one], sent, forged).ok).toBe(false);
    }),
  );
});

test("headers of any content are judged without an error", () => {
  const header = fc.option(
    fc.oneof(fc.string({ unit: "binary" }), fc.array(fc.string())),
    { nil: undefined },
  );
  fc.assert(
    fc.property(header, header, header, (id, timestamp, signature) => {
      const verified = verify({
        secrets: ["s".repeat(32)],
        headers: {
          "webhook-id": id,
          "webhook-timestamp": timestamp,
          "webhook-signature": signature,
        },
        method: "POST",
        target: "/",
        body: "",
        nowMs: 0,
      });
      expect(verified.ok).toBe(false);
    }),
  );
});
