import type {
  Mapping,
  NetworkSnapshot,
} from "../../../sidecar/reconcile/ports";
import {
  wantedNames,
  type PolicySettings,
} from "../../../sidecar/reconcile/policy";

const settings: PolicySettings = {
  wwwPolicy: "always",
  multiPartTlds: [".co.uk"],
  wwwOverrides: {},
  excluded: [],
  networkId: null,
};
let id = 0;
const mapping = (domain: string, more: Partial<Mapping> = {}): Mapping => ({
  id: (id += 1),
  siteId: 2,
  domain,
  primary: false,
  createdAt: id,
  siteExists: true,
  lacksCertificate: false,
  stage: "checking-dns",
  ...more,
});
const snapshot = (...mappings: Mapping[]): NetworkSnapshot => ({
  networkDomain: "network.example:8080",
  mappings,
  sites: [],
});
const names = (
  network: NetworkSnapshot,
  more: Partial<PolicySettings> = {},
): string[] =>
  wantedNames(network, { ...settings, ...more }).names.map(({ name }) => name);

test("a mapping is wanted with its www beside it", () => {
  expect(names(snapshot(mapping("a.example"), mapping("b.example")))).toEqual([
    "a.example",
    "www.a.example",
    "b.example",
    "www.b.example",
  ]);
});

test.each([
  ["never", "shop.a.example", ["shop.a.example"]],
  ["main_only", "shop.a.example", ["shop.a.example"]],
  ["main_only", "a.example", ["a.example", "www.a.example"]],
  ["main_only", "a.co.uk", ["a.co.uk", "www.a.co.uk"]],
  ["main_only", "a.com.my", ["a.com.my"]],
  ["always", "www.a.example", ["www.a.example"]],
  ["always", "shop.network.example", ["shop.network.example"]],
] as const)(
  "with the policy %s, %s leads to %j",
  (wwwPolicy, domain, expected) => {
    expect(names(snapshot(mapping(domain)), { wwwPolicy })).toEqual(expected);
  },
);

test("the filter's answer for a name wins over the policy", () => {
  expect(
    names(snapshot(mapping("a.example")), {
      wwwOverrides: { "a.example": false },
    }),
  ).toEqual(["a.example"]);
  expect(
    names(snapshot(mapping("a.example")), {
      wwwPolicy: "never",
      wwwOverrides: { "a.example": true },
    }),
  ).toContain("www.a.example");
});

test("a mapping that the filter leaves out is not wanted, nor its www", () => {
  expect(
    names(snapshot(mapping("a.example")), { excluded: ["a.example"] }),
  ).toEqual([]);
});

test("a mapping whose site is gone is not wanted", () => {
  expect(names(snapshot(mapping("a.example", { siteExists: false })))).toEqual(
    [],
  );
});

test("a mapped www name is wanted once, as the mapping that it is", () => {
  const wanted = wantedNames(
    snapshot(mapping("a.example"), mapping("www.a.example")),
    settings,
  );
  expect(wanted.names.map(({ name, kind }) => [name, kind])).toEqual([
    ["a.example", "mapping"],
    ["www.a.example", "mapping"],
  ]);
});

test("one bad name blocks itself with its reason, the rest goes on", () => {
  const wanted = wantedNames(
    snapshot(
      mapping("*.a.example"),
      mapping("b_c.example"),
      mapping("Good.Example."),
    ),
    settings,
  );
  expect(wanted.blocked.map(({ name, reason }) => [name, reason])).toEqual([
    ["*.a.example", "hostname-wildcard"],
    ["b_c.example", "hostname-invalid-character"],
  ]);
  expect(wanted.names.map(({ name }) => name)).toEqual([
    "good.example",
    "www.good.example",
  ]);
});

test("the network's own domain is not a name to add, its subdomain sites are", () => {
  const network = {
    ...snapshot(),
    sites: [
      { siteId: 1, domain: "network.example:8080" },
      { siteId: 2, domain: "shop.network.example:8080" },
    ],
  };
  expect(names(network)).toEqual(["shop.network.example"]);
});
