import type { ReasonParams } from "../reasons";
import { judge, type Verdict } from "./guard";
import { computePlan, type Plan } from "./plan";
import { wantedNames, type PolicySettings, type Wanted } from "./policy";
import type {
  AppState,
  NameRecord,
  NetworkSnapshot,
  PassLedger,
  ServerPilot,
  Source,
  StateStore,
} from "./ports";

/** Both sides as they are now, and what follows from them. */
export interface Survey {
  snapshot: NetworkSnapshot;
  wanted: Wanted;
  app: AppState;
  known: ReadonlyMap<string, NameRecord>;
  /** Names that UM reported as removed, with the time of the report in milliseconds since the epoch. */
  reported: ReadonlyMap<string, number>;
  plan: Plan;
  verdict: Verdict;
  /** The plan that was held before, if any. */
  heldBefore: HeldPlan | null;
}

/** A plan that waits for a person, as kept under {@link HELD_KEY}. */
export interface HeldPlan {
  checksum: string;
  remove: string[];
  reason: "plan-held";
  params: ReasonParams;
  approved: boolean;
}

/** State key of the held plan, or null. */
export const HELD_KEY = "held-plan";

/** The app could not be read, but the network could: enough to show which names are waiting, and why. */
export class AppUnreadable extends Error {
  readonly wanted: Wanted;
  readonly known: ReadonlyMap<string, NameRecord>;

  constructor(
    wanted: Wanted,
    known: ReadonlyMap<string, NameRecord>,
    cause: unknown,
  ) {
    super("the app could not be read", { cause });
    this.wanted = wanted;
    this.known = known;
  }
}

export interface SurveyDeps {
  source: Source;
  ledger: Pick<PassLedger, "load">;
  state: StateStore;
}

/**
 * Reads the app, and meanwhile the network and the ledger, and plans. Writes nothing.
 *
 * @throws AppUnreadable when only the app could not be read; the source's and the ledger's errors as they are.
 */
export async function survey(
  deps: SurveyDeps,
  serverPilot: ServerPilot,
  settings: PolicySettings,
): Promise<Survey> {
  const [app, local] = await Promise.allSettled([
    serverPilot.getApp(),
    readDatabase(deps),
  ]);
  const { snapshot, ledger, held } = valueOf(local);
  const wanted = wantedNames(snapshot, settings);
  const { names, reported } = ledger;
  const known = new Map(names.map((record) => [record.name, record]));
  if (app.status === "rejected")
    throw new AppUnreadable(wanted, known, app.reason);

  const owned = new Set(
    names.filter((record) => record.owned).map(({ name }) => name),
  );
  const actual = app.value.domains;
  const plan = computePlan({
    wanted: wanted.names,
    actual,
    owned,
    networkDomain: wanted.networkDomain,
  });
  const heldBefore = (held ?? null) as HeldPlan | null;
  const approved = heldBefore?.approved ? heldBefore.checksum : null;
  const verdict = judge(plan, owned.size, reported, approved);
  return {
    ...{ snapshot, wanted, known, reported, plan, verdict, heldBefore },
    app: app.value,
  };
}

/** One after the other: ServerPilot takes longer than all of it, and so one connection does. */
async function readDatabase({ source, ledger, state }: SurveyDeps) {
  return {
    snapshot: await source.read(),
    ledger: await ledger.load(),
    held: await state.get(HELD_KEY),
  };
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}
