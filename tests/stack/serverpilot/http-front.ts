import { createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { CertificateSpec } from "./authority";
import type { HttpFault, HttpFaults, Place } from "./http-faults";
import { appServing, openPort } from "./nginx";
import type { Port } from "./nginx";
import { presentationFor } from "./tls-faults";
import type { Presentation, TlsFaults } from "./tls-faults";
import { createHttpsServer } from "./tls-server";
import type { World } from "./world";

type Scheme = "http" | "https";

/** One request that came in. */
export interface HttpRequest {
  at: number;
  place: Place;
  scheme: Scheme;
  /** Without a port, in lower case. */
  host: string;
  path: string;
  /** The kind of fault that struck it. */
  faulted: string | null;
  /** The app that it was given to. */
  appId: string | null;
  /** Null where it was not answered, or is not yet. */
  status: number | null;
}

export interface HttpFront {
  httpPort: number;
  httpsPort: number;
  /** The address of all that is not the server; null where the machine has none. Its ports are the same. */
  outside: string | null;
  requests: () => HttpRequest[];
  clearRequests: () => void;
  setListening: (which: Scheme, listening: boolean) => Promise<void>;
  stop: () => Promise<void>;
}

interface FrontOptions {
  host: string;
  httpPort: number;
  httpsPort: number;
}

interface FrontDeps {
  world: World;
  faults: HttpFaults;
  tlsFaults: TlsFaults;
}

/** A request under way. */
interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  entry: HttpRequest;
}

/** Stands for every address that is not the server's. Linux has all of 127.0.0.0/8. */
const OUTSIDE = "127.0.0.2";
const DAY = 86_400_000;

/**
 * What is reached over HTTP and HTTPS for the names of the world: at `host` the server with its apps, at 127.0.0.2 on
 * the same ports everything else, which answers each name with another site unless a fault says otherwise.
 */
export async function startHttpFront(
  deps: FrontDeps,
  { host, httpPort, httpsPort }: FrontOptions,
): Promise<HttpFront> {
  let requests: HttpRequest[] = [];
  const open = async (
    place: Place,
    at: FrontOptions,
  ): Promise<Record<Scheme, Port>> => {
    const listener =
      (scheme: Scheme) =>
      (req: IncomingMessage, res: ServerResponse): void => {
        const entry = entryOf(req, place, scheme, deps.world.clock());
        requests.push(entry);
        res.on("finish", () => (entry.status = res.statusCode));
        answer(deps, { req, res, entry });
      };
    const present = (name: string): Presentation =>
      presentationAt(deps, name, place);
    const secure = createHttpsServer(present, listener("https"));
    return {
      http: await openPort(createServer(listener("http")), {
        host: at.host,
        port: at.httpPort,
      }),
      https: await openPort(secure, { host: at.host, port: at.httpsPort }),
    };
  };
  const server = await open("server", { host, httpPort, httpsPort });
  const ports = { httpPort: server.http.port, httpsPort: server.https.port };
  const outside =
    host === "127.0.0.1"
      ? await open("outside", { host: OUTSIDE, ...ports }).catch(whereMissing)
      : null;
  const setListening = async (which: Scheme, on: boolean): Promise<void> => {
    await server[which].setListening(on);
  };
  return {
    httpPort: ports.httpPort,
    httpsPort: ports.httpsPort,
    outside: outside && OUTSIDE,
    requests: () => requests.map((entry) => ({ ...entry })),
    clearRequests: () => (requests = []),
    setListening,
    stop: async () => {
      for (const place of [server, outside]) {
        await place?.http.setListening(false);
        await place?.https.setListening(false);
      }
    },
  };
}

/** Null for the error of a machine without the address. */
function whereMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "EADDRNOTAVAIL") return null;
  throw error;
}

function entryOf(
  req: IncomingMessage,
  place: Place,
  scheme: Scheme,
  at: number,
): HttpRequest {
  return {
    at,
    place,
    scheme,
    host: (req.headers.host ?? "").replace(/:\d+$/, "").toLowerCase(),
    path: req.url ?? "/",
    faulted: null,
    appId: null,
    status: null,
  };
}

