import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";

import type { WebAddresses } from "../../../sidecar/probe/reach";
import {
  sharedAuthority,
  type Signer,
} from "../../stack/serverpilot/authority";

const DAY = 86_400_000;

/** What a site answers to a request for `url` (whose scheme tells how it came). */
type Site = (
  url: URL,
  response: ServerResponse,
  request: IncomingMessage,
) => unknown;

export interface WebDouble {
  addresses: WebAddresses;
  ca: string;
  /** Sites by host; a host without one gets 404. */
  sites: Map<string, Site>;
  /** Who signed the certificate of a host; without one it gets that of `other.example`. */
  signers: Map<string, Signer>;
  /** What was asked, as `http://host/path?query`. */
  asked: URL[];
  headers: IncomingMessage["headers"][];
  connections: number;
  clear(): void;
  stop(): Promise<void>;
}

/** Sites on loopback, told apart by Host over HTTP and HTTPS, with certificates by SNI. */
export async function startWebDouble(): Promise<WebDouble> {
  const double: Pick<
    WebDouble,
    "sites" | "signers" | "asked" | "headers" | "connections"
  > = {
    sites: new Map(),
    signers: new Map(),
    asked: [],
    headers: [],
    connections: 0,
  };
  const serve =
    (scheme: string): RequestListener =>
    (request, response) => {
      const host = request.headers.host ?? "";
      const url = new URL(`${scheme}://${host}${request.url ?? "/"}`);
      double.asked.push(url);
      double.headers.push(request.headers);
      const site = double.sites.get(url.hostname);
      if (site) site(url, response, request);
      else response.writeHead(404).end("nobody here");
    };
  const plain = createServer(serve("http"));
  const secure = createTlsServer(
    {
      ...certificateOf("other.example", "authority"),
      SNICallback: (name, done) => {
        const signer = double.signers.get(name);
        const issued = certificateOf(
          signer ? name : "other.example",
          signer ?? "authority",
        );
        done(null, createSecureContext(issued));
      },
    },
    serve("https"),
  );
  for (const server of [plain, secure]) {
    server.on("connection", () => (double.connections += 1));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  const at = (server: typeof plain) => ({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
  });
  return Object.assign(double, {
    addresses: { http: at(plain), https: at(secure) },
    ca: sharedAuthority().caPem,
    clear() {
      for (const list of [double.asked, double.headers]) list.length = 0;
      for (const map of [double.sites, double.signers]) map.clear();
      double.connections = 0;
    },
    stop: async () => {
      await Promise.all([plain, secure].map(close));
    },
  });
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

function certificateOf(name: string, signer: Signer) {
  return sharedAuthority().issue({
    names: [name],
    notBefore: Date.now() - DAY,
    notAfter: Date.now() + 30 * DAY,
    signer,
  });
}

export const redirect =
  (location: string | ((url: URL) => string), status = 301): Site =>
  (url, response) =>
    response
      .writeHead(status, {
        location: typeof location === "string" ? location : location(url),
      })
      .end();

export const page =
  (status: number, headers: Record<string, string> = {}): Site =>
  (_url, response) =>
    response.writeHead(status, headers).end("<html>a page</html>");

/** Answers as Ultimate Multisite does: with the mapping to whoever brings the nonce of the host, else with a redirect. */
export const multisite =
  (mapping: { id: unknown; domain: string }, nonceOf = goodNonce): Site =>
  (url, response, request) => {
    const nonce = url.searchParams.get("async_check_dns_nonce");
    if (nonce === nonceOf(url.hostname))
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ ...mapping, stage: "checking-dns" }));
    else
      redirect(`http://network.example/wp-signup.php?new=${url.hostname}`, 302)(
        url,
        response,
        request,
      );
  };

export function goodNonce(host: string): string {
  return `nonce-of-${host}`;
}
