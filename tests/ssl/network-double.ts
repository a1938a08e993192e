import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** A mapping as UM answers with it. */
export interface DoubleMapping {
  id: number;
  domain: string;
  stage: string;
}

interface ToldChange {
  name: string;
  state: string;
  reason: string | null;
}

/**
 * A WordPress as far as the sidecar asks it: the plugin's route for nonces, notifications that are taken, and UM's
 * answer to a nonce. Signatures are not checked; other tests do that.
 */
export class NetworkDouble {
  readonly mappings = new Map<string, DoubleMapping>();
  /** What each notification said of names, in order. */
  readonly told: ToldChange[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(): Promise<NetworkDouble> {
    const double = new NetworkDouble();
    await new Promise<void>((resolve) => {
      double.#server.listen(0, "127.0.0.1", resolve);
    });
    return double;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const route = url.searchParams.get("rest_route") ?? "";
    const body = await bodyOf(request);
    if (route.endsWith("/nonces")) {
      const { names } = JSON.parse(body) as { names: string[] };
      const nonces: Record<string, string> = {};
      for (const name of names) nonces[name] = nonceOf(name);
      json(response, { nonces });
      return;
    }
    if (route.endsWith("/notifications")) {
      const { changes } = JSON.parse(body) as { changes: ToldChange[] };
      this.told.push(...changes);
      json(response, { accepted: changes.length, rejected: [] });
      return;
    }
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const mapping =
      this.mappings.get(host) ?? this.mappings.get(host.replace(/^www\./, ""));
    const nonce = url.searchParams.get("async_check_dns_nonce");
    if (mapping && nonce === nonceOf(host)) json(response, mapping);
    else response.end("<!doctype html><title>The network</title>");
  }
}

function nonceOf(host: string): string {
  return Buffer.from(host).toString("hex");
}

function json(response: ServerResponse, value: object): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request) body += String(part);
  return body;
}
