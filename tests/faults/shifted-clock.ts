import { readFileSync } from "node:fs";

/**
 * Loaded into a sidecar before it starts: its wall clock is off by the milliseconds in the file that CLOCK_FILE names,
 * from one moment to the next as when a person or NTP sets it. Timers go on, as the machine's monotonic clock does.
 */
const file = process.env["CLOCK_FILE"] ?? "";
const realNow = Date.now;
let offset = 0;

const read = (): void => {
  try {
    offset = Number(readFileSync(file, "utf8")) || 0;
  } catch {
    offset = 0;
  }
};
read();
setInterval(read, 50).unref();

const shiftedNow = (): number => realNow() + offset;
globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[], made) =>
    Reflect.construct(
      target,
      args.length === 0 ? [shiftedNow()] : args,
      made,
    ) as object,
  get: (target, key, receiver) =>
    key === "now"
      ? shiftedNow
      : (Reflect.get(target, key, receiver) as unknown),
});
