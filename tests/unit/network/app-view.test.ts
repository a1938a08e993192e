import { createAppMemory } from "../../../sidecar/network/app-view";
import type { AppState, ServerPilot } from "../../../sidecar/reconcile/ports";

const app: AppState = {
  id: "app1",
  name: "network",
  serverId: "server1",
  runtime: "php8.2",
  domains: ["a.example"],
  ssl: null,
  autossl: { available: true, domains: ["a.example"] },
};

test("the server is asked for again after a day, and when it was last seen in the future", async () => {
  const kept = new Map<string, unknown>();
  const memory = createAppMemory({
    get: (key) => Promise.resolve(kept.get(key)),
    set: (key, value) => Promise.resolve(void kept.set(key, value)),
  });
  let asked = 0;
  const client = {
    getServer: (id) => {
      asked += 1;
      return Promise.resolve({ id, name: "web", lastAddress: "192.0.2.1" });
    },
  } as ServerPilot;
  const day = 24 * 3_600_000;
  const times = [10 * day, 10.5 * day, 12 * day, 5 * day, 5.5 * day];
  const counts: number[] = [];
  for (const time of times) {
    await memory.server(client, app, time);
    counts.push(asked);
  }
  expect(counts).toEqual([1, 1, 2, 3, 3]);
});

test("AutoSSL is shown as enabled from the moment in which it was, without another read of the app", async () => {
  const kept = new Map<string, unknown>();
  const memory = createAppMemory({
    get: (key) => Promise.resolve(kept.get(key)),
    set: (key, value) => Promise.resolve(void kept.set(key, value)),
  });
  const client = memory.watching(
    {
      getApp: () => Promise.resolve(app),
      enableAutoSsl: () => Promise.resolve({ actionId: null }),
    } as ServerPilot,
    () => 0,
  );
  await client.getApp();
  expect((await memory.view())?.autossl).toMatchObject({ enabled: false });
  await client.enableAutoSsl();
  expect((await memory.view())?.autossl).toMatchObject({ enabled: true });
});
