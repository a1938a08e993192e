import fc from "fast-check";
import { computePlan } from "../../../sidecar/reconcile/plan";
import { wantedNames } from "../../../sidecar/reconcile/policy";
import {
  NETWORK,
  outcomeByModel,
  snapshotOf,
  wantedByModel,
  type Drawn,
} from "./plan-model";

const names = fc.constantFrom(
  ...["a.example", "b.example", "c.shop.example", "d.net.example", NETWORK],
  ...["www.a.example", "www.b.example", "www.c.shop.example", "e.example"],
);
const bad = fc.constantFrom("bad_name.example", "", "*.example", "single");
const drawn: fc.Arbitrary<Drawn> = fc.record({
  mappings: fc.array(
    fc.record({
      domain: fc.oneof({ weight: 6, arbitrary: names }, bad),
      siteExists: fc.boolean(),
      primary: fc.boolean(),
    }),
    { maxLength: 8 },
  ),
  sites: fc.array(fc.constantFrom("d.net.example", "s.net.example", NETWORK)),
  wwwPolicy: fc.constantFrom("always", "main_only", "never"),
  overrides: fc.dictionary(names, fc.boolean(), { maxKeys: 2 }),
  excluded: fc.uniqueArray(names, { maxLength: 2 }),
  actual: fc.array(fc.oneof(names, fc.constant("panel.example"))),
  owned: fc.uniqueArray(fc.oneof(names, fc.constant("gone.example"))),
});

function wantedOf(network: Drawn) {
  return wantedNames(snapshotOf(network), {
    wwwPolicy: network.wwwPolicy,
    multiPartTlds: [".co.uk"],
    wwwOverrides: network.overrides,
    excluded: network.excluded,
    networkId: null,
  });
}

function planOf(network: Drawn) {
  const wanted = wantedOf(network);
  return computePlan({
    wanted: wanted.names,
    actual: network.actual,
    owned: new Set(network.owned),
    persons: new Set(),
    twins: new Set(),
    resting: new Set(),
    networkDomain: wanted.networkDomain,
    addNetworkDomain: false,
    held: new Set(),
  });
}

test("what is wanted is what the model wants, whatever the table and the policy", () => {
  fc.assert(
    fc.property(drawn, (network) => {
      const wanted = wantedOf(network).names.map(({ name }) => name);
      expect(new Set(wanted)).toEqual(wantedByModel(network));
      expect(new Set(wanted).size).toBe(wanted.length);
    }),
    { numRuns: 1000 },
  );
});

test("the list and the ledger after a plan are the model's, whatever was there before", () => {
  fc.assert(
    fc.property(drawn, (network) => {
      const plan = planOf(network);
      const model = outcomeByModel(network);
      expect(new Set(plan.result)).toEqual(model.list);
      const dropped = new Set([...plan.remove, ...plan.disown]);
      const owned = [
        ...network.owned.filter((name) => !dropped.has(name)),
        ...plan.add,
        ...plan.adopt,
      ];
      expect(new Set(owned)).toEqual(model.owned);
    }),
    { numRuns: 1000 },
  );
});

test("the order of what stays is kept, new names are at the end, and only a difference is written", () => {
  fc.assert(
    fc.property(drawn, (network) => {
      const { result, add, writes } = planOf(network);
      const stays = [...new Set(network.actual)].filter((name) =>
        result.includes(name),
      );
      expect(result).toEqual([...stays, ...add]);
      expect(writes).toBe(
        JSON.stringify(result) !== JSON.stringify(network.actual),
      );
    }),
    { numRuns: 1000 },
  );
});
