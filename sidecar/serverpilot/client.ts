import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios from "axios";
import type { Clock } from "../clock";
import { TransientError } from "../errors";
import type { ServerPilot } from "../reconcile/ports";
import { readAction, readApp, readServer, readWritten } from "./answers";
import type { Budget } from "./budget";
import {
  type Answer,
  type CallContext,
  NotAppliedError,
  errorFromAnswer,
  errorFromFailure,
} from "./errors";
import { withRetries } from "./retry";

export interface TransportOptions {
  /** ServerPilot's base address, with the version: `…/v1`. */
  apiUrl: string;
  clientId: string;
  apiKey: string;
  clock: Clock;
  /** For the whole exchange, in milliseconds. */
  timeoutMs: number;
  /** Hears of each request when it is over; `status` is null where no answer came, `ms` is how long it took. */
  onCall?: ((call: EndedCall) => void) | undefined;
}

export interface EndedCall {
  method: string;
  status: number | null;
  ms: number;
}

export interface ApiRequest {
  method: "GET" | "POST";
  path: string;
  body?: unknown;
  context: CallContext;
}

/** Sends one request, once, and returns the JSON of a 2xx answer. */
export type Transport = (request: ApiRequest) => Promise<unknown>;

const LARGEST_ANSWER_BYTES = 5 * 1024 * 1024;

// One set of connections for all networks of the process.
const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });

/**
 * @throws from the transport: TransientError | PermanentError with a `serverpilot-*` reason, never an axios error, which
 * would carry the API key and the answer.
 */
export function createTransport(options: TransportOptions): Transport {
  const { clientId, apiKey, clock, timeoutMs } = options;
  const http = axios.create({
    baseURL: options.apiUrl.replace(/\/+$/, ""),
    auth: { username: clientId, password: apiKey },
    headers: {
      Accept: "application/json",
      "User-Agent": "domain-bridge-for-serverpilot",
    },
    httpAgent,
    httpsAgent,
    // A proxy from HTTP_PROXY, set for something else on the machine, must not see the account's key.
    proxy: false,
    // The API redirects nowhere; following would carry the credentials along.
    maxRedirects: 0,
    maxContentLength: LARGEST_ANSWER_BYTES,
    // The text as it came: axios would pass HTML on as if it were an answer.
    responseType: "text",
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
  });

  return async ({ method, path, body, context }) => {
    const abort = new AbortController();
    const cancel = clock.after(timeoutMs, () => {
      abort.abort();
    });
    const started = clock.now();
    let answer: Answer | null = null;
    try {
      const response = await http.request<unknown>({
        method,
        url: path,
        ...(body === undefined ? {} : { data: body }),
        signal: abort.signal,
      });
      answer = {
        status: response.status,
        body: parse(response.data),
        retryAfter: stringOrNothing(response.headers["retry-after"]),
      };
    } catch (failure) {
      if (abort.signal.aborted) {
        throw new TransientError("serverpilot-unavailable", {
          detail: `no answer in ${timeoutMs / 1000} s`,
        });
      }
      throw errorFromFailure(failure);
    } finally {
      cancel();
      const status = answer?.status ?? null;
      options.onCall?.({ method, status, ms: clock.now() - started });
    }
    if (answer.status < 200 || answer.status > 299) {
      throw errorFromAnswer(answer, context, clock.now());
    }
    if (answer.body === undefined) {
      throw new TransientError("serverpilot-unreadable", {
        detail: "not JSON",
      });
    }
    return answer.body;
  };
}

/** Undefined for what is not JSON. */
function parse(text: unknown): unknown {
  try {
    return typeof text === "string" ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function stringOrNothing(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

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
