import { join } from "node:path";
import { Child } from "../../stack/child";
import { projectDir } from "../../stack/places";
import { freePort } from "../../stack/ports";
import { until } from "../../stack/until";
import { figureOf } from "../figure";
import { networkId } from "../fleet/fleet-scene";
import { sendAll } from "../fleet/load";
import { signedEvents } from "../fleet/signed-request";
import type { Row } from "../row";
import { median, repeat } from "../statistics";

/** The sidecar takes 30,000 requests a minute from one network, so each run asks for another one. */
const NETWORKS = 10;

/** Requests with one signed event each, as fast as the sidecar takes them. */
export const ingest: Row = {
  name: "ingest",
  about:
    "Signed events a second into the sidecar, one in each request: verified, checked, logged, answered. The limit is " +
    "an express app that parses the same requests and does nothing else.",
  parts: ["mariadb"],
  scene: "fleet",
  async measure(bench) {
    const fleet = await bench.fleet();
    const requests = bench.runs(3_000, 1_000);
    const runs = bench.runs(7, 2);
    const sidecar = await fleet.startSidecar({ networks: NETWORKS });
    const plain = await startParsingServer(fleet.stack.dir);
    const perSecond = async (port: number, run: number): Promise<number> => {
      const prepared = Array.from({ length: requests }, (_, index) =>
        signedEvents(networkId((run % NETWORKS) + 1), [
          {
            type: "mapping.saved",
            domain: `shop${index}.example.com`,
            siteId: 1,
          },
        ]),
      );
      return (1000 * requests) / (await sendAll(port, prepared));
    };
    try {
      // In turns, so that whatever else the machine does meets both.
      const pairs = await repeat(runs + 2, async (run) => ({
        sidecar: await perSecond(sidecar.port, run),
        plain: await perSecond(plain.port, run),
      }));
      const warm = pairs.slice(2);
      return [
        figureOf({
          row: "ingest",
          what: "signed events taken in, one a request",
          unit: "1/s",
          runs: warm.map((pair) => pair.sidecar),
          limit: median(warm.map((pair) => pair.plain)),
          reach: { leastRatio: 0.7 },
        }),
      ];
    } finally {
      await plain.child.stop();
      await fleet.stopSidecar(sidecar);
    }
  },
};

async function startParsingServer(
  dir: string,
): Promise<{ child: Child; port: number }> {
  const port = await freePort();
  const child = Child.start({
    name: "the parsing server",
    command: process.execPath,
    args: ["--import", "tsx", "tests/bench/fleet/parsing-server.ts", `${port}`],
    cwd: projectDir,
    // express behaves as it does where it is deployed.
    env: { NODE_ENV: "production" },
    logFile: join(dir, "parsing-server.log"),
  });
  await until("the parsing server", async () => {
    await child.assertRunning();
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(
      () => null,
    );
    return answer?.ok ?? false;
  });
  return { child, port };
}
