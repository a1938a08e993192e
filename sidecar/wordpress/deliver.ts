import type { NetworkLock } from "../reconcile/ports";
import type { Outbox } from "../record/outbox";
import type { Notifications } from "./notifications";

/** Most changes in one message. */
const BATCH = 200;

/**
 * Sends what waits in the outbox, oldest first, until it is empty. One sender at a time, so that order holds with
 * several sidecars.
 *
 * @throws what the outbox, the lock or the notification throws; what was not accepted stays in the outbox.
 */
export async function deliver(
  outbox: Outbox,
  lock: NetworkLock,
  notifications: Notifications,
): Promise<void> {
  if (await outbox.isEmpty()) return;
  await lock.run(async (stillHeld) => {
    for (;;) {
      const { changes, correlationId } = await outbox.next(BATCH);
      const last = changes.at(-1);
      if (!last) return;
      await stillHeld();
      await notifications.send(changes, correlationId);
      await outbox.accepted(last.seq);
    }
  });
}
