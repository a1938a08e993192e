import { systemClock } from "../../sidecar/clock";
import type { ServerPilot } from "../../sidecar/reconcile/ports";
import { createBudget } from "../../sidecar/serverpilot/budget";
import {
  createServerPilot,
  type ServerPilotOptions,
} from "../../sidecar/serverpilot/client";
import { startSimulator, type Simulator } from "../stack/serverpilot/simulator";
import { until } from "../stack/until";

const account = { clientId: "cid_one", apiKey: "key_one", appId: "app_one" };
const budget = createBudget({ clock: systemClock, perMinute: 10_000 });

let simulator: Simulator;

const go = (): Promise<void> => Promise.resolve();

const connect = (options: Partial<ServerPilotOptions> = {}): ServerPilot =>
  createServerPilot({
    apiUrl: simulator.url,
    ...account,
    clock: systemClock,
    budget,
    ...options,
  });

const finished = (
  client: ServerPilot,
  actionId: string | null,
): Promise<string> =>
  until("the action", async () => {
    const status = await client.getAction(actionId ?? "none");
    return status === "open" ? null : status;
  });

beforeAll(async () => {
  simulator = await startSimulator({
    ...account,
    domains: ["network.example"],
    latencyMs: 0,
    actionMs: 50,
    autosslDelayMs: 0,
  });
});

beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

describe("the client before a strict ServerPilot", () => {
  it("writes the list, follows the action and reads the list back", async () => {
    const client = connect();
    const list = ["network.example", "shop.example", "www.shop.example"];
    const { actionId } = await client.replaceDomains(list, go);
    expect(await finished(client, actionId)).toBe("success");
    expect((await client.getApp()).domains).toEqual(list);
    expect(simulator.domains()).toEqual(list);
  });

  it("has nothing to follow when nothing changed", async () => {
    expect(await connect().replaceDomains(["network.example"], go)).toEqual({
      actionId: null,
    });
  });

  it("enables AutoSSL when it is available, and sees it enabled without ever holding the key", async () => {
    const client = connect();
    await expect(client.enableAutoSsl(go)).rejects.toMatchObject({
      name: "PermanentError",
      reason: "autossl-refused",
    });
    simulator.pointAtServer("network.example");
    await until("AutoSSL", async () =>
      (await client.getApp()).autossl?.available === true ? true : null,
    );
    const { actionId } = await client.enableAutoSsl(go);
    expect(await finished(client, actionId)).toBe("success");
    const app = await client.getApp();
    expect(app.ssl).toEqual({ auto: true, force: false, custom: false });
    expect(JSON.stringify(app)).not.toContain(simulator.privateKeyCanary);
  });

  it("knows a custom certificate", async () => {
    simulator.installCertificate();
    expect((await connect().getApp()).ssl).toMatchObject({
      auto: false,
      custom: true,
    });
  });

  it("knows where the app's server is", async () => {
    const client = connect();
    const { serverId } = await client.getApp();
    expect(await client.getServer(serverId)).toMatchObject({
      id: serverId,
      lastAddress: "127.0.0.1",
    });
  });

  it("passes the refusals on with their reasons", async () => {
    await expect(connect({ apiKey: "wrong" }).getApp()).rejects.toMatchObject({
      reason: "serverpilot-credentials-invalid",
    });
    await expect(connect({ appId: "nowhere" }).getApp()).rejects.toMatchObject({
      reason: "serverpilot-app-not-found",
      params: { appId: "nowhere" },
    });
    await expect(
      connect().replaceDomains(["not_a_name"], go),
    ).rejects.toMatchObject({
      reason: "serverpilot-rejected",
    });
    expect(await connect().getAction("nowhere")).toBe("unknown");
    simulator.refuse(402);
    await expect(connect().getApp()).rejects.toMatchObject({
      reason: "serverpilot-payment-required",
    });
    simulator.refuse(403);
    await expect(connect().getApp()).rejects.toMatchObject({
      reason: "serverpilot-forbidden",
    });
  });

  it.each(["status", "html", "malformed", "reset"] as const)(
    "leaves it to the lane to come again after a fault of the kind %s",
    async (kind) => {
      simulator.addFault({ kind, times: 1 });
      const client = connect();
      await expect(client.getApp()).rejects.toMatchObject({
        name: "TransientError",
      });
      expect((await client.getApp()).domains).toEqual(["network.example"]);
      expect(client.calls).toBe(2);
    },
  );

  it("leaves it to the pass to find out whether an unanswered write was applied", async () => {
    simulator.addFault({ kind: "applied-not-answered", method: "POST" });
    const client = connect();
    await expect(
      client.replaceDomains(["a.example"], go),
    ).rejects.toMatchObject({
      name: "TransientError",
      reason: "serverpilot-unavailable",
    });
    expect(
      simulator.journal().filter(({ method }) => method === "POST"),
    ).toHaveLength(1);
    expect((await client.getApp()).domains).toEqual(["a.example"]);
  });

  it("gives up a call that is never answered", async () => {
    simulator.addFault({ kind: "never", times: 0 });
    await expect(connect({ timeoutMs: 50 }).getApp()).rejects.toMatchObject({
      reason: "serverpilot-unavailable",
      params: { detail: "no answer in 0.05 s" },
    });
  });
});
