import { figureOf, type Figure } from "../figure";
import { savingsOfFifty, savingsOfOne } from "../mappings/runs";
import type { Savings } from "../mappings/scene";
import type { Row } from "../row";
import { median } from "../statistics";

/** PHP time that a web request needs for saving mappings, less what it needs where nobody puts them on an app. */
export const phpCost: Row = {
  name: "php-cost",
  about:
    "PHP time added to a web request that saves mappings: from the first save to the end of the request, less the same " +
    "without any ServerPilot code. The peer waits for three calls of 150 ms for each mapping.",
  parts: ["mariadb", "php", "wordpress"],
  scene: "mappings",
  async measure(bench) {
    return [
      added("one mapping", await savingsOfOne(bench), 1 / 100),
      added("50 mappings", await savingsOfFifty(bench), 1 / 1000),
    ];
  },
};

function added(
  mappings: string,
  { neither, bridge, peer }: Savings,
  mostRatio: number,
): Figure {
  const base = median(neither.map(({ phpMs }) => phpMs));
  return figureOf({
    row: "php-cost",
    what: `PHP time added to a request that saves ${mappings}`,
    unit: "ms",
    runs: bridge.map(({ phpMs }) => phpMs - base),
    peer: median(peer.map(({ phpMs }) => phpMs)) - base,
    reach: { mostRatio },
    note: `saving ${mappings} alone takes ${base.toFixed(1)} ms; the peer: ${peer.length} runs`,
  });
}
