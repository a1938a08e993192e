import { needsRound } from "../../../sidecar/certificates/schedule";
import type { AppState, NameRecord } from "../../../sidecar/reconcile/ports";

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

const secure: Partial<NameRecord> = {
  name: "a.example",
  state: "secure",
  nextTryAt: NOW + DAY_MS / 2,
};

/** Whether a round is needed where all is well but for what is given. */
const needed = ({
  names = [secure],
  wanted = false,
  isHeld = false,
  ssl = { auto: true, force: false, custom: false },
}: {
  names?: Partial<NameRecord>[];
  wanted?: boolean;
  isHeld?: boolean;
  ssl?: AppState["ssl"];
} = {}) =>
  needsRound(
    new Map(names.map((record) => [record.name ?? "", record as NameRecord])),
    { ssl } as AppState,
    { wanted, isHeld },
    NOW,
  );

test("no round is needed where every name is secure and not due", () => {
  expect(needed()).toBe(false);
  expect(needed({ names: [secure, { name: "b", state: "blocked" }] })).toBe(
    false,
  );
});

test.each<[string, Parameters<typeof needed>[0]]>([
  [
    "another sidecar left a name without certificate behind",
    { names: [secure, { name: "b.example", state: "securing" }] },
  ],
  ["a name has failed", { names: [{ name: "b", state: "ssl-failed" }] }],
  ["a name is due", { names: [{ ...secure, nextTryAt: NOW }] }],
  [
    "a clock that ran ahead has put the next check off",
    { names: [{ ...secure, nextTryAt: NOW + 400 * DAY_MS }] },
  ],
  ["ForceSSL is wanted and not on", { wanted: true }],
  [
    "nobody has said why ForceSSL cannot be turned on",
    { wanted: true, ssl: null },
  ],
  ["ForceSSL is said not to be on, and nobody asks for it", { isHeld: true }],
  [
    "ForceSSL is said not to be on, and it is",
    {
      wanted: true,
      isHeld: true,
      ssl: { auto: true, force: true, custom: false },
    },
  ],
])("a round is needed where %s", (_why, world) => {
  expect(needed(world)).toBe(true);
});

test("ForceSSL that is on, or cannot be turned on for a reason that is said, needs no round", () => {
  const on = { auto: true, force: true, custom: false };
  expect(needed({ wanted: true, ssl: on })).toBe(false);
  expect(needed({ wanted: true, isHeld: true, ssl: null })).toBe(false);
});
