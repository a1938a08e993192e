import type { Budget } from "../../../sidecar/serverpilot/budget";
import {
  createServerPilot,
  type ServerPilotOptions,
} from "../../../sidecar/serverpilot/client";
import type { ServerPilot } from "../../../sidecar/reconcile/ports";
import { createFakeClock, type FakeClock } from "../fake-clock";
import { startScriptedApi, type Reply, type ScriptedApi } from "./scripted-api";

export const CLIENT_ID = "cid_aBcDeFgHiJ";
export const API_KEY = "key-canary-4711";
export const PRIVATE_KEY = "-----BEGIN PRIVATE KEY----- canary-0815";

/** What ServerPilot answers for an app with AutoSSL. */
export const appAnswer = {
  data: {
    id: "app1",
    name: "network",
    datecreated: 1_700_000_000,
    sysuserid: "user1",
    domains: ["network.example", "shop.example"],
    ssl: {
      key: PRIVATE_KEY,
      cert: "certificate",
      cacerts: null,
      auto: true,
      force: false,
    },
    autossl: { available: true, domains: ["network.example"] },
    serverid: "server1",
    runtime: "php8.3",
  },
};

export const writtenAnswer = { actionid: "action1", data: appAnswer.data };

export const endless: Budget = { spend: () => Promise.resolve() };

/** What is asked right before a write is sent, where nothing stands against it. */
export const go = (): Promise<void> => Promise.resolve();

export interface Fixture {
  api: ScriptedApi;
  clock: FakeClock;
  client: ServerPilot;
}

const started: ScriptedApi[] = [];

/** A client before a scripted API. */
export async function connect(
  replies: readonly Reply[],
  options: Partial<ServerPilotOptions> = {},
): Promise<Fixture> {
  const api = await startScriptedApi(...replies);
  started.push(api);
  const clock = createFakeClock();
  const client = createServerPilot({
    apiUrl: api.url,
    clientId: CLIENT_ID,
    apiKey: API_KEY,
    appId: "app1",
    clock,
    budget: endless,
    ...options,
  });
  return { api, clock, client };
}

export async function closeAll(): Promise<void> {
  await Promise.all(started.splice(0).map((api) => api.close()));
}

/** The error of a promise that must fail. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it was expected to fail");
}
