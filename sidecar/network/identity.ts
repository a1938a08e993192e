import { createHash } from "node:crypto";
import type { NetworkConfig } from "../config";

/**
 * The same on every sidecar that serves the network. Its tables and address belong to it, so that two fleets with a
 * network `default` each may meet in one Redis and not run each other's work.
 */
export function identityOf(
  own: Pick<NetworkConfig, "id" | "database" | "tablePrefix" | "wordpressUrl">,
): string {
  const { id, database, tablePrefix, wordpressUrl } = own;
  const where = [database.name, tablePrefix, wordpressUrl].join("\0");
  const hash = createHash("sha256").update(where).digest("hex");
  return `${id}-${hash.slice(0, 12)}`;
}
