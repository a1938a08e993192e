import type { TransientError } from "../../../sidecar/errors";
import { followAction } from "../../../sidecar/reconcile/follow-action";
import { createFakeClock } from "../fake-clock";

/** The reason with which following an action ended, or null where it ended well; undefined while it has not ended. */
function follow(
  clock: Parameters<typeof followAction>[2],
  status: "open" | "success" | "error",
) {
  const end: { reason?: string | null } = {};
  void followAction(
    { getAction: () => Promise.resolve(status) },
    "a",
    clock,
  ).then(
    () => (end.reason = null),
    (error: unknown) => (end.reason = (error as TransientError).reason),
  );
  return end;
}

test("an action that never ends is given up after five minutes", async () => {
  const clock = createFakeClock();
  const end = follow(clock, "open");
  await clock.advance(299_000);
  expect(end.reason).toBeUndefined();
  await clock.advance(5_000);
  expect(end.reason).toBe("action-unfinished");
});

test("a clock that is set back does not make the wait longer", async () => {
  const clock = createFakeClock();
  let backMs = 0;
  const end = follow(
    {
      now: () => clock.now() - backMs,
      after: (delayMs, callback) => clock.after(delayMs, callback),
    },
    "open",
  );
  await clock.advance(60_000);
  backMs = 3_600_000;
  await clock.advance(245_000);
  expect(end.reason).toBe("action-unfinished");
});

test("an action that ends in error is a failure, one that succeeds is none", async () => {
  const clock = createFakeClock();
  const failed = follow(clock, "error");
  const good = follow(clock, "success");
  await clock.advance(1_000);
  expect([failed.reason, good.reason]).toEqual(["action-failed", null]);
});
