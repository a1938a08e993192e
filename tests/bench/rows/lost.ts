import { figureOf } from "../figure";
import type { Row } from "../row";
import { median, repeat } from "../statistics";

const PROCESSES = 4;
const EACH = 5;

/** Mappings that are saved and never come onto the app. */
export const lost: Row = {
  name: "lost",
  about:
    "20 mappings saved by 4 PHP processes at once: how many never come onto the app. ServerPilot's list can only be " +
    "replaced whole, so writers that do not know of each other, as the peer's, overwrite each other.",
  parts: ["mariadb", "php", "wordpress"],
  scene: "mappings",
  async measure(bench) {
    const scene = await bench.mappings();
    const rounds = bench.runs(10, 3);
    const bridge = await repeat(rounds, () =>
      scene.race("bridge", PROCESSES, EACH),
    );
    const peer = await repeat(bench.runs(10, 1), () =>
      scene.race("peer", PROCESSES, EACH),
    );
    const total = bridge.reduce((sum, count) => sum + count, 0);
    return [
      figureOf({
        row: "lost",
        what: `mappings lost in a round of ${PROCESSES * EACH} by ${PROCESSES} processes`,
        unit: "mappings",
        // One lost mapping in ten rounds must not vanish in a median.
        runs: total === 0 ? bridge : bridge.map(() => total / rounds),
        peer: median(peer),
        reach: { mostValue: 0 },
        note: `lost in all ${rounds} rounds: ${total}; the peer's rounds: ${peer.join(" ")}`,
      }),
    ];
  },
  broken: ({ value }) => value > 0,
};
