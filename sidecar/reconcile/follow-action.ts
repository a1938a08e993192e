import { sleep, type Clock } from "../clock";
import { PermanentError, TransientError } from "../errors";
import type { ServerPilot } from "./ports";

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 4_000;
const PATIENCE_MS = 5 * 60_000;

/**
 * Waits for a ServerPilot action to succeed, asking less often the longer it takes.
 *
 * @param actionId null where ServerPilot had nothing to do: then it is done already.
 * @throws TransientError `action-failed` when it ended in error, `action-unfinished` after five minutes.
 */
export async function followAction(
  serverPilot: Pick<ServerPilot, "getAction">,
  actionId: string | null,
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  if (actionId === null) return;
  const giveUpAt = clock.now() + PATIENCE_MS;
  // A clock that is set back must not make the wait, and with it the lock, last longer.
  let waitedMs = 0;
  for (
    let pollMs = FIRST_POLL_MS;
    ;
    pollMs = Math.min(pollMs * 1.5, LONGEST_POLL_MS)
  ) {
    await sleep(clock, pollMs, signal);
    waitedMs += pollMs;
    const status = await readStatus(serverPilot, actionId);
    if (status === "success") return;
    if (status === "error") throw new TransientError("action-failed");
    if (clock.now() >= giveUpAt || waitedMs >= PATIENCE_MS)
      throw new TransientError("action-unfinished", {
        minutes: PATIENCE_MS / 60_000,
      });
  }
}

/** A passing failure of one poll says nothing about the action, which goes on: it is asked again. */
async function readStatus(
  serverPilot: Pick<ServerPilot, "getAction">,
  actionId: string,
): Promise<string> {
  try {
    return await serverPilot.getAction(actionId);
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    return "open";
  }
}
