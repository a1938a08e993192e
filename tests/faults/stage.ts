import { setTimeout as delay } from "node:timers/promises";
import type { JournalEntry } from "../stack/serverpilot/journal";
import { until } from "../stack/until";
import type { Random } from "./random";
import type { Served, World } from "./world";

/** One thing that the soak does. */
export interface Step {
  readonly kind: "operation" | "fault";
  readonly what: string;
  /** Milliseconds to wait afterwards. */
  readonly pauseMs: number;
  run(stage: Stage): Promise<void> | void;
}

/** Where a seed's steps take place: the world, what is still going on in it, and what has been counted. */
export class Stage {
  readonly world: World;
  readonly random: Random;
  kills = 0;
  readonly counts = {
    operation: new Map<string, number>(),
    fault: new Map<string, number>(),
  };
  /** Steps that found nothing to do, such as a panel edit while the lock could not be had. */
  skipped = 0;
  #pending: Promise<void>[] = [];
  #ends: (() => void)[] = [];
  #databaseIsFaulty = false;
  #locker: Served | null = null;
  #writesUnderWay = 0;

  constructor(world: World, random: Random) {
    this.world = world;
    this.random = random;
    for (const served of world.sidecars)
      this.atEnd(
        served.database.onStatement(({ sql }) => {
          if (sql.includes("GET_LOCK")) this.#locker = served;
        }),
      );
    const isWrite = ({ method }: JournalEntry) => method === "POST";
    this.atEnd(
      world.simulator.onArrival((entry) => {
        if (isWrite(entry)) this.#writesUnderWay += 1;
      }),
    );
    this.atEnd(
      world.simulator.onRequest((entry) => {
        if (isWrite(entry)) this.#writesUnderWay -= 1;
      }),
    );
  }

  /** The sidecar that asked for a lock last. */
  get locker(): Served {
    return this.#locker ?? this.any;
  }

  get any(): Served {
    return this.random.pick(this.world.sidecars);
  }

  count({ kind, what }: Step): void {
    const counts = this.counts[kind];
    const name = what.split(":", 1)[0] ?? what;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  atEnd(work: () => void): void {
    this.#ends.push(work);
  }

  /** Goes on with work in the background; `settled` waits for it. What cannot be done because of a fault is skipped. */
  background(work: () => Promise<unknown>): void {
    this.#pending.push(
      work().then(
        () => undefined,
        () => {
          this.skipped += 1;
        },
      ),
    );
  }

  /** Resolves when no work goes on in the background, that set off meanwhile included. */
  async settled(): Promise<void> {
    while (this.#pending.length > 0) await Promise.all(this.#pending.splice(0));
  }

  end(): void {
    for (const work of this.#ends.splice(0)) work();
  }

  /** A fault of the database from now on for `ms` milliseconds; only one at a time. */
  databaseFault(
    begin: () => Promise<unknown>,
    ms: number,
    end: () => Promise<unknown>,
  ): void {
    if (this.#databaseIsFaulty) {
      this.skipped += 1;
      return;
    }
    this.#databaseIsFaulty = true;
    this.background(async () => {
      try {
        await begin();
        await delay(ms);
      } finally {
        await end().finally(() => {
          this.#databaseIsFaulty = false;
        });
      }
    });
  }

  /** Kills a sidecar, and starts it again after `ms` milliseconds, as whatever supervises it would. */
  kill({ process }: Served, ms: number): void {
    if (!process.isRunning) return;
    this.kills += 1;
    this.background(async () => {
      await process.kill();
      await delay(ms);
      process.launch();
      await process.isUp();
    });
  }

  /** Kills the sidecar that `victim` names as soon as `listen` has called back `n` times. */
  killAfter(
    n: number,
    listen: (heard: () => void) => () => void,
    victim: () => Served,
    ms: number,
  ): void {
    let left = n;
    const stop = listen(() => {
      left -= 1;
      if (left !== 0) return;
      stop();
      this.kill(victim(), ms);
    });
    this.atEnd(stop);
  }

  /**
   * Edits the app's list as a person does, between two passes: the API has no conditional write, so an edit between a
   * pass's look and its write could not be kept by anybody.
   */
  panel(edit: (domains: string[]) => string[] | null): void {
    const { lock, simulator } = this.world;
    this.background(() =>
      lock.run(async (stillHeld) => {
        await until(
          "writes under way",
          () => this.#writesUnderWay === 0 && simulator.app().openActions === 0,
          3,
        );
        await stillHeld();
        const edited = edit(simulator.domains());
        if (edited) simulator.setDomains(edited);
      }),
    );
  }
}
