import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { verify } from "../../sidecar/contract/signature";
import type { SimulatorOptions } from "../stack/serverpilot/simulator-options";
import { type Stack, startStack } from "../stack/stack";
import { version } from "../../sidecar/version";

/** A request that WordPress made, and whether its signature was good. */
export interface Recorded {
  method: string;
  path: string;
  signed: boolean;
  id: string;
  body: Record<string, unknown>;
}

interface Event {
  type: string;
  domain?: string;
}

/** Stands in for the sidecar: answers everything, or as told, and records what it was asked. */
export class RecordingSidecar {
  readonly requests: Recorded[] = [];
  /** What is answered in place of a friendly answer; "silence" never answers. */
  answer: "friendly" | "silence" | { status: number; body: string } =
    "friendly";
  /** Bodies that are answered with 200 to paths that end so, before anything else; a function makes one of the query. */
  readonly answersTo = new Map<
    string,
    object | ((query: URLSearchParams) => object)
  >();
  #server: Server | null = null;
  #port = 0;
  /** What is answered to every request with a method, before anything else. */
  readonly refusals = new Map<string, { status: number; body: string }>();
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Begins to listen, after a stop on the same port again. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const method = request.method ?? "";
        const target = request.url ?? "";
        this.#record(method, target, request.headers, Buffer.concat(chunks));
        if (this.answer === "silence") return;
        const { status, body } =
          this.refusals.get(method) ??
          (this.answer === "friendly"
            ? (this.#prepared(target) ?? friendlyAnswer(method, target))
            : this.answer);
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** The requests so far as `METHOD path`, which are forgotten then. */
  calls(): string[] {
    return this.requests.splice(0).map(({ method, path }) => {
      return `${method} ${path}`;
    });
  }

  /** The events of each call so far as `type domain`, sorted; the requests are forgotten then. */
  eventCalls(): string[][] {
    return this.requests
      .splice(0)
      .filter(({ path }) => path.endsWith("/events"))
      .map(({ body }) =>
        (body["events"] as Event[])
          .map(({ type, domain }) => `${type} ${domain ?? ""}`.trim())
          .sort(),
      );
  }

  #prepared(target: string): { status: number; body: string } | undefined {
    const { pathname, searchParams } = new URL(target, this.url);
    for (const [end, prepared] of this.answersTo) {
      if (!pathname.endsWith(end)) continue;
      const make = prepared as (query: URLSearchParams) => object;
      const body =
        typeof prepared === "function" ? make(searchParams) : prepared;
      return { status: 200, body: JSON.stringify(body) };
    }
    return undefined;
  }

  #record(
    method: string,
    target: string,
    headers: Record<string, string | string[] | undefined>,
    body: Buffer,
  ) {
    const request = { secrets: [this.#secret], headers, method, target, body };
    this.requests.push({
      method,
      path: target,
      signed: verify({ ...request, nowMs: Date.now() }).ok,
      id: String(headers["webhook-id"]),
      body: JSON.parse(body.toString() || "{}") as Record<string, unknown>,
    });
  }
}

function friendlyAnswer(method: string, target: string) {
  if (method === "PUT")
    return { status: 200, body: JSON.stringify({ registered: true, version }) };
  if (method === "GET" && target.includes("/status"))
    return {
      status: 200,
      body: JSON.stringify({ registered: false, version }),
    };
  if (target.endsWith("/check"))
    return { status: 200, body: '{"ok":true,"checks":[]}' };
  return { status: 202, body: '{"accepted":1}' };
}

/** A real WordPress whose plugin takes the recorder for the sidecar; starts the recorder. */
export async function startRecorded(
  recorder: RecordingSidecar,
  simulator: Partial<SimulatorOptions> | false = false,
): Promise<Stack> {
  await recorder.start();
  return startStack({
    wordpress: { constants: { WU_SERVER_PILOT_SIDECAR_URL: recorder.url } },
    simulator,
    sidecar: false,
  });
}
