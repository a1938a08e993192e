import { sleep, type Clock } from "../clock";
import { statusAnswer, understood } from "./answers";
import { CliError } from "./cli-error";
import type { Client } from "./client";
import { line, type Output } from "./output";

export interface SyncOptions {
  checksum?: string;
  force?: boolean;
  retry?: string[];
  wait?: boolean;
}

/** How often a pass that is waited for is asked about, and for how long, in milliseconds. */
const POLL_MS = 1_000;
const PATIENCE_MS = 600_000;

/** Starts a pass; with a checksum only if the plan is still the one that was shown, with force even if it is held. */
export async function sync(
  client: Client,
  output: Output,
  { checksum, force = false, retry = [], wait = false }: SyncOptions,
  clock: Clock,
): Promise<number> {
  if (force && checksum === undefined) {
    throw new CliError(
      "--force needs --checksum, so that nothing unseen is approved.",
      "“domain-bridge plan” shows the plan and its checksum.",
    );
  }
  const before = wait ? (await passOf(client)).lastAt : null;
  await client.call("POST", "/sync", { checksum, force, retry });
  if (wait) return ended(client, output, before, clock);
  line(output, "A pass was started. “domain-bridge status” shows how it went.");
  return 0;
}

/** Waits for a pass that ended later than the one `before`, and says how it went. */
async function ended(
  client: Client,
  output: Output,
  before: string | null,
  clock: Clock,
): Promise<number> {
  const end = clock.now() + PATIENCE_MS;
  for (;;) {
    await sleep(clock, POLL_MS);
    const pass = await passOf(client);
    if (pass.state === "idle" && pass.lastAt !== before) {
      const isWell = pass.lastOutcome === "ok";
      line(output, `The pass ended: ${pass.lastOutcome ?? "unknown"}.`);
      if (pass.message) line(output, pass.message, isWell ? undefined : "red");
      if (pass.remedy) line(output, pass.remedy);
      if (isWell) return 0;
      return pass.lastOutcome === "held" ? 2 : 1;
    }
    if (clock.now() >= end)
      throw new CliError(
        "The pass is still under way after ten minutes.",
        "“domain-bridge status” shows how it goes on.",
      );
  }
}

async function passOf(client: Client) {
  const answer = await client.call("GET", "/status?names=0");
  return understood(statusAnswer, answer).pass;
}
