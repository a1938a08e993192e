import request from "supertest";
import type { Test } from "supertest";

import { startSimulator } from "../../stack/serverpilot/simulator";
import type { Simulator } from "../../stack/serverpilot/simulator";
import type { SimulatorOptions } from "../../stack/serverpilot/simulator-options";

/** A simulator without latency whose clock stands still until `advance`. */
export interface TestWorld {
  sim: Simulator;
  advance: (ms: number) => void;
  get: (path: string) => Test;
  post: (path: string, body: object) => Test;
  remove: (path: string) => Test;
}

/** Starts a world; account `cid`/`key`, app `app`. */
export async function startWorld(
  options: Partial<SimulatorOptions> = {},
): Promise<TestWorld> {
  let now = 1_700_000_000_000;
  const sim = await startSimulator({
    clientId: "cid",
    apiKey: "key",
    appId: "app",
    latencyMs: 0,
    clock: () => now,
    ...options,
  });
  const agent = request(sim.url);
  return {
    sim,
    advance: (ms) => {
      now += ms;
    },
    get: (path) => agent.get(path).auth("cid", "key"),
    post: (path, body) => agent.post(path).auth("cid", "key").send(body),
    remove: (path) => agent.delete(path).auth("cid", "key"),
  };
}
