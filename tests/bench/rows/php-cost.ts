import type { Bench } from "../bench";
import { figureOf, type Figure } from "../figure";
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
      await compare(bench, 1, bench.runs(25, 3), bench.runs(7, 1), 1 / 100),
      await compare(bench, 50, bench.runs(7, 2), bench.runs(5, 1), 1 / 1000),
    ];
  },
};

async function compare(
  bench: Bench,
  mappings: number,
  runs: number,
  peerRuns: number,
  mostRatio: number,
): Promise<Figure> {
  const scene = await bench.mappings();
  const [neither, bridge, peer] = [
    await scene.savings("neither", mappings, runs),
    await scene.savings("bridge", mappings, runs),
    await scene.savings("peer", mappings, peerRuns),
  ].map((savings) => savings.map(({ phpMs }) => phpMs));
  const base = median(neither ?? []);
  return figureOf({
    row: "php-cost",
    what: `PHP time added to a request that saves ${mappings === 1 ? "one mapping" : `${mappings} mappings`}`,
    unit: "ms",
    runs: (bridge ?? []).map((ms) => ms - base),
    peer: median(peer ?? []) - base,
    reach: { mostRatio },
    note: `saving alone takes ${base.toFixed(1)} ms; the peer: ${peerRuns} runs`,
  });
}
