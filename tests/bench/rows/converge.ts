import { figureOf } from "../figure";
import { actionMs, latencyMs } from "../mappings/scene";
import { savingsOfFifty } from "../mappings/runs";
import type { Row } from "../row";
import { median } from "../statistics";

/** From the first save until the app is as it should be. */
export const converge: Row = {
  name: "converge",
  about:
    "Time from the first save until all 50 mappings are on the app and its action is done. Nobody can be faster than " +
    "one read, one write and the action (150 + 150 + 300 ms); the peer reads and writes 50 times.",
  parts: ["mariadb", "php", "wordpress"],
  scene: "mappings",
  async measure(bench) {
    const { bridge, peer } = await savingsOfFifty(bench);
    const common = {
      row: "converge",
      unit: "ms",
      runs: bridge.map(({ convergedMs }) => convergedMs),
    };
    return [
      figureOf({
        ...common,
        what: "50 mappings from the save to the app, beside the peer",
        peer: median(peer.map(({ convergedMs }) => convergedMs)),
        reach: { mostRatio: 0.1 },
      }),
      figureOf({
        ...common,
        what: "the same, beside one read + one write + action",
        limit: 2 * latencyMs + actionMs,
        reach: { mostRatio: 1.5 },
      }),
    ];
  },
};
