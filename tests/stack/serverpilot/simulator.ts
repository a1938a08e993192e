import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import express from "express";

import { createApiRouter } from "./api";
import type { PemOf } from "./api-views";
import { sharedAuthority } from "./authority";
import { createControlRouter } from "./control-router";
import { Controls } from "./controls";
import { startDnsServer } from "./dns-server";
import { startHttpFront } from "./http-front";
import type { Parts, RunningParts } from "./network-controls";
import { openPort } from "./nginx";
import type { SimulatorOptions } from "./simulator-options";
import { servedSpec } from "./tls-faults";
import { startTlsServer } from "./tls-server";

interface Running {
  host: string;
  port: number;
  caFile: string | null;
  canary: string;
  stop: () => Promise<void>;
}

/** A running simulator: the world's controls, and where its parts listen. */
export class Simulator extends Controls {
  readonly port: number;
  /** The API's base URL, with `/v1`. */
  readonly url: string;
  readonly controlUrl: string;
  /** `host:port` as `DNS_SERVERS` takes it; null when DNS is off. */
  readonly dnsAddress: string | null;
  /** `host:port` as `SSL_PROBE_ADDRESS` takes it; null when TLS is off. */
  readonly tlsAddress: string | null;
  /** `host:port` of the server for requests over HTTP; null when HTTP is off. */
  readonly httpAddress: string | null;
  /** `host:port` of the server for requests over HTTPS; null when HTTP is off. */
  readonly httpsAddress: string | null;
  /** The address at which, on the same ports, everything that is not the server is reached; null without one. */
  readonly outsideHost: string | null;
  /** File with the CA's certificate, for `NODE_EXTRA_CA_CERTS`; null when TLS and HTTP are off. */
  readonly caFile: string | null;
  /** Stands in the private key of every `ssl` answer, and must turn up nowhere else. */
  readonly privateKeyCanary: string;
  readonly #stop: () => Promise<void>;

  constructor(parts: RunningParts, running: Running) {
    super(parts);
    const { host } = running;
    const { dnsServer, tlsServer, httpFront } = parts;
    const at = (port: number | undefined): string | null =>
      port === undefined ? null : `${host}:${port}`;
    this.port = running.port;
    this.url = `http://${host}:${running.port}/v1`;
    this.controlUrl = `http://${host}:${running.port}/control`;
    this.dnsAddress = at(dnsServer?.port);
    this.tlsAddress = at(tlsServer?.port);
    this.httpAddress = at(httpFront?.httpPort);
    this.httpsAddress = at(httpFront?.httpsPort);
    this.outsideHost = httpFront?.outside ?? null;
    this.caFile = running.caFile;
    this.privateKeyCanary = running.canary;
    this.#stop = running.stop;
  }

  /** Closes every port and connection. */
  stop(): Promise<void> {
    return this.#stop();
  }
}

/** Starts the simulator in this process. Throws where a port is taken. */
export async function startSimulator(
  options: SimulatorOptions,
): Promise<Simulator> {
  const host = options.host ?? "127.0.0.1";
  const parts = await startParts(Controls.partsFor(options), host);
  const { dnsServer, tlsServer, httpFront } = parts;
  const ca = tlsServer || httpFront ? writeCa(options.caFile) : null;
  const canary = `CANARY${randomBytes(24).toString("hex")}`;
  const stopping = new AbortController();
  // Every call that waits listens to it.
  setMaxListeners(Infinity, stopping.signal);

  const app = express();
  app.disable("x-powered-by");
  const api = createApiRouter({
    ...parts,
    pemOf: pemsOf(parts),
    privateKey: fakePem("PRIVATE KEY", canary),
    stopping: stopping.signal,
  });
  app.use("/v1", api);
  const server = await openPort(createServer(app), {
    host,
    port: options.port ?? 0,
  });
  const close = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([
      server.setListening(false),
      dnsServer?.stop(),
      tlsServer?.setListening(false),
      httpFront?.stop(),
    ]);
    ca?.remove();
  };
  let closed: Promise<void> | undefined;
  const simulator = new Simulator(parts, {
    host,
    port: server.port,
    caFile: ca?.file ?? null,
    canary,
    stop: () => (closed ??= close()),
  });
  app.use("/control", createControlRouter(simulator));
  return simulator;
}

async function startParts(parts: Parts, host: string): Promise<RunningParts> {
  const { options, world, dns, tlsFaults, httpFaults: faults } = parts;
  const { dnsPort = 0, tlsPort = 0, httpPort = 0, httpsPort = 0 } = options;
  return {
    ...parts,
    dnsServer: options.dns
      ? await startDnsServer(dns, world.clock, { host, port: dnsPort })
      : null,
    tlsServer: options.tls
      ? await startTlsServer(world, tlsFaults, { host, port: tlsPort })
      : null,
    httpFront: options.http
      ? await startHttpFront(
          { world, faults, tlsFaults },
          { host, httpPort, httpsPort },
        )
      : null,
  };
}

/** Real certificates where something serves them; making their keys takes a while. */
function pemsOf({ world, tlsServer, httpFront }: RunningParts): PemOf {
  if (tlsServer || httpFront)
    return (served) => ({
      cert: sharedAuthority().issue(servedSpec(world, served)).cert,
      cacerts: sharedAuthority().caPem,
    });
  return () => ({
    cert: fakePem("CERTIFICATE", "NONE"),
    cacerts: fakePem("CERTIFICATE", "NONE"),
  });
}

/** A PEM text that looks real and is none. `line` stands on a line of its own. */
function fakePem(title: string, line: string): string {
  const noise = (): string => randomBytes(48).toString("base64");
  const lines = [noise(), noise(), line, noise(), noise()];
  return `-----BEGIN ${title}-----\n${lines.join("\n")}\n-----END ${title}-----\n`;
}

function writeCa(wanted: string | undefined): {
  file: string;
  remove: () => void;
} {
  const file =
    wanted ??
    join(mkdtempSync(join(tmpdir(), "serverpilot-simulator-")), "ca.pem");
  writeFileSync(file, sharedAuthority().caPem);
  const remove = (): void => {
    if (wanted === undefined)
      rmSync(dirname(file), { recursive: true, force: true });
  };
  return { file, remove };
}
