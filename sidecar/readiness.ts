import type { Clock } from "./clock";
import type { Readiness } from "./http/health";

interface Reachable {
  /** @throws where its database does not answer. */
  touchDatabase(): Promise<void>;
}

/** A database that takes longer counts as away, in milliseconds. */
const PATIENCE_MS = 3000;

/**
 * Ready when the database of at least one network answers. The one that answered last is asked first, so that a fleet's
 * databases are not all asked each time.
 */
export function createReadiness(
  networks: () => readonly Reachable[],
  clock: Clock,
): () => Promise<Readiness> {
  let last: Reachable | undefined;
  const ask = async (network: Reachable): Promise<void> => {
    await network.touchDatabase();
    last = network;
  };
  return async () => {
    const all = networks();
    const first = all.filter((network) => network === last);
    const ok =
      (await anyAnswers(first.map(ask), clock)) ||
      (await anyAnswers(all.map(ask), clock));
    return { ok, detail: ok ? "ready" : "no network's database answers" };
  };
}

async function anyAnswers(
  answers: readonly Promise<void>[],
  clock: Clock,
): Promise<boolean> {
  if (answers.length === 0) return false;
  return new Promise((resolve) => {
    const cancel = clock.after(PATIENCE_MS, () => {
      resolve(false);
    });
    const end = (ok: boolean) => () => {
      cancel();
      resolve(ok);
    };
    Promise.any(answers).then(end(true), end(false));
  });
}
