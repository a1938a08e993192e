import { z } from "zod";

const requestKinds = [
  "status",
  "html",
  "malformed",
  "reset",
  "never",
  "applied-not-answered",
  "slow",
] as const;
const actionKinds = ["action-error", "action-never-ends"] as const;

/** A fault and the calls that it strikes. */
export const faultSchema = z.strictObject({
  kind: z.enum([...requestKinds, ...actionKinds]),
  /** Only calls of this method. */
  method: z.enum(["GET", "POST", "DELETE"]).optional(),
  /** Only calls whose path (without `/v1`) matches this regular expression. */
  path: z.string().refine(isPattern, "not a regular expression").optional(),
  /** Only calls of this client id. */
  account: z.string().optional(),
  /** The first matching call that is struck, counted from now; 1 is the next. */
  nth: z.number().int().min(1).default(1),
  /** How many matching calls in a row are struck; 0 is all of them. */
  times: z.number().int().min(0).default(1),
  /** `status` answers with it (500), `html` and `malformed` too (200). */
  status: z.number().int().min(200).max(599).optional(),
  /** `status`: the error's message. */
  message: z.string().optional(),
  /** `status`: value of a `Retry-After` header, seconds or a date. */
  retryAfter: z.union([z.number(), z.string()]).optional(),
  /** `slow`: milliseconds between doing the call and answering it. */
  ms: z.number().min(0).default(5000),
});

export type FaultOptions = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema>;
type FaultKind = Fault["kind"];

/** What a fault is matched against. */
export interface Call {
  method: string;
  path: string;
  account: string | null;
}

interface Armed {
  id: number;
  fault: Fault;
  seen: number;
}

/** The faults that are armed, each counting the calls that match it. */
export class Faults {
  #armed: Armed[] = [];
  #nextId = 1;

  /** Arms a fault and returns its id. Throws ZodError for one that makes no sense. */
  add(options: FaultOptions): number {
    const id = this.#nextId++;
    this.#armed.push({ id, fault: faultSchema.parse(options), seen: 0 });
    return id;
  }

  remove(id: number): void {
    this.#armed = this.#armed.filter((armed) => armed.id !== id);
  }

  clear(): void {
    this.#armed = [];
  }

  list(): (Fault & { id: number; seen: number })[] {
    return this.#armed.map(({ id, fault, seen }) => ({ ...fault, id, seen }));
  }

  /** The fault that strikes this call itself, if any. Counts the call. */
  strikeCall(call: Call): Fault | undefined {
    return this.#strike(call, requestKinds);
  }

  /** The fault that strikes the action which this call starts, if any. Counts the action. */
  strikeAction(call: Call): Fault | undefined {
    return this.#strike(call, actionKinds);
  }

  #strike(call: Call, kinds: readonly FaultKind[]): Fault | undefined {
    let struck: Fault | undefined;
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (!kinds.includes(fault.kind) || !matches(fault, call)) continue;
      armed.seen += 1;
      const due =
        armed.seen >= fault.nth &&
        (fault.times === 0 || armed.seen < fault.nth + fault.times);
      if (due) struck ??= fault;
    }
    this.#armed = this.#armed.filter(
      ({ fault, seen }) =>
        fault.times === 0 || seen < fault.nth + fault.times - 1,
    );
    return struck;
  }
}

function matches(fault: Fault, call: Call): boolean {
  if (fault.method !== undefined && fault.method !== call.method) return false;
  if (fault.account !== undefined && fault.account !== call.account)
    return false;
  return fault.path === undefined || new RegExp(fault.path).test(call.path);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
