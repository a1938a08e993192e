import { randomUUID } from "node:crypto";
import type { NetworkConfig } from "../config";
import { CHALLENGE_KEY } from "../mysql/registration";
import type { RecordDatabase } from "../mysql/schema";
import { setState } from "../mysql/state";
import { createWordpress } from "../wordpress/notifications";

export interface WitnessDeps {
  own: Pick<NetworkConfig, "id" | "secrets" | "wordpressUrl">;
  database: RecordDatabase;
  now: () => number;
}

/**
 * Whether the WordPress that answers for the network uses the sidecar's own database: a challenge that is written there
 * has to come back through the plugin's signed route. False where it does not, or where that cannot be told.
 */
export function createWitness({ own, database, now }: WitnessDeps) {
  const ask = createWordpress({
    network: own.id,
    wordpressUrl: own.wordpressUrl,
    secrets: own.secrets,
    now,
  });
  return async (): Promise<boolean> => {
    const challenge = randomUUID();
    await setState(database, CHALLENGE_KEY, challenge);
    const answer = await ask("identity", { network: own.id }).catch(() => null);
    return (answer as { challenge?: unknown } | null)?.challenge === challenge;
  };
}
