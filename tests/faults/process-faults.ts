import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "./random";
import type { Stage, Step } from "./stage";

type Planned = Pick<Step, "what" | "run">;

/** Sidecars that end at the worst moments, and what is around them. */
const WEIGHTS = {
  "killed at a call": 7,
  "killed after a call": 5,
  "killed at a statement": 9,
  killed: 3,
  "stopped and started": 1,
  "frozen for a while": 1,
  "log on a full disk": 2,
  "clock set": 4,
  "WordPress away": 2,
  "WordPress hangs": 0.5,
  "TLS port closed": 1,
};

const MINUTE_MS = 60_000;
const CLOCKS = [
  -365 * 24 * 60,
  -61,
  -6,
  -1,
  1,
  4,
  6,
  61,
  25 * 60,
  365 * 24 * 60,
  0,
  0,
];

export function planProcessFault(random: Random): Planned {
  const what = random.weighted(WEIGHTS);
  const n = random.whole(1, 6);
  const statement = random.whole(1, 30);
  const which = random.whole(0, 2);
  const ms = random.whole(0, 600);
  switch (what) {
    case "killed at a call":
      return {
        what: `${what}: ${n}`,
        run: (stage) => {
          const { simulator } = stage.world;
          stage.killAfter(
            n,
            (heard) => simulator.onArrival(heard),
            () => stage.locker,
            ms,
          );
        },
      };
    case "killed after a call":
      return {
        what: `${what}: ${n}`,
        run: (stage) => {
          const { simulator } = stage.world;
          stage.killAfter(
            n,
            (heard) => simulator.onRequest(heard),
            () => stage.locker,
            ms,
          );
        },
      };
    case "killed at a statement":
      return {
        what: `${what}: ${statement}`,
        run: (stage) => {
          const victim = at(stage, which);
          stage.killAfter(
            statement,
            (heard) => victim.database.onStatement(heard),
            () => victim,
            ms,
          );
        },
      };
    case "killed":
      return {
        what,
        run: (stage) => {
          stage.kill(at(stage, which), ms);
        },
      };
    case "stopped and started":
      return {
        what,
        run: (stage) => {
          const { process } = at(stage, which);
          stage.background(async () => {
            await process.stop();
            process.launch();
            await process.isUp();
          });
        },
      };
    case "frozen for a while":
      return {
        what,
        run: (stage) => {
          const { process } = at(stage, which);
          if (process.signal("SIGSTOP"))
            stage.background(async () => {
              await delay(400 + ms);
              process.signal("SIGCONT");
            });
        },
      };
    case "log on a full disk":
      return {
        what,
        run: (stage) => {
          const { process } = at(stage, which);
          stage.background(async () => {
            await process.kill();
            process.launch("/dev/full");
            await process.isUp();
          });
        },
      };
    case "clock set": {
      const minutes = random.pick(CLOCKS);
      const all = random.chance(0.4);
      return {
        what: `${what}: ${minutes} minutes${all ? " for all" : ""}`,
        run: (stage) => {
          for (const { process } of all
            ? stage.world.sidecars
            : [at(stage, which)])
            process.shiftClock(minutes * MINUTE_MS);
        },
      };
    }
    case "WordPress away":
    case "WordPress hangs":
      return {
        what,
        run: (stage) => {
          const { wordpressProxy } = stage.world;
          wordpressProxy.mode = what === "WordPress away" ? "refuse" : "hang";
          wordpressProxy.cut();
          stage.background(async () => {
            await delay(500 + ms);
            wordpressProxy.mode = "pass";
            wordpressProxy.cut();
          });
        },
      };
    case "TLS port closed":
      return {
        what,
        run: (stage) => {
          const { simulator } = stage.world;
          stage.background(async () => {
            await simulator.setTlsListening(false);
            await delay(500 + ms);
            await simulator.setTlsListening(true);
          });
        },
      };
  }
}

function at({ world }: Stage, which: number) {
  const served = world.sidecars[which % world.sidecars.length];
  if (!served) throw new RangeError("this world has no sidecar");
  return served;
}
