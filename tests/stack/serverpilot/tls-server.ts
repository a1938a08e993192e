import { createServer } from "node:https";
import type { Server } from "node:https";
import type { RequestListener } from "node:http";
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";

import { sharedAuthority } from "./authority";
import type { CertificateSpec } from "./authority";
import { openPort } from "./nginx";
import type { Port } from "./nginx";
import { presentationFor } from "./tls-faults";
import type { Presentation, TlsFaults } from "./tls-faults";
import type { World } from "./world";

/** One handshake that was begun. */
export interface TlsHandshake {
  at: number;
  name: string;
}

export interface TlsServer extends Port {
  handshakes: () => TlsHandshake[];
  clearHandshakes: () => void;
}

const MAX_CONTEXTS = 2000;

/** What is presented to those who name nobody. */
const nobody: CertificateSpec = {
  names: [],
  notBefore: 0,
  notAfter: 4_000_000_000_000,
  signer: "self",
};

/** Serves per SNI what the world says, and a minimal page over it. Port 0 takes a free one. */
export async function startTlsServer(
  world: World,
  faults: TlsFaults,
  at: { host: string; port: number },
): Promise<TlsServer> {
  let handshakes: TlsHandshake[] = [];
  const present = (name: string): Presentation => {
    handshakes.push({ at: world.clock(), name });
    return presentationFor(world, faults, name);
  };
  const server = createHttpsServer(present, (_req, res) => {
    res.setHeader("content-type", "text/plain").end("ServerPilot simulator\n");
  });
  const { port, setListening } = await openPort(server, at);
  return {
    port,
    setListening,
    handshakes: () => [...handshakes],
    clearHandshakes: () => (handshakes = []),
  };
}

/** A server over TLS that asks `present` at each handshake. */
export function createHttpsServer(
  present: (name: string) => Presentation,
  listener: RequestListener,
): Server {
  const contextOf = contexts();
  const SNICallback = (
    asked: string,
    done: (error: Error | null, context?: SecureContext) => void,
  ): void => {
    const presented = present(asked.toLowerCase());
    if (presented === "refuse") done(new Error("refused"));
    else if (presented !== "silent") done(null, contextOf(presented));
  };
  const server = createServer(
    { ...sharedAuthority().issue(nobody), SNICallback },
    listener,
  );
  server.on("tlsClientError", () => undefined);
  return server;
}

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
