import { readdirSync, readFileSync } from "node:fs";

/** CPU time that a process's living threads have used so far, in milliseconds. Source: Linux, sched-stats: nanoseconds. */
export function cpuMs(pid: number): number {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const [run = "0"] = readFileSync(
      `/proc/${pid}/task/${task}/schedstat`,
      "utf8",
    ).split(" ");
    nanoseconds += Number(run);
  }
  return nanoseconds / 1e6;
}

/** Resident memory of a process, in MiB. */
export function residentMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return kibibytes / 1024;
}
