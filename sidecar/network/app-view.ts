import type { AppView } from "../contract/answers";
import { APP_CAPACITY } from "../reconcile/plan";
import type {
  AppState,
  Server,
  ServerPilot,
  StateStore,
} from "../reconcile/ports";

const APP_KEY = "app";
const SERVER_KEY = "server";
const SERVER_KEPT_MS = 24 * 3_600_000;

interface KeptServer extends Server {
  seenAt: number;
}

/** Remembers how the app and its server were last seen, so that the screen has an answer without a call to ServerPilot. */
export interface AppMemory {
  remember(app: AppState, now: number): Promise<void>;
  /** The same client, with what it reads of the app, and that AutoSSL was enabled, remembered at once. */
  watching(serverPilot: ServerPilot, now: () => number): ServerPilot;
  view(): Promise<AppView | null>;
  /** The app's server, read once a day or when the app moved to another. */
  server(serverPilot: ServerPilot, app: AppState, now: number): Promise<Server>;
}

export function createAppMemory(state: StateStore): AppMemory {
  let written = "";
  let last: AppState | null = null;
  const memory: AppMemory = {
    async remember(app, now) {
      last = app;
      const { autossl, ssl } = app;
      const view = {
        id: app.id,
        name: app.name,
        serverId: app.serverId,
        domainsUsed: app.domains.length,
        capacity: APP_CAPACITY,
        autossl: autossl && { ...autossl, enabled: ssl?.auto ?? false },
        customCertificate: ssl?.custom ?? false,
      };
      const text = JSON.stringify(view);
      if (text === written) return;
      await state.set(APP_KEY, {
        ...view,
        seenAt: new Date(now).toISOString(),
      });
      written = text;
    },
    watching: (inner, now) => ({
      async getApp() {
        const app = await inner.getApp();
        await memory.remember(app, now());
        return app;
      },
      async enableAutoSsl() {
        const answer = await inner.enableAutoSsl();
        const ssl = { auto: true, force: false, custom: false };
        if (last)
          await memory.remember(
            { ...last, ssl: { ...last.ssl, ...ssl } },
            now(),
          );
        return answer;
      },
      replaceDomains: (domains) => inner.replaceDomains(domains),
      setForceSsl: (force) => inner.setForceSsl(force),
      getAction: (actionId) => inner.getAction(actionId),
      getServer: (serverId) => inner.getServer(serverId),
      get calls() {
        return inner.calls;
      },
    }),
    async view() {
      const app = (await state.get(APP_KEY)) as AppView | undefined;
      if (!app) return null;
      const server = (await state.get(SERVER_KEY)) as KeptServer | undefined;
      const known = server?.id === app.serverId ? server : null;
      return {
        ...app,
        serverName: known?.name ?? null,
        serverAddress: known?.lastAddress ?? null,
      };
    },
    async server(serverPilot, app, now) {
      const kept = (await state.get(SERVER_KEY)) as KeptServer | undefined;
      // What was seen in the future was seen by a clock that was wrong.
      const age = now - (kept?.seenAt ?? 0);
      if (kept?.id === app.serverId && Math.abs(age) < SERVER_KEPT_MS)
        return kept;
      const server = await serverPilot.getServer(app.serverId);
      await state.set(SERVER_KEY, { ...server, seenAt: now });
      return server;
    },
  };
  return memory;
}
