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
