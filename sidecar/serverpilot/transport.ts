import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios from "axios";
import type { Clock } from "../clock";
import { TransientError } from "../errors";
import {
  errorFromAnswer,
  errorFromFailure,
  type Answer,
  type CallContext,
} from "./errors";

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
