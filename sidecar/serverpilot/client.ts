import type { Clock } from "../clock";
import type { TransientError } from "../errors";
import type { ServerPilot } from "../reconcile/ports";
import type { Budget } from "./budget";
import { NotAppliedError, type CallContext } from "./errors";
import { readAction, readApp, readServer, readWritten } from "./responses";
import { withRetries } from "./retry";
import {
  createTransport,
  type ApiRequest,
  type TransportOptions,
} from "./transport";

export interface ServerPilotOptions {
  apiUrl: string;
  clientId: string;
  apiKey: string;
  appId: string;
  clock: Clock;
  /** The process's one budget. */
  budget: Budget;
  /** For each request, in milliseconds. */
  timeoutMs?: number;
  /** How many times a request that failed for a passing cause is sent again. */
  retries?: number;
  random?: () => number;
  onCall?: TransportOptions["onCall"];
  /** Ends waiting between tries when the sidecar stops; a request under way is finished. */
  signal?: AbortSignal;
}

/** A client of ServerPilot's API for one app. */
export function createServerPilot(options: ServerPilotOptions): ServerPilot {
  const { clientId, apiKey, appId, clock, budget, signal } = options;
  const { timeoutMs = 15_000, retries = 3, random = Math.random } = options;
  const { apiUrl } = options;
  const transport = createTransport({
    apiUrl,
    clientId,
    apiKey,
    clock,
    timeoutMs,
    onCall: options.onCall,
  });
  const basic = Buffer.from(`${clientId}:${apiKey}`).toString("base64");
  const secrets = [basic, apiKey, clientId];
  let calls = 0;

  async function send<T>(
    request: Omit<ApiRequest, "context">,
    resource: string,
    read: (body: unknown) => T,
    {
      enablesAutoSsl = false,
      mayRepeat = request.method === "GET" ? isPassing : isCertainlyNotApplied,
    } = {},
  ): Promise<T> {
    const context: CallContext = { appId, resource, enablesAutoSsl, secrets };
    return withRetries(
      async () => {
        await budget.spend(clientId, signal);
        calls += 1;
        return read(await transport({ ...request, context }));
      },
      { clock, retries, random, mayRepeat, signal },
    );
  }

  const app = `/apps/${encodeURIComponent(appId)}`;

  return {
    get calls() {
      return calls;
    },
    getApp: () => send({ method: "GET", path: app }, "app", readApp),
    replaceDomains: (domains) =>
      send(
        { method: "POST", path: app, body: { domains } },
        "app",
        readWritten,
        { mayRepeat: never },
      ),
    enableAutoSsl: () =>
      send(
        { method: "POST", path: `${app}/ssl`, body: { auto: true } },
        "app",
        readWritten,
        { enablesAutoSsl: true },
      ),
    setForceSsl: (force) =>
      send(
        { method: "POST", path: `${app}/ssl`, body: { force } },
        "app",
        readWritten,
      ),
    getAction: (id) =>
      send(
        { method: "GET", path: `/actions/${encodeURIComponent(id)}` },
        `action ${id}`,
        readAction,
      ),
    getServer: (id) =>
      send(
        { method: "GET", path: `/servers/${encodeURIComponent(id)}` },
        `server ${id}`,
        readServer,
      ),
  };
}

/** Reads harm nobody when repeated, but a spent budget or a stop is for the pass to wait out. */
function isPassing({ reason }: TransientError): boolean {
  return reason !== "serverpilot-budget-spent" && reason !== "stopped";
}

/**
 * A write that was not answered may have been applied, and somebody may have changed the list since: only a write that
 * ServerPilot cannot have seen, or refused by asking for fewer requests, is sent again. Else the pass reads and decides.
 */
function isCertainlyNotApplied(error: TransientError): boolean {
  return error instanceof NotAppliedError;
}

/** A list that has waited may lack what a person put on the app meanwhile: the pass reads it anew. */
function never(): boolean {
  return false;
}
