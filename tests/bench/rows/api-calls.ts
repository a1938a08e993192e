import { figureOf } from "../figure";
import { mainCalls } from "../mappings/calls";
import { savingsOfFifty } from "../mappings/runs";
import type { Row } from "../row";
import { median } from "../statistics";

/** Calls for 50 mappings; the simulator's journal is what is counted. */
export const apiCalls: Row = {
  name: "api-calls",
  about:
    "Calls to ServerPilot for 50 mappings saved in one request, until every name is secure: reads and writes of the " +
    "list, writes of SSL; questions how an action stands are apart. The peer: read, write and SSL for each mapping.",
  parts: ["mariadb", "php", "wordpress"],
  scene: "mappings",
  async measure(bench) {
    const { bridge, peer } = await savingsOfFifty(bench);
    const [first] = bridge;
    const { listReads, listWrites, sslWrites, apart } = first?.calls ?? {};
    return [
      figureOf({
        row: "api-calls",
        what: "calls for 50 mappings saved in one request",
        unit: "calls",
        runs: bridge.map(({ calls }) => mainCalls(calls)),
        peer: median(peer.map(({ calls }) => mainCalls(calls))),
        reach: { mostValue: 5 },
        note: `list reads ${listReads}, list writes ${listWrites}, SSL writes ${sslWrites}; apart from that ${apart}`,
      }),
    ];
  },
  broken: ({ value }) => value > 10,
};
