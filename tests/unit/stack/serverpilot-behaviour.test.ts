import { createRandom } from "../../faults/random";
import { drawBehaviour } from "../../stack/serverpilot/behaviour";
import type { Behaviour } from "../../stack/serverpilot/behaviour";
import {
  defaultSettings,
  settingsSchema,
} from "../../stack/serverpilot/settings";

const drawn: Behaviour[] = Array.from({ length: 400 }, (_, seed) =>
  drawBehaviour(createRandom(seed)),
);

test("a seed repeats its behaviour, and another seed has another", () => {
  expect(drawBehaviour(createRandom(7))).toEqual(drawn[7]);
  expect(new Set(drawn.map((one) => JSON.stringify(one))).size).toBe(400);
});

test("every behaviour is one that the simulator takes, with a choice for all settings but the world's speed", () => {
  const speed = ["latencyMs", "actionMs", "autosslDelayMs", "certificateDays"];
  const open = Object.keys(defaultSettings).filter(
    (key) => !speed.includes(key),
  );
  for (const behaviour of drawn) {
    expect(settingsSchema.parse(behaviour)).toEqual(behaviour);
    expect(Object.keys(behaviour).sort()).toEqual([...open].sort());
  }
});

test("every choice of every question comes up among a few hundred seeds", () => {
  for (const [key, schema] of Object.entries(settingsSchema.shape)) {
    const { innerType } = schema.def;
    const values = new Set(
      drawn.map((one) => (one as Record<string, unknown>)[key]),
    );
    const choices: readonly unknown[] =
      innerType.type === "enum"
        ? innerType.options
        : innerType.type === "union"
          ? innerType.options.map(({ value }) => value)
          : innerType.type === "boolean"
            ? [true, false]
            : [];
    for (const choice of choices) expect(values).toContain(choice);
  }
});

test("a list that is not so is shown once or for less than ten seconds, so that two reads ten seconds apart do not lie alike", () => {
  for (const { oddRead, oddReads, oddReadMs } of drawn)
    if (oddRead === "old-list" || oddRead === "empty-list") {
      expect(oddReads).toBe(1);
      expect(oddReadMs).toBeLessThan(10_000);
    }
});

test("an action that never ends never stands in the way of all writes", () => {
  for (const one of drawn)
    if (one.actionTrouble === "never-ends" && one.actionTroubleEvery > 0)
      expect(one.conflictWhileOpen).toBe(false);
});
