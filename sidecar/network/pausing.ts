import type { Clock } from "../clock";
import { isKnownError } from "../errors";
import type { Logger } from "../logger";
import type { Notifications } from "../wordpress/notifications";
import type { Connections } from "./connection";

/** Seen once, the plugin may just be being updated; what lies further back is another story. */
const LEAST_APART_MS = 60_000;
const MOST_APART_MS = 10 * 60_000;

/**
 * The same notifications, but where WordPress twice has no route for them, a minute to ten minutes apart, the network is
 * paused: the plugin's folder was deleted, and UM's own code works on the app. A message that is taken ends the pause.
 */
export function pausing(
  notifications: Notifications,
  connections: Pick<Connections, "pause" | "resume">,
  { clock, logger }: { clock: Clock; logger: Logger },
): Notifications {
  let missingSince: number | null = null;
  /** Also after a start: the sidecar before may have paused the network. */
  let mayBePaused = true;
  return {
    async send(changes, correlationId) {
      try {
        await notifications.send(changes, correlationId);
      } catch (error) {
        if (isKnownError(error) && error.reason === "plugin-missing")
          await missing(error.message);
        throw error;
      }
      missingSince = null;
      if (mayBePaused) await connections.resume();
      mayBePaused = false;
    },
  };

  async function missing(message: string): Promise<void> {
    const now = clock.now();
    const apart = now - (missingSince ?? -Infinity);
    if (apart < 0 || apart > MOST_APART_MS) missingSince = now;
    if (apart < LEAST_APART_MS || apart > MOST_APART_MS) return;
    await connections.pause();
    mayBePaused = true;
    logger.warn(message, { reason: "plugin-missing" });
  }
}
