import { open, seal } from "../../../sidecar/network/secret-box";

const first = "a".repeat(32);
const second = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

describe("the secret box", () => {
  test("opens what it sealed, Unicode and the empty text included", () => {
    for (const text of ["api-key", "schlüssel 🔑", ""]) {
      expect(open([first], seal([first], text))).toBe(text);
    }
  });

  test("shows nothing of the text and never seals it the same way twice", () => {
    const sealed = seal([first], "api-key");
    expect(sealed).toMatch(/^v1\.[\w-]+$/);
    expect(Buffer.from(sealed.slice(3), "base64url").toString()).not.toContain(
      "api-key",
    );
    expect(seal([first], "api-key")).not.toBe(sealed);
  });

  test("seals under the first secret and opens with any of several", () => {
    const sealed = seal([first, second], "api-key");
    expect(open([second, first], sealed)).toBe("api-key");
    expect(open([second], sealed)).toBeNull();
  });

  test("does not open a text that was changed anywhere", () => {
    const sealed = seal([first], "api-key");
    const bytes = Buffer.from(sealed.slice(3), "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(open([first], `v1.${changed.toString("base64url")}`)).toBeNull();
    }
  });

  test.each(["", "v1.", "v1.AAAA", "v2.AAAA", "api-key"])(
    "does not open %j",
    (text) => {
      expect(open([first], text)).toBeNull();
    },
  );

  test("refuses to seal without a usable secret", () => {
    expect(() => seal([], "api-key")).toThrow(RangeError);
    expect(() => seal(["short"], "api-key")).toThrow(RangeError);
  });
});
