import { features } from "../http/contract/vocabulary";
import type { PassView } from "../http/contract/history";
import type { NameView, StatusAnswer } from "../http/contract/status";
import type {
  NameRecord,
  NameState,
  PassEntry,
  StateStore,
} from "../reconcile/ports";
import { HELD_KEY, type HeldPlan } from "../reconcile/survey";
import { LAST_PASS_KEY, type Ledger } from "../record/ledger";
import type { LaneView } from "../trigger/trigger";
import { version } from "../version";
import type { AppMemory } from "./app-view";
import { explain } from "./explain";

export interface StatusDeps {
  network: string;
  ledger: Pick<Ledger, "names">;
  state: StateStore;
  app: Pick<AppMemory, "view">;
  isRegistered(): Promise<boolean>;
  pass(): Promise<LaneView>;
  now(): number;
}

/** Everything that the screen, Site Health and the command line show, read from the ledger; no call leaves the machine. */
export async function readStatus(deps: StatusDeps): Promise<StatusAnswer> {
  const [names, app, lastPass, held, registered] = await Promise.all([
    deps.ledger.names(),
    deps.app.view(),
    deps.state.get(LAST_PASS_KEY) as Promise<PassEntry | undefined>,
    deps.state.get(HELD_KEY) as Promise<HeldPlan | null | undefined>,
    deps.isRegistered(),
  ]);
  const { state, nextAt } = await deps.pass();
  return {
    network: deps.network,
    version,
    features: [...features],
    registered,
    now: iso(deps.now()),
    app,
    pass: {
      state,
      lastAt: iso(lastPass?.finishedAt ?? null),
      lastOutcome: lastPass?.outcome ?? null,
      ...explain(lastPass?.reason ?? null, lastPass?.params),
      nextAt: iso(nextAt),
    },
    held: held
      ? {
          checksum: held.checksum,
          remove: held.remove,
          ...explain(held.reason, held.params),
        }
      : null,
    counts: countByState(names),
    names: names.map(nameView),
  };
}

function nameView(record: NameRecord): NameView {
  return {
    name: record.name,
    state: record.state,
    ...explain(record.reason, record.params),
    tries: record.tries,
    nextTryAt: iso(record.nextTryAt),
    certificateEndsAt: iso(record.certificateEndsAt),
    siteId: record.siteId,
    kind: record.kind,
    owned: record.owned,
    changedAt: iso(record.changedAt),
  };
}

/** A pass as the history shows it. */
export function passView(pass: PassEntry & { id: number }): PassView {
  const { reason, params, startedAt, finishedAt, ...rest } = pass;
  return {
    ...rest,
    ...explain(reason, params),
    startedAt: iso(startedAt),
    finishedAt: iso(finishedAt),
  };
}

/** How many names are in each state. */
export function countByState(
  names: readonly Pick<NameRecord, "state">[],
): Record<NameState, number> {
  const counts = {
    pending: 0,
    securing: 0,
    secure: 0,
    "ssl-failed": 0,
    blocked: 0,
    removing: 0,
  };
  for (const { state } of names) counts[state] += 1;
  return counts;
}

/** Milliseconds since the epoch as ISO 8601. */
export function iso(time: number): string;
export function iso(time: number | null): string | null;
export function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
