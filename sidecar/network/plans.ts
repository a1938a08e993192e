import type { Preview } from "../contract/requests";
import { PermanentError } from "../errors";
import { APP_CAPACITY } from "../reconcile/plan";
import { wantedNames, type Wanted } from "../reconcile/policy";
import { planFor, type Planned } from "../reconcile/survey";
import type { Connection } from "./connection";
import type { Parts } from "./parts";
import { explain } from "./status";

export interface PlansDeps {
  parts: Pick<Parts, "source" | "ledger" | "records">;
  /** See {@link Connections.connect}; also while the integration is disabled. */
  connect: () => Promise<Connection>;
  now: () => number;
}

/** What a pass would do, and a person's approval of what it will not do by itself. */
export interface Plans {
  preview(): Promise<Preview>;
  /** @throws PermanentError `plan-changed` when the checksum is not of what is to be approved now. */
  approve(checksum: string, force: boolean): Promise<void>;
}

export function createPlans(deps: PlansDeps): Plans {
  return {
    async preview() {
      const { planned, wanted } = await planNow(deps);
      return previewOf(planned, wanted);
    },
    approve: (checksum, force) => approve(deps, checksum, force),
  };
}

/** What a pass would do now. It changes nothing, so it needs no lock. */
async function planNow({
  parts,
  connect,
  now,
}: PlansDeps): Promise<{ planned: Planned; wanted: Wanted }> {
  const { serverPilot, settings } = await connect();
  const app = await serverPilot.getApp();
  const snapshot = await parts.source.read(settings.networkId);
  const { names, reported, record } = await parts.ledger.load();
  const wanted = wantedNames(snapshot, settings);
  const { planned } = planFor({
    record,
    before: record.believed,
    wanted,
    known: new Map(names.map((one) => [one.name, one])),
    mappings: snapshot.mappings,
    app,
    reported,
    refused: new Map(),
    urgent: false,
    settings,
    now: now(),
  });
  return { planned, wanted };
}

async function approve(
  deps: PlansDeps,
  checksum: string,
  force: boolean,
): Promise<void> {
  const { records } = deps.parts;
  const { suspect } = await records.load();
  if (force && suspect?.checksum === checksum) {
    await records.update((record) => ({
      ...record,
      provenAppId: suspect.appId,
      suspect: null,
    }));
    return;
  }
  const { planned } = await planNow(deps);
  if (![shownChecksum(planned), planned.plan.checksum].includes(checksum))
    throw new PermanentError("plan-changed");
  const { held } = planned;
  if (!force || held === null) return;
  await records.update((record) => ({
    ...record,
    held: {
      checksum: held.checksum,
      remove: [...held.names],
      reason: held.reason,
      params: held.params,
      approved: true,
    },
  }));
}

/** A plan as it is shown: what a pass would do right now. */
function previewOf({ plan, held }: Planned, wanted: Wanted): Preview {
  return {
    checksum: shownChecksum({ plan, held }),
    add: plan.add,
    remove: plan.remove,
    adopt: plan.adopt,
    disown: plan.disown,
    keep: plan.kept.length,
    result: plan.result,
    blocked: [
      ...wanted.blocked.map(({ name, reason, params }) => ({
        name,
        ...explain(reason, params),
      })),
      ...plan.withoutPlace.map((name) => ({
        name,
        ...explain("over-capacity", { capacity: APP_CAPACITY }),
      })),
    ],
    held: held && explain(held.reason, held.params),
  };
}

/** What a person says yes to: where removals are held, these and no others; else the plan as a whole. */
function shownChecksum({ plan, held }: Pick<Planned, "plan" | "held">): string {
  return held?.checksum ?? plan.checksum;
}
