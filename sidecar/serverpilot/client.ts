import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios from "axios";
import type { Clock } from "../clock";
import { TransientError } from "../errors";
import type { BeforeSending, ServerPilot } from "../reconcile/ports";
import {
  readAction,
  readApp,
  readApps,
  readServer,
  readWritten,
} from "./answers";
import type { Budget } from "./budget";
import {
  errorFromAnswer,
  errorFromFailure,
  isUnknownAction,
  type Answer,
  type CallContext,
} from "./errors";

/** A request that is over. */
export interface ApiCall {
  method: string;
  /** The HTTP status; null where no answer came. */
  status: number | null;
  /** How long it took, in milliseconds. */
  ms: number;
}

export interface ServerPilotOptions {
  /** ServerPilot's base address, with the version: `…/v1`. */
  apiUrl: string;
  clientId: string;
  apiKey: string;
  appId: string;
  clock: Clock;
  /** The process's one budget. */
  budget: Budget;
  /** For each request as a whole, in milliseconds. */
  timeoutMs?: number;
  /** Hears of each request when it is over. */
  onCall?: ((call: ApiCall) => void) | undefined;
  /** Ends waiting for the budget when the sidecar stops; a request under way is finished. */
  signal?: AbortSignal;
}

interface ApiRequest {
  method: "GET" | "POST";
  path: string;
  body?: unknown;
  /** `app`, or what else is asked for, such as `action abc`: it decides what a 404 means. */
  resource?: string;
  enablesAutoSsl?: boolean;
  beforeSending?: BeforeSending;
}

const LARGEST_ANSWER_BYTES = 5 * 1024 * 1024;

// One set of connections for all networks of the process.
const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });

/** A client of ServerPilot's API for one app. */
export function createServerPilot(options: ServerPilotOptions): ServerPilot {
  const { clientId, apiKey, appId, budget, signal } = options;
  const transport = createTransport(options);
  const basic = Buffer.from(`${clientId}:${apiKey}`).toString("base64");
  const secrets = [basic, apiKey, clientId];
  const path = `/apps/${encodeURIComponent(appId)}`;
  let calls = 0;

  const speak = (mayWait: boolean): ServerPilot => {
    const send = async <T>(
      request: ApiRequest,
      read: (body: unknown) => T,
    ): Promise<T> => {
      const { resource = "app", enablesAutoSsl = false } = request;
      await budget.spend(clientId, { mayWait, signal });
      await request.beforeSending?.();
      calls += 1;
      const about = { appId, resource, enablesAutoSsl, secrets };
      return read(await transport(request, about));
    };
    const write = (
      to: string,
      body: unknown,
      beforeSending: BeforeSending,
      enablesAutoSsl = false,
    ) =>
      send(
        { method: "POST", path: to, body, beforeSending, enablesAutoSsl },
        readWritten,
      );
    const get = <T>(
      from: string,
      resource: string,
      read: (body: unknown) => T,
    ) => send({ method: "GET", path: from, resource }, read);
    return {
      get calls() {
        return calls;
      },
      getApp: () => get(path, "app", readApp),
      getApps: () => get("/apps", "apps", readApps),
      replaceDomains: (domains, before) => write(path, { domains }, before),
      enableAutoSsl: (before) =>
        write(`${path}/ssl`, { auto: true }, before, true),
      setForceSsl: (force, before) => write(`${path}/ssl`, { force }, before),
      getAction: (id) =>
        get(
          `/actions/${encodeURIComponent(id)}`,
          `action ${id}`,
          readAction,
        ).catch((error: unknown) => {
          if (isUnknownAction(error)) return "unknown";
          throw error;
        }),
      getServer: (id) =>
        get(`/servers/${encodeURIComponent(id)}`, `server ${id}`, readServer),
      inBackground: () => speak(true),
    };
  };
  return speak(false);
}

/** The HTTP client of one account. */
function createHttp({ apiUrl, clientId, apiKey }: ServerPilotOptions) {
  return axios.create({
    baseURL: apiUrl.replace(/\/+$/, ""),
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
}

/**
 * Sends one request, once, and gives the JSON of a 2xx answer.
 *
 * @throws from the transport: TransientError | PermanentError with a `serverpilot-*` reason, never an axios error, which
 * would carry the API key and the answer.
 */
function createTransport(options: ServerPilotOptions) {
  const { clock, timeoutMs = 15_000 } = options;
  const http = createHttp(options);

  return async (
    { method, path, body }: ApiRequest,
    about: CallContext,
  ): Promise<unknown> => {
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
        data: body,
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
      throw errorFromAnswer(answer, about, clock.now());
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
