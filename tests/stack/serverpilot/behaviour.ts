import type { Settings } from "./settings";

/** Where choices come from; the soak's `Random` is one. */
export interface Choices {
  whole: (from: number, to: number) => number;
  chance: (share: number) => boolean;
  pick: <T>(things: readonly T[]) => T;
}

/** Every setting but the speed of the world, which is the stage's and not ServerPilot's way. */
export type Behaviour = Omit<
  Settings,
  "latencyMs" | "actionMs" | "autosslDelayMs" | "certificateDays"
>;

/**
 * One ServerPilot among those that its documentation allows, for `sim.set(drawBehaviour(random))`: a choice for every
 * question that the documentation leaves open. The same choices give the same behaviour.
 *
 * Which names are refused, when a write is not answered and when reads lie in the middle of trouble are events, not
 * ways: the caller brings them by `sim.setName(name, { refused: true })` and the fault `unanswered`; what then happens
 * is drawn here. Two bounds keep every behaviour one that a bridge can come through:
 *
 * - A list that is not so (old or empty) is shown by a single read, or for less than ten seconds: reads that lie alike
 *   for longer cannot be told from the truth. Odd certificates may stay for longer.
 * - An action that never ends does not go with 409 while an action is open: nothing could ever be written again.
 */
export function drawBehaviour(random: Choices): Behaviour {
  const { pick, whole, chance } = random;
  const actionTrouble = pick([
    "error",
    "never-ends",
    "no-id",
    "unknown",
  ] as const);
  const actionTroubleEvery = chance(0.5) ? whole(4, 12) : 0;
  const mayConflict = actionTrouble !== "never-ends" || !actionTroubleEvery;
  const oddRead = pick([
    "none",
    "old-list",
    "empty-list",
    "no-autossl",
    "autossl-true",
    "ssl-without-auto",
  ] as const);
  const oddList = oddRead === "old-list" || oddRead === "empty-list";
  const oddByTime = chance(0.3);
  return {
    capitals: pick(["keep", "lower", "refuse"]),
    unicode: pick(["refuse", "keep", "punycode", "unicode"]),
    repeats: pick(["refuse", "keep", "drop"]),
    order: pick(["keep", "sort"]),
    wwwTwin: pick(["as-sent", "added"]),
    overLimit: pick(["refuse", "keep-what-is-there"]),
    refusedWith: pick([400, 409, 422, "dropped"]),
    refusedWords: pick(["name", "none"]),
    refusedTimes: chance(0.5) ? 0 : whole(1, 4),
    applyOn: pick(["accept", "success"]),
    conflictWhileOpen: mayConflict && chance(0.3),
    unanswered: pick(["applied", "later", "never"]),
    unansweredMs: whole(1, 4) * 60_000,
    listOnError: pick(["kept", "reverted"]),
    actionTroubleEvery,
    actionTrouble,
    oddRead,
    oddReadAfter: pick(["write", "trouble"]),
    oddReads: oddList ? 1 : whole(1, 5),
    oddReadMs: oddByTime ? whole(1, oddList ? 8 : 60) * 1000 : 0,
    autosslField: pick(["always", "when-available", "never"]),
    maxCertificateNames: pick([100, whole(2, 99)]),
    overfull: pick(["partial", "split"]),
    autoDeploy: chance(0.5),
    autoAgain: pick(["nothing", "issue"]),
  };
}
