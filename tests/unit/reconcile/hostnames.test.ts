import fc from "fast-check";
import { isReasonCode } from "../../../sidecar/reasons/reasons";
import { normaliseHostname } from "../../../sidecar/reconcile/hostnames";

const label = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/)
  // `xn--…` and friends are UTS 46's to judge.
  .filter((text) => !text.startsWith("xn--"));
const hostname = fc
  .array(label, { minLength: 2, maxLength: 5 })
  .map((labels) => labels.join("."))
  .filter((name) => !/\.0x[\da-f]*$/.test(name));

describe("normaliseHostname", () => {
  it.each([
    ["shop.example.com", "shop.example.com"],
    ["Shop.Example.COM", "shop.example.com"],
    ["  shop.example.com\n", "shop.example.com"],
    ["shop.example.com.", "shop.example.com"],
    ["https://shop.example.com/path?q=1#top", "shop.example.com"],
    ["//shop.example.com/", "shop.example.com"],
    ["HTTP://user:pa@ss@shop.example.com:8080/", "shop.example.com"],
    ["shop.example.com:443", "shop.example.com"],
    ["shop.example.com?q", "shop.example.com"],
    ["shop.example.com\\path", "shop.example.com"],
    ["https:// shop.example.com /", "shop.example.com"],
    ["bridge.localhost:8080", "bridge.localhost"],
    ["shop.bridge.localhost", "shop.bridge.localhost"],
    ["Bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example.", "xn--bcher-kva.example"],
    ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
    ["faß.example", "xn--fa-hia.example"],
    ["shop。example。com", "shop.example.com"],
    ["ｓｈｏｐ.example.com", "shop.example.com"],
    ["例え.テスト", "xn--r8jz45g.xn--zckzah"],
    ["xn--55qw42g.xn--fiqs8s", "xn--55qw42g.xn--fiqs8s"],
    ["ab--c.example", "ab--c.example"],
    ["3d.דוגמה.example", "3d.xn--6dbbec0c.example"],
    ["1and1.example", "1and1.example"],
    ["123.example.com", "123.example.com"],
  ])("turns %j into %s", (raw, name) => {
    expect(normaliseHostname(raw)).toEqual({ ok: true, name });
  });

  it.each([
    ["", "hostname-empty", {}],
    [" \t", "hostname-empty", {}],
    [".", "hostname-empty", {}],
    ["https://", "hostname-empty", {}],
    ["https:///path", "hostname-empty", {}],
    [":8080", "hostname-empty", {}],
    ["*.example.com", "hostname-wildcard", {}],
    ["＊.example.com", "hostname-wildcard", {}],
    ["192.0.2.1", "hostname-is-ip", {}],
    ["http://192.0.2.1:8080/", "hostname-is-ip", {}],
    ["127.1", "hostname-is-ip", {}],
    ["0x7f.1", "hostname-is-ip", {}],
    ["0x7f000001", "hostname-is-ip", {}],
    ["2130706433", "hostname-is-ip", {}],
    ["0177.0.0.1.", "hostname-is-ip", {}],
    ["１９２.0.2.1", "hostname-is-ip", {}],
    ["1.2.3.4.5", "hostname-is-ip", {}],
    ["[2001:db8::1]:443", "hostname-is-ip", {}],
    ["http://[::1]/", "hostname-is-ip", {}],
    ["2001:db8::1", "hostname-is-ip", {}],
    ["[v1.x]", "hostname-is-ip", {}],
    ["my_shop.example.com", "hostname-invalid-character", { character: "_" }],
    ["my＿shop.example.com", "hostname-invalid-character", { character: "_" }],
    ["my shop.example.com", "hostname-invalid-character", { character: " " }],
    ["a\tb.example.com", "hostname-invalid-character", { character: "U+0009" }],
    ["a\0b.example.com", "hostname-invalid-character", { character: "U+0000" }],
    ["a%41.example.com", "hostname-invalid-character", { character: "%" }],
    ["ü%2e.example.com", "hostname-invalid-character", { character: "%" }],
    ["a,b.example.com", "hostname-invalid-character", { character: "," }],
    ["example.com:http", "hostname-invalid-character", { character: ":" }],
    ["shop..example.com", "hostname-invalid-label", { label: "" }],
    ["shop.example.com..", "hostname-invalid-label", { label: "" }],
    [".example.com", "hostname-invalid-label", { label: "" }],
    ["-shop.example.com", "hostname-invalid-label", { label: "-shop" }],
    ["shop-.example.com", "hostname-invalid-label", { label: "shop-" }],
    ["localhost", "hostname-single-label", { label: "localhost" }],
    ["https://intranet/", "hostname-single-label", { label: "intranet" }],
    ["xn--a.example", "hostname-idn-invalid", {}],
    ["xn--zzzz.example", "hostname-idn-invalid", {}],
    ["shop.xn--99999999", "hostname-idn-invalid", {}],
    // Labels that no name is converted to: they stand for an ASCII name, a capital letter, a joiner alone.
    ["xn--shop-.example", "hostname-idn-invalid", {}],
    ["xn--wca.example", "hostname-idn-invalid", {}],
    ["xn--1ug.example", "hostname-idn-invalid", {}],
    ["Bücher.xn--a.example", "hostname-idn-invalid", {}],
    ["\u202e.example", "hostname-idn-invalid", {}],
    ["\ud800.example", "hostname-idn-invalid", {}],
    [`${"a.".repeat(126)}com`, "hostname-too-long", {}],
    [`${"ü".repeat(5000)}.example`, "hostname-too-long", {}],
    [
      `${"a".repeat(64)}.example`,
      "hostname-label-too-long",
      { label: `${"a".repeat(63)}…` },
    ],
  ])("blocks %j as %s", (raw, reason, params) => {
    expect(normaliseHostname(raw)).toEqual({ ok: false, reason, params });
  });

  it("takes the longest labels and the longest names that DNS knows", () => {
    const label63 = "a".repeat(63);
    const name253 = `${label63}.${label63}.${label63}.${"b".repeat(57)}.com`;
    expect(name253).toHaveLength(253);
    expect(normaliseHostname(name253)).toEqual({ ok: true, name: name253 });
    expect(normaliseHostname(`a${name253}`).ok).toBe(false);
  });

  it("leaves any ordinary host name as it is", () => {
    fc.assert(
      fc.property(hostname, (name) => {
        expect(normaliseHostname(name)).toEqual({ ok: true, name });
      }),
    );
  });

  it("finds the name whatever stands around it", () => {
    const around = fc.record({
      before: fc.constantFrom(
        "",
        " ",
        "http://",
        "https://",
        "//",
        "ftp://me@",
      ),
      dot: fc.constantFrom("", "."),
      port: fc.constantFrom("", ":1", ":65535"),
      after: fc.constantFrom("", "/", "/a/b", "?a=b", "#c", "\\", " "),
      upper: fc.boolean(),
    });
    fc.assert(
      fc.property(
        hostname,
        around,
        (name, { before, dot, port, after, upper }) => {
          const written = upper ? name.toUpperCase() : name;
          expect(
            normaliseHostname(before + written + dot + port + after),
          ).toEqual({
            ok: true,
            name,
          });
        },
      ),
    );
  });

  it("never throws, and what it accepts is a host name that it would give again", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.string({
        unit: fc.constantFrom(...Array.from("aZ09.-_:/@[]*%xnü。\ud800\0 ")),
      }),
      fc.webUrl(),
      fc
        .array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), {
          minLength: 2,
          maxLength: 3,
        })
        .map((parts) => parts.join(".")),
    );
    fc.assert(
      fc.property(anything, (raw) => {
        const result = normaliseHostname(raw);
        if (!result.ok) {
          expect(isReasonCode(result.reason)).toBe(true);
          return;
        }
        expect(result.name).toMatch(
          /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,63}$/,
        );
        expect(normaliseHostname(result.name)).toEqual(result);
      }),
      { numRuns: 1000 },
    );
  });
});