function presentationAt(
  { world, faults, tlsFaults }: FrontDeps,
  name: string,
  place: Place,
): Presentation {
  const faulty = tlsFaults.presentation(name);
  if (faulty) return faulty;
  const isCdn = faults.find(name, place)?.kind === "cdn";
  return isCdn || place === "outside"
    ? goodFor(name)
    : presentationFor(world, tlsFaults, name);
}

/** A certificate such as everybody else has for their names. */
function goodFor(name: string): CertificateSpec {
  const today = Math.floor(Date.now() / DAY) * DAY;
  return {
    names: [name],
    notBefore: today - DAY,
    notAfter: today + 90 * DAY,
    signer: "authority",
  };
}

function answer({ world, faults }: FrontDeps, exchange: Exchange): void {
  const { req, entry } = exchange;
  const fault = faults.find(entry.host, entry.place);
  if (fault && strikes(fault, entry)) {
    entry.faulted = fault.kind;
    if (fault.kind === "hang") return;
    if (fault.kind === "port-80-closed") req.socket.resetAndDestroy();
    else if (fault.kind === "cdn") answerAsCdn(world, fault, exchange);
    else answerFault(fault, exchange);
  } else if (entry.place === "outside") {
    page(exchange, 200, "Another site");
  } else {
    serve(world, entry.scheme, exchange);
  }
}

function strikes({ kind }: HttpFault, { scheme, path }: HttpRequest): boolean {
  if (kind === "port-80-closed") return scheme === "http";
  return kind !== "well-known-blocked" || path.startsWith("/.well-known/");
}

function answerFault(fault: HttpFault, exchange: Exchange): void {
  const { host, path } = exchange.entry;
  const { kind, status, to = "somebody-else.example" } = fault;
  if (kind === "loop") redirect(exchange, `https://${host}${path}`, status);
  else if (kind === "redirect")
    redirect(exchange, `https://${to}${path}`, status);
  else if (kind === "well-known-blocked")
    page(exchange, status ?? 403, "Forbidden");
  else page(exchange, status ?? 500, `Error ${status ?? 500}`);
}

/** What a CDN does: answers itself, or asks the server, whatever the name's DNS says. */
function answerAsCdn(
  world: World,
  { status, flexible }: HttpFault,
  exchange: Exchange,
): void {
  const { res, entry } = exchange;
  res.setHeader("server", "simulated-cdn").setHeader("cf-ray", "0-SIM");
  if (status !== undefined) page(exchange, status, `CDN error ${status}`);
  else serve(world, flexible ? "http" : entry.scheme, exchange);
}

/** What the server does with a request: its app answers, or nobody. */
function serve(world: World, scheme: Scheme, exchange: Exchange): void {
  const { req, entry } = exchange;
  const app = appServing(world, entry.host);
  if (!app) {
    req.socket.destroy();
    return;
  }
  world.settle(app);
  entry.appId = app.id;
  const forced = app.ssl?.force === true && scheme === "http";
  if (forced && !entry.path.startsWith("/.well-known/acme-challenge/"))
    redirect(exchange, `https://${entry.host}${entry.path}`);
  else if (app.backend !== null) forward(app.backend, scheme, exchange);
  else page(exchange, 200, `App ${app.name}`);
}

/** Asks the backend the same, under the same name. */
function forward(origin: string, scheme: Scheme, exchange: Exchange): void {
  const { req, res } = exchange;
  const asked = request(
    new URL(exchange.entry.path, origin),
    {
      method: req.method,
      headers: { ...req.headers, "x-forwarded-proto": scheme },
    },
    (answered) => {
      res.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(res);
    },
  );
  asked.on("error", () => {
    if (res.headersSent) res.destroy();
    else page(exchange, 502, "Bad gateway");
  });
  req.pipe(asked);
}

function redirect({ res }: Exchange, location: string, status = 301): void {
  res.writeHead(status, { location }).end();
}

function page({ res }: Exchange, status: number, title: string): void {
  res
    .writeHead(status, { "content-type": "text/html; charset=utf-8" })
    .end(`<!doctype html><title>${title}</title><h1>${title}</h1>\n`);
}
