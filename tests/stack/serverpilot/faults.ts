import { z } from "zod";

import type { Clock } from "./types";

const requestKinds = [
  "status",
  "html",
  "malformed",
  "reset",
  "never",
  "applied-not-answered",
  "applied-later",
  "unanswered",
  "slow",
] as const;
const actionKinds = [
  "action-error",
  "action-never-ends",
  "action-no-id",
  "action-unknown",
] as const;
/** What reads of an app show; as `Reading`. */
const readKinds = [
  "old-list",
  "empty-list",
  "no-autossl",
  "autossl-true",
  "ssl-without-auto",
] as const;

/** A fault and the calls that it strikes. */
export const faultSchema = z.strictObject({
  kind: z.enum([...requestKinds, ...actionKinds, ...readKinds]),
  /** Only calls of this method. */
  method: z.enum(["GET", "POST", "DELETE"]).optional(),
  /** Only calls whose path (without `/v1`) matches this regular expression. */
  path: z.string().refine(isPattern, "not a regular expression").optional(),
  /** Only calls of this client id. */
  account: z.string().optional(),
  /** The first matching call that is struck, counted from now; 1 is the next. */
  nth: z.number().int().min(1).default(1),
  /** How many matching calls in a row are struck; 0 is all of them (1, and 0 where `forMs` is given). */
  times: z.number().int().min(0).optional(),
  /** For how long calls are struck, from now, in milliseconds of the world's clock. */
  forMs: z.number().min(0).optional(),
  /** `status` answers with it (500), `html` and `malformed` too (200). */
  status: z.number().int().min(200).max(599).optional(),
  /** `status`: the error's message. */
  message: z.string().optional(),
  /** `status`: value of a `Retry-After` header, seconds or a date. */
  retryAfter: z.union([z.number(), z.string()]).optional(),
  /** `slow`: milliseconds between doing the call and answering it. */
  ms: z.number().min(0).default(5000),
  /** `applied-later`: milliseconds of the world's clock until the call is done (by `unansweredMs`). */
  laterMs: z.number().min(0).optional(),
  /** Calls that are not answered are left waiting, where they else are reset. */
  hangs: z.boolean().default(false),
});

export type FaultOptions = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { times: number };
type RequestKind = (typeof requestKinds)[number];
type ActionKind = (typeof actionKinds)[number];
type ReadKind = (typeof readKinds)[number];
type Kinds = RequestKind | ActionKind | ReadKind;
/** A fault of one of these kinds. */
type Of<Kind extends Kinds> = Fault & { kind: Kind };
export type CallFault = Of<RequestKind>;

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
  /** When it ends by the world's clock. */
  until: number;
}

/** The faults that are armed, each counting the calls that match it. */
export class Faults {
  #armed: Armed[] = [];
  #nextId = 1;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Arms a fault and returns its id. Throws ZodError for one that makes no sense. */
  add(options: FaultOptions): number {
    const id = this.#nextId++;
    const fault = faultSchema.parse(options);
    const { forMs } = fault;
    const times = fault.times ?? (forMs === undefined ? 1 : 0);
    const until = this.#clock() + (forMs ?? Infinity);
    this.#armed.push({ id, fault: { ...fault, times }, seen: 0, until });
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
  strikeCall(call: Call): CallFault | undefined {
    return this.#strike(call, requestKinds);
  }

  /** The fault that strikes the action which this call starts, if any. Counts the action. */
  strikeAction(call: Call): Of<ActionKind> | undefined {
    return this.#strike(call, actionKinds);
  }

  /** The fault that strikes what this read of an app shows, if any. Counts the read. */
  strikeRead(call: Call): Of<ReadKind> | undefined {
    return this.#strike(call, readKinds);
  }

  #strike<Kind extends Kinds>(
    call: Call,
    kinds: readonly Kind[],
  ): Of<Kind> | undefined {
    const now = this.#clock();
    this.#armed = this.#armed.filter(({ until }) => until > now);
    let struck: Of<Kind> | undefined;
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (!isOf(fault, kinds) || !matches(fault, call)) continue;
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

function isOf<Kind extends Kinds>(
  fault: Fault,
  kinds: readonly Kind[],
): fault is Of<Kind> {
  return (kinds as readonly Kinds[]).includes(fault.kind);
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
