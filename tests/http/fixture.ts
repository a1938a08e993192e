import { Writable } from "node:stream";
import supertest from "supertest";
import type {
  CheckReport,
  HistoryAnswer,
  StatusAnswer,
  NameAnswer,
  NamesAnswer,
  NamesQuery,
} from "../../sidecar/contract/answers";
import type { Preview } from "../../sidecar/contract/requests";
import { sign } from "../../sidecar/contract/signature";
import { type Answered, type AppDeps, createApp } from "../../sidecar/http/app";
import type { NetworkService } from "../../sidecar/http/routes";
import { createLogger } from "../../sidecar/log/logger";
import { type FakeClock, createFakeClock } from "../unit/fake-clock";
import { expectDescribed } from "./described";
import { history, one, page, preview, report, status } from "./samples";

export { history, one, preview, report, status } from "./samples";

export const secret = "http-test-secret-0123456789abcdef";
export const otherSecret = "other-network-secret-0123456789abc";

/** A network whose calls are recorded; a test replaces the methods that it is about. */
export class FakeNetwork implements NetworkService {
  readonly id: string;
  readonly secrets: readonly string[];
  readonly calls: unknown[][] = [];
  readonly claimed = new Set<string>();

  constructor(id: string, secrets: readonly string[]) {
    this.id = id;
    this.secrets = secrets;
  }

  register(...args: unknown[]): Promise<void> {
    return this.#called("register", ...args);
  }
  accept(...args: unknown[]): Promise<void> {
    return this.#called("accept", ...args);
  }
  sync(...args: unknown[]): Promise<void> {
    return this.#called("sync", ...args);
  }
  async preview(): Promise<Preview> {
    await this.#called("preview");
    return preview;
  }
  async check(): Promise<CheckReport> {
    await this.#called("check");
    return report;
  }
  async status(withNames: boolean): Promise<StatusAnswer> {
    await this.#called("status", withNames);
    return status;
  }
  async names(query: NamesQuery): Promise<NamesAnswer> {
    await this.#called("names", query);
    return page;
  }
  async name(name: string): Promise<NameAnswer> {
    await this.#called("name", name);
    return one;
  }
  async history(limit: number): Promise<HistoryAnswer> {
    await this.#called("history", limit);
    return history;
  }
  claimRequest(webhookId: string): Promise<boolean> {
    const fresh = !this.claimed.has(webhookId);
    this.claimed.add(webhookId);
    return Promise.resolve(fresh);
  }

  #called(...call: unknown[]): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}

export interface SentRequest {
  method?: string;
  path?: string;
  /** An object is sent as JSON, a string as it is. */
  body?: unknown;
  id?: string;
  /** Added to the request's time, in seconds. */
  late?: number;
  secrets?: readonly string[];
  headers?: Record<string, string>;
}

let requests = 0;

export function createFixture(deps: Partial<AppDeps> = {}) {
  const clock: FakeClock = createFakeClock();
  const network = new FakeNetwork("default", [secret]);
  const other = new FakeNetwork("other", [otherSecret]);
  const all = [network, other];
  const log: Record<string, unknown>[] = [];
  const answered: Answered[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const app = createApp({
    networks: { get: (id) => all.find((n) => n.id === id), all: () => all },
    version: "1.2.3",
    clock,
    logger: createLogger({ level: "debug", secrets: () => [], stream }),
    ready: () => Promise.resolve({ ok: true, detail: {} }),
    stopping: () => false,
    metrics: {
      answered: (request) => answered.push(request),
      page: () => Promise.resolve("page 1\n"),
      contentType: "text/plain; version=0.0.4",
    },
    ...deps,
  });

  /** Sends a signed request; headers given as "" are left out. The answer must be as the OpenAPI document has it. */
  const send = ({
    method = "POST",
    path = "/v1/networks/default/events",
    body,
    id = `msg_${++requests}`,
    late = 0,
    secrets = [secret],
    headers = {},
  }: SentRequest = {}): supertest.Test => {
    const raw =
      typeof body === "string" || body === undefined
        ? (body ?? "")
        : JSON.stringify(body);
    const all = {
      "content-type": "application/json",
      ...sign({
        secrets,
        id,
        timestamp: Math.floor(clock.now() / 1000) - late,
        method,
        target: path,
        body: raw,
      }),
      ...headers,
    };
    const verb = method.toLowerCase() as "get" | "put" | "post";
    const request = supertest(app)[verb](path);
    request.expect((response) => {
      expectDescribed(method, path, response);
    });
    for (const [name, value] of Object.entries(all)) {
      if (value !== "") request.set(name, value);
    }
    // A serialiser of our own, so that exactly the signed bytes are sent.
    return raw === "" ? request : request.serialize(String).send(raw);
  };
  return { app, clock, network, other, log, answered, send };
}

export const oneEvent = {
  events: [{ type: "mapping.saved", domain: "shop.example.com", siteId: 3 }],
};
