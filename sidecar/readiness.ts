import type { Clock } from "./clock";
import type { Readiness } from "./http/health";

interface Reachable {
  /** @throws where its database does not answer. */
  touchDatabase(): Promise<void>;
}

/** How long the databases may take in all, in milliseconds. */
const PATIENCE_MS = 3000;

/** How long one question may go unanswered before more databases are asked, in milliseconds. */
const WAVE_MS = 250;

/**
 * Ready when the database of at least one network answers. The one that answered last is asked first, and then twice as
 * many each time, so that neither a fleet's databases are all asked at once nor do many that hang keep it waiting.
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
    const others = networks().filter((network) => network !== last);
    const all = last && others.length < networks().length ? [last] : [];
    all.push(...others);
    const giveUpAt = clock.now() + PATIENCE_MS;
    const answers: Promise<void>[] = [];
    let ok = false;
    for (let size = 1; !ok && answers.length < all.length; size *= 2) {
      const from = answers.length;
      answers.push(...all.slice(from, from + size).map(ask));
      const isLast = answers.length === all.length;
      ok = await anyAnswers(
        answers,
        isLast ? giveUpAt - clock.now() : WAVE_MS,
        clock,
      );
    }
    return { ok, detail: ok ? "ready" : "no network's database answers" };
  };
}

async function anyAnswers(
  answers: readonly Promise<void>[],
  ms: number,
  clock: Clock,
): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => {
      resolve(false);
    });
    const end = (ok: boolean) => () => {
      cancel();
      resolve(ok);
    };
    Promise.any(answers).then(end(true), end(false));
  });
}
