import {
  ConfigError,
  type NetworkConfig,
} from "../../../sidecar/config/config";
import type { Logger } from "../../../sidecar/log/logger";
import { createReloader } from "../../../sidecar/network/networks";

function setUp(reread: () => { networks: readonly NetworkConfig[] }) {
  const applied: unknown[] = [];
  const outcomes: boolean[] = [];
  const lines: unknown[] = [];
  const waiting: (() => void)[] = [];
  const reload = createReloader({
    reread,
    networks: {
      apply(configs) {
        applied.push(configs);
        return new Promise((resolve) => waiting.push(resolve));
      },
    },
    metrics: { reloaded: (success) => outcomes.push(success) },
    logger: {
      error: (message: string, meta: unknown) => lines.push([message, meta]),
    } as unknown as Logger,
  });
  return { reload, applied, outcomes, lines, waiting };
}

const turn = () => new Promise(setImmediate);

test("a reload that fails keeps the networks and says every problem", async () => {
  const problems = [
    { variable: "NETWORKS_FILE[0].id", text: "must be another" },
    { variable: "NETWORKS_FILE[1].colour", text: "is unknown" },
  ];
  const { reload, applied, outcomes, lines } = setUp(() => {
    throw new ConfigError(problems);
  });
  await reload();
  expect(applied).toEqual([]);
  expect(outcomes).toEqual([false]);
  expect(lines).toEqual([
    ["the reload failed; the networks stay as they were", { problems }],
  ]);
});

test("reloads follow one another, and one that came meanwhile reads the file anew", async () => {
  let reads = 0;
  const { reload, applied, outcomes, waiting } = setUp(() => ({
    networks: [{ id: `read ${++reads}` } as unknown as NetworkConfig],
  }));
  void reload();
  const second = reload();
  await turn();
  expect(reads).toBe(1);
  waiting.shift()?.();
  await turn();
  waiting.shift()?.();
  await second;
  expect(applied).toEqual([[{ id: "read 1" }], [{ id: "read 2" }]]);
  expect(outcomes).toEqual([true, true]);
});
