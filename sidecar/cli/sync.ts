import { CliError } from "./cli-error";
import type { Client } from "./client";
import { line, type Output } from "./output";

export interface SyncOptions {
  checksum?: string;
  force?: boolean;
  retry?: string[];
}

/** Starts a pass; with a checksum only if the plan is still the one that was shown, with force even if it is held. */
export async function sync(
  client: Client,
  output: Output,
  { checksum, force = false, retry = [] }: SyncOptions,
): Promise<number> {
  if (force && checksum === undefined) {
    throw new CliError(
      "--force needs --checksum, so that nothing unseen is approved.",
      "“domain-bridge plan” shows the plan and its checksum.",
    );
  }
  await client.call("POST", "/sync", { checksum, force, retry });
  line(output, "A pass was started. “domain-bridge status” shows how it went.");
  return 0;
}
