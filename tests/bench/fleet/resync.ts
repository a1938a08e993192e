import { setTimeout as delay } from "node:timers/promises";
import { until } from "../../stack/until";
import type { CompiledSidecar } from "../compiled-sidecar";
import { latencyMs, networkId, type FleetScene } from "./fleet-scene";
import { sendAll } from "./load";
import { signedEvents } from "./signed-request";

/** Passes that a sidecar runs at once: its default. */
export const concurrency = 20;

/** The most calls a second that one sidecar can make when each takes its time and nothing else does. */
export const mostPerSecond = (1000 * concurrency) / latencyMs;

/** A resync of every network of the fleet. */
interface Resync {
  /** Calls to ServerPilot a second, from the first call's arrival to the last one's answer. */
  perSecond: number;
  calls: number;
  ms: number;
}

/** Waits until the sidecars, just started, have looked at every network once. */
export async function firstLook(fleet: FleetScene): Promise<void> {
  await until(
    "a look at every network",
    () => seen(fleet) === fleet.networks,
    120,
  );
  await delay(1_000);
}

/** Asks the sidecars to look at every network, each of them for its share, and waits until they have. */
export async function resync(
  fleet: FleetScene,
  sidecars: readonly CompiledSidecar[],
): Promise<Resync> {
  const { simulator } = fleet.stack;
  simulator.clearJournal();
  let lastAt = 0;
  const forget = simulator.onRequest(() => {
    lastAt = Date.now();
  });
  await Promise.all(
    sidecars.map(({ port }, index) =>
      sendAll(port, asks(fleet, sidecars.length, index)),
    ),
  );
  await until(
    "a resync of the fleet",
    () => seen(fleet) === fleet.networks,
    60,
  );
  forget();
  const journal = simulator.journal();
  const ms = lastAt - (journal[0]?.at ?? NaN);
  // What follows a pass, such as the look at certificates, must not reach into the next measurement.
  await delay(800);
  return { perSecond: (1000 * journal.length) / ms, calls: journal.length, ms };
}

function asks(fleet: FleetScene, shares: number, share: number): Buffer[] {
  return Array.from({ length: fleet.networks }, (_, index) => index)
    .filter((index) => index % shares === share)
    .map((index) => signedEvents(networkId(index + 1), [{ type: "resync" }]));
}

/** How many networks' apps were read, and the answer given, since the journal was cleared. */
function seen({ stack }: FleetScene): number {
  const answered = stack.simulator
    .journal()
    .filter(({ path, status }) => path.startsWith("/apps/") && status === 200);
  return new Set(answered.map(({ path }) => path)).size;
}
