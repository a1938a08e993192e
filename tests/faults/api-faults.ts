import type { FaultOptions } from "../stack/serverpilot/faults";
import type { Random } from "./random";
import type { Step } from "./stage";

type Planned = Pick<Step, "what" | "run">;

/** Each way in which a call can fail; seldom what takes the sidecar a quarter of a minute to give up. */
const KINDS = {
  "status 500": 3,
  "status 503": 1,
  "status 429": 3,
  "status 409": 2,
  "status 401": 1,
  "status 402": 1,
  "status 403": 1,
  "status 404": 1,
  html: 2,
  malformed: 2,
  reset: 3,
  "applied-not-answered": 4,
  slow: 2,
  never: 0.4,
  unanswered: 2,
};

const ONCE: ReadonlySet<string> = new Set(["never", "unanswered"]);

const LIST_WRITE = { method: "POST", path: "^/apps/[^/]+$" } as const;

const CALLS: readonly Pick<FaultOptions, "method" | "path">[] = [
  { method: "GET", path: "^/apps/[^/]+$" },
  LIST_WRITE,
  LIST_WRITE,
  { method: "POST", path: "/ssl$" },
  { method: "GET", path: "^/actions/" },
  {},
];

/** Arms a fault for one kind of call, once or for a few calls. */
export function planApiFault(random: Random): Planned {
  const [kind = "", status] = random.weighted(KINDS).split(" ");
  const calls = kind === "unanswered" ? LIST_WRITE : random.pick(CALLS);
  const fault: FaultOptions = {
    kind: kind as FaultOptions["kind"],
    ...calls,
    nth: random.whole(1, 3),
    // Conflicts in a row are a refusal, which is an operation of its own.
    times: ONCE.has(kind) || status === "409" ? 1 : random.whole(1, 4),
    ms: random.whole(100, 1500),
    ...(status === undefined ? {} : { status: Number(status) }),
    ...(status === "429" ? { retryAfter: random.whole(0, 2) } : {}),
  };
  const on = `${calls.method ?? "any"} ${calls.path ?? "call"}`;
  return {
    what: `API ${kind}${status === undefined ? "" : ` ${status}`}: ${on}, ${fault.nth}+${fault.times}`,
    run: ({ world }) => {
      world.simulator.addFault(fault);
    },
  };
}

/** An action of a write ends in error, or never. */
export function planActionFault(random: Random): Planned {
  const kind = random.chance(0.8) ? "action-error" : "action-never-ends";
  const nth = random.whole(1, 2);
  return {
    what: `${kind}: ${nth}`,
    run: ({ world }) => {
      world.simulator.addFault({ kind, method: "POST", nth });
    },
  };
}
