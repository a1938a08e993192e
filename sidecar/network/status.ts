import type { NameView, PassView, StatusAnswer } from "../contract/answers";
import type { Preview } from "../contract/requests";
import { type Explained, features } from "../contract/vocabulary";
import { LAST_PASS_KEY, type Ledger } from "../mysql/ledger";
import type { RecordDatabase } from "../mysql/schema";
import { type Figures, readFigures } from "../mysql/state";
import {
  type ReasonCode,
  type ReasonParams,
  describeReason,
} from "../reasons/reasons";
import { HELD_KEY, type HeldPlan, type Survey } from "../reconcile/pass";
import { APP_CAPACITY } from "../reconcile/plan";
import type {
  NameRecord,
  NameState,
  PassEntry,
  StateStore,
} from "../reconcile/ports";
import type { LaneView } from "../trigger/trigger";
import { version } from "../version";
import type { AppMemory } from "./app-view";

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

/** A reason in the form in which it leaves the sidecar. */
export function explain(
  reason: ReasonCode | null,
  params: ReasonParams = {},
): Explained {
  if (reason === null) return { reason, params: {}, message: "", remedy: "" };
  return { reason, params, ...describeReason(reason, params) };
}

/** A survey as it is shown: what a pass would do right now. */
export function previewOf({ plan, wanted, verdict }: Survey): Preview {
  const { checksum, add, remove, adopt, disown, keep, result } = plan;
  return {
    ...{ checksum, add, remove, adopt, disown, keep, result },
    blocked: [
      ...wanted.blocked.map(({ name, reason, params }) => ({
        name,
        ...explain(reason, params),
      })),
      ...plan.overCapacity.map((name) => ({
        name,
        ...explain("over-capacity", { capacity: APP_CAPACITY }),
      })),
    ],
    held: verdict.held ? explain(verdict.reason, verdict.params) : null,
  };
}

/** A network in numbers, for the metrics; no call leaves the machine. */
export interface NetworkFigures extends Figures {
  /** Domains on the app as last seen; null before that. */
  domainsUsed: number | null;
}

/** @throws TransientError | PermanentError with a `database-*` reason. */
export async function networkFigures(
  database: RecordDatabase,
  app: Pick<AppMemory, "view">,
): Promise<NetworkFigures> {
  const figures = await readFigures(database);
  const view = await app.view();
  return { ...figures, domainsUsed: view?.domainsUsed ?? null };
}
