import { once, setMaxListeners } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import express from "express";

import { createApiRouter } from "./api-router";
import type { PemOf } from "./api-views";
import { sharedAuthority } from "./authority";
import { createControlRouter } from "./control-router";
import { startDnsServer } from "./dns-server";
import type { DnsServer } from "./dns-server";
import { fakePem, newCanary } from "./fake-pem";
import { Controls } from "./controls";
import type { SimulatorOptions } from "./simulator-options";
import { servedSpec } from "./tls-faults";
import { startTlsServer } from "./tls-server";
import type { TlsServer } from "./tls-server";

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
  /** File with the CA's certificate, for `NODE_EXTRA_CA_CERTS`; null when TLS is off. */
  readonly caFile: string | null;
  /** Stands in the private key of every `ssl` answer, and must turn up nowhere else. */
  readonly privateKeyCanary: string;
  readonly #stop: () => Promise<void>;

  constructor(
    controls: ConstructorParameters<typeof Controls>[0],
    running: Running,
  ) {
    super(controls);
    this.port = running.port;
    this.url = `http://${running.host}:${running.port}/v1`;
    this.controlUrl = `http://${running.host}:${running.port}/control`;
    this.dnsAddress = running.dns && `${running.host}:${running.dns.port}`;
    this.tlsAddress = running.tls && `${running.host}:${running.tls.port}`;
    this.caFile = running.caFile;
    this.privateKeyCanary = running.canary;
    this.#stop = running.stop;
  }

  /** Closes every port and connection. */
  stop(): Promise<void> {
    return this.#stop();
  }
}

interface Running {
  host: string;
  port: number;
  dns: DnsServer | null;
  tls: TlsServer | null;
  caFile: string | null;
  canary: string;
  stop: () => Promise<void>;
}

/** Starts the simulator in this process. Throws where a port is taken. */
export async function startSimulator(
  options: SimulatorOptions,
): Promise<Simulator> {
  const host = options.host ?? "127.0.0.1";
  const parts = Controls.partsFor(options);
  const { world, tlsFaults } = parts;
  const stopping = new AbortController();
  // Every call that waits listens to it.
  setMaxListeners(Infinity, stopping.signal);
  const dns = options.dns
    ? await startDnsServer(parts.dns, world.clock, {
        host,
        port: options.dnsPort ?? 0,
      })
    : null;
  const tls = options.tls
    ? await startTlsServer(world, tlsFaults, {
        host,
        port: options.tlsPort ?? 0,
      })
    : null;
  const ca = tls ? writeCa(options.caFile) : null;

  const canary = newCanary();
  const app = express();
  app.disable("x-powered-by");
  const controls = { ...parts, dnsServer: dns, tlsServer: tls };
  const pemOf: PemOf = (served) => {
    if (!tls)
      return {
        cert: fakePem("CERTIFICATE", "NONE"),
        cacerts: fakePem("CERTIFICATE", "NONE"),
      };
    return {
      cert: sharedAuthority().issue(servedSpec(world, served)).cert,
      cacerts: sharedAuthority().caPem,
    };
  };
  const privateKey = fakePem("PRIVATE KEY", canary);
  const { settings } = world;
  app.use(
    "/v1",
    createApiRouter({
      ...parts,
      settings,
      pemOf,
      privateKey,
      stopping: stopping.signal,
    }),
  );
  const server = createServer(app);
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([closeHttp(server), dns?.stop(), tls?.stop()]);
    ca?.remove();
  };
  let closed: Promise<void> | undefined;
  const stop = (): Promise<void> => (closed ??= close());
  const simulator = new Simulator(controls, {
    host,
    port,
    dns,
    tls,
    caFile: ca?.file ?? null,
    canary,
    stop,
  });
  app.use("/control", createControlRouter(simulator));
  return simulator;
}

async function closeHttp(server: HttpServer): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
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
