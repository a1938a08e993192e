import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sign } from "../../sidecar/contract/signature";
import { BARE_NETWORK } from "../stack/bare-tables";
import { MariaDb } from "../stack/mariadb";
import { freePort } from "../stack/ports";
import { type Simulator, startSimulator } from "../stack/serverpilot/simulator";
import { ensureParts } from "../stack/setup";
import { Sidecar } from "../stack/sidecar";

/** An entry of the networks file. */
export type Entry = Record<string, unknown> & { id: string };

/** A message that WordPress got. */
export interface Received {
  network: string;
  headers: IncomingHttpHeaders;
  body: { correlationId: string; changes: Record<string, unknown>[] };
}

/** Networks in databases of their own with apps of their own, one sidecar, and a stand-in for every WordPress. */
export class NetworksWorld {
  readonly received: Received[] = [];
  readonly #dir: string;
  readonly #wordpress: Server;
  readonly mariadb: MariaDb;
  readonly simulator: Simulator;
  readonly sidecar: Sidecar;

  private constructor(
    dir: string,
    parts: {
      wordpress: Server;
      mariadb: MariaDb;
      simulator: Simulator;
      sidecar: Sidecar;
    },
  ) {
    this.#dir = dir;
    this.#wordpress = parts.wordpress;
    this.mariadb = parts.mariadb;
    this.simulator = parts.simulator;
    this.sidecar = parts.sidecar;
    this.#wordpress.on("request", (request, response) => {
      const [, network = ""] = (request.url ?? "").split("/");
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const body = JSON.parse(text) as Received["body"];
        this.received.push({ network, headers: request.headers, body });
        response.end(JSON.stringify({ accepted: body.changes.length }));
      });
    });
  }

  static async start(): Promise<NetworksWorld> {
    await ensureParts(["mariadb"]);
    const dir = await mkdtemp(join(tmpdir(), "domain-bridge-networks-"));
    const wordpress = createServer().listen(0, "127.0.0.1");
    await once(wordpress, "listening");
    const simulator = await startSimulator({
      clientId: "cid",
      apiKey: "key-of-the-account",
      appId: "unused",
      latencyMs: 0,
      actionMs: 50,
      dns: true,
      tls: true,
    });
    const mariadb = await MariaDb.start({ dir });
    const sidecar = new Sidecar(dir, await freePort(), {
      NETWORKS_FILE: join(dir, "networks.json"),
      SERVERPILOT_API_URL: simulator.url,
      SERVERPILOT_CALLS_PER_MINUTE: "100000",
      LOG_LEVEL: "debug",
      DNS_SERVERS: simulator.dnsAddress ?? "",
      SSL_PROBE_ADDRESS: simulator.tlsAddress ?? "",
      NODE_EXTRA_CA_CERTS: simulator.caFile ?? "",
    });
    return new NetworksWorld(dir, { wordpress, mariadb, simulator, sidecar });
  }

  /** A network with its database and app: its entry of the networks file. */
  async addNetwork(id: string): Promise<Entry> {
    const domain = `${id}.example`;
    await this.mariadb.createDatabase(id);
    await this.mariadb.run(BARE_NETWORK, [domain, domain], id);
    const { user, password } = await this.mariadb.sidecarAccount(id);
    this.simulator.addApp({
      id: `app-${id}`,
      clientId: "cid",
      domains: [domain],
    });
    const { port } = this.#wordpress.address() as AddressInfo;
    return {
      id,
      database: { host: this.mariadb.address, name: id, user, password },
      secrets: [secretOf(id)],
      wordpressUrl: `http://127.0.0.1:${port}/${id}`,
      credentials: {
        clientId: "cid",
        apiKey: "key-of-the-account",
        appId: `app-${id}`,
      },
    };
  }

  async map(network: string, domain: string): Promise<void> {
    await this.mariadb.run(
      "INSERT INTO wp_wu_domain_mappings (blog_id, domain) VALUES (1, ?)",
      [domain],
      network,
    );
  }

  domains(network: string): string[] {
    return this.simulator.domains(`app-${network}`);
  }

  writeNetworks(entries: readonly unknown[] | string): Promise<void> {
    const text =
      typeof entries === "string" ? entries : JSON.stringify(entries);
    return writeFile(join(this.#dir, "networks.json"), text, { mode: 0o600 });
  }

  reload(): void {
    process.kill(this.sidecar.pid ?? 0, "SIGHUP");
  }

  /** Sends a signed request to the sidecar. */
  request(
    network: string,
    method: "GET" | "POST",
    path: string,
    body?: object,
    {
      headers = {},
      signer = network,
    }: { headers?: Record<string, string>; signer?: string } = {},
  ): Promise<Response> {
    const target = `/v1/networks/${network}${path}`;
    const text = body === undefined ? "" : JSON.stringify(body);
    const signed = sign({
      secrets: [secretOf(signer)],
      id: `msg_${randomUUID()}`,
      timestamp: Math.floor(Date.now() / 1000),
      method,
      target,
      body: text,
    });
    return fetch(`http://127.0.0.1:${this.sidecar.port}${target}`, {
      method,
      headers: { ...signed, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: text }),
    });
  }

  /** What can be read without a signature, as text. */
  async read(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.sidecar.port}${path}`)).text();
  }

  /** The sidecar's log lines so far. */
  async log(): Promise<Record<string, unknown>[]> {
    const lines = (await this.sidecar.log()).split("\n");
    return lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async stop(): Promise<void> {
    await this.sidecar.stop();
    this.#wordpress.close();
    this.#wordpress.closeAllConnections();
    await this.simulator.stop();
    await this.mariadb.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

function secretOf(network: string): string {
  return `secret-of-the-network-${network}-0123456789`;
}
