import { PermanentError, TransientError } from "../../../sidecar/errors";
import { createLogger } from "../../../sidecar/log/logger";
import { pausing } from "../../../sidecar/wordpress/notifications";
import { createFakeClock } from "../fake-clock";

const gone = new PermanentError("plugin-missing", { url: "https://a.example" });

/** A network whose WordPress answers as a test says; `steps` is what came of it. */
function createWorld() {
  const clock = createFakeClock();
  const steps: string[] = [];
  let answer: Error | null = null;
  const notifications = pausing(
    {
      send: () =>
        answer === null ? Promise.resolve([]) : Promise.reject(answer),
    },
    {
      pause: () => Promise.resolve(void steps.push("pause")),
      resume: () => Promise.resolve(void steps.push("resume")),
      clock,
      logger: createLogger({ level: "error", secrets: () => [] }),
    },
  );
  return {
    clock,
    steps,
    send: async (next: Error | null): Promise<void> => {
      answer = next;
      await notifications.send([], "").catch(() => undefined);
    },
  };
}

const MINUTE = 60_000;

test.each([
  ["a minute later", [MINUTE], ["pause"]],
  ["ten minutes later", [10 * MINUTE], ["pause"]],
  ["seconds later, as during an update of the plugin", [16_000], []],
  ["after more than ten minutes", [11 * MINUTE], []],
  ["seconds later and once more", [16_000, 44_000], ["pause"]],
])(
  "a plugin that is found gone and again %s",
  async (_when, waits, expected) => {
    const { clock, steps, send } = createWorld();
    await send(gone);
    for (const ms of waits) {
      await clock.advance(ms);
      await send(gone);
    }
    expect(steps).toEqual(expected);
  },
);

test("a plugin that was there in between does not count as gone", async () => {
  const { clock, steps, send } = createWorld();
  await send(gone);
  await clock.advance(MINUTE);
  await send(null);
  await send(gone);
  expect(steps).not.toContain("pause");
});

test("other troubles of WordPress are no sign of a missing plugin", async () => {
  const { clock, steps, send } = createWorld();
  const troubles = [
    new TransientError("wordpress-unreachable", { url: "", detail: "" }),
    new PermanentError("wordpress-refused", { detail: "HTTP 404" }),
  ];
  for (const trouble of [...troubles, ...troubles]) {
    await send(trouble);
    await clock.advance(2 * MINUTE);
  }
  expect(steps).toEqual([]);
});

test("a message that is taken ends the pause, also one from before a restart", async () => {
  const { steps, send } = createWorld();
  await send(null);
  await send(null);
  expect(steps).toEqual(["resume"]);
});
