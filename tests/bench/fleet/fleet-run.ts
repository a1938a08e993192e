import type { Bench } from "../bench";
import { residentMib } from "../process-figures";
import { repeat } from "../statistics";
import { firstLook, resync } from "./resync";

/** What one sidecar did with the whole fleet; two rows look at it. */
export interface FleetRun {
  resyncs: { perSecond: number; calls: number; ms: number }[];
  /** Resident memory after the last resync, in MiB. */
  residentMib: number;
}

/** Starts one sidecar with the whole fleet and has it resync everything several times. */
export async function runFleet(bench: Bench): Promise<FleetRun> {
  const fleet = await bench.fleet();
  fleet.stack.simulator.clearJournal();
  const sidecar = await fleet.startSidecar();
  try {
    await firstLook(fleet);
    // The first one is for V8, which compiles what is called often.
    await resync(fleet, [sidecar]);
    const resyncs = await repeat(bench.runs(5, 1), () =>
      resync(fleet, [sidecar]),
    );
    return { resyncs, residentMib: residentMib(sidecar.pid) };
  } finally {
    await fleet.stopSidecar(sidecar);
  }
}
