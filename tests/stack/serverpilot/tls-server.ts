import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";

import { sharedAuthority } from "./authority";
import type { CertificateSpec } from "./authority";
import { presentationFor } from "./tls-faults";
import type { TlsFaults } from "./tls-faults";
import type { World } from "./world";

/** One handshake that was begun. */
export interface TlsHandshake {
  at: number;
  name: string;
}

export interface TlsServer {
  port: number;
  handshakes: () => TlsHandshake[];
  clearHandshakes: () => void;
  /** Closes the port, so that connections are refused, or opens it again. */
  setListening: (listening: boolean) => Promise<void>;
  stop: () => Promise<void>;
}

/** Serves per SNI what the world says, and a minimal page over it. Port 0 takes a free one. */
export async function startTlsServer(
  world: World,
  faults: TlsFaults,
  at: { host: string; port: number },
): Promise<TlsServer> {
  const contextOf = contexts();
  const sockets = new Set<Socket>();
  let handshakes: TlsHandshake[] = [];
  const SNICallback = (
    asked: string,
    done: (error: Error | null, context?: SecureContext) => void,
  ): void => {
    const name = asked.toLowerCase();
    handshakes.push({ at: world.clock(), name });
    const presented = presentationFor(world, faults, name);
    if (presented === "refuse") done(new Error("refused"));
    else if (presented !== "silent") done(null, contextOf(presented));
  };
  const nobody: CertificateSpec = {
    names: [],
    notBefore: 0,
    notAfter: 4_000_000_000_000,
    signer: "self",
  };
  const server = createServer(
    { ...sharedAuthority().issue(nobody), SNICallback },
    (_req, res) => {
      res
        .setHeader("content-type", "text/plain")
        .end("ServerPilot simulator\n");
    },
  );
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket
      .on("close", () => sockets.delete(socket))
      .on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);

  let port = at.port;
  const listen = async (): Promise<void> => {
    server.listen(port, at.host);
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  return {
    port,
    handshakes: () => [...handshakes],
    clearHandshakes: () => (handshakes = []),
    setListening: async (listening) => {
      if (!listening) await close();
      else if (!server.listening) await listen();
    },
    stop: close,
  };
}

const MAX_CONTEXTS = 2000;

/** Makes each certificate once. */
function contexts(): (spec: CertificateSpec) => SecureContext {
  const made = new Map<string, SecureContext>();
  return (spec) => {
    const key = JSON.stringify(spec);
    const known = made.get(key);
    if (known) return known;
    if (made.size >= MAX_CONTEXTS) made.clear();
    const context = createSecureContext(sharedAuthority().issue(spec));
    made.set(key, context);
    return context;
  };
}
