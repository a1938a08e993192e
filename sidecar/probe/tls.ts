import { isIP } from "node:net";
import {
  checkServerIdentity,
  connect,
  type PeerCertificate,
  type TLSSocket,
} from "node:tls";

import type { Clock } from "../clock";
import type {
  ProbeFailure,
  Probes,
  ServedCertificate,
} from "../reconcile/probes";
import { createLimit, type Limit } from "./limit";

export interface TlsProbeOptions {
  clock: Clock;
  /** How long a handshake has from the first packet on, in milliseconds (5000). */
  timeoutMs?: number;
  /** Handshakes with one address at the same time (20). */
  concurrency?: number;
  /** PEM of the trusted CAs; default: Node's, with those of NODE_EXTRA_CA_CERTS. */
  ca?: string;
}

/** The server has no certificate for the name and says so (nginx: `ssl_reject_handshake`). */
const nothingServed: ServedCertificate = {
  kind: "certificate",
  matchesName: false,
  untrusted: null,
  endsAt: null,
  issuer: null,
};

/** Looks at the certificate that the server at an address shows for a name; whatever goes wrong is an answer. */
export function createTlsProbe(options: TlsProbeOptions): Probes["handshake"] {
  const { concurrency = 20 } = options;
  const limits = new Map<string, Limit>();
  return (address, name) => {
    // A limit for each address: a server that hangs must not hold up other networks' servers.
    const limit = limits.get(address) ?? createLimit(concurrency);
    limits.set(address, limit);
    return limit(() => shake(address, name, options));
  };
}

function shake(
  address: string,
  name: string,
  { clock, timeoutMs = 5_000, ca }: TlsProbeOptions,
): Promise<ServedCertificate | ProbeFailure> {
  const target = parseAddress(address);
  if (target === null || isIP(name) !== 0) {
    const detail = target === null ? "no valid address" : "not a host name";
    return Promise.resolve({ kind: "failure", address, detail });
  }
  return new Promise((resolve) => {
    const socket = connect({
      ...target,
      servername: name,
      // A wrong certificate is what is looked for: the handshake is finished in any case, and nothing is sent over it.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(ca === undefined ? {} : { ca }),
    });
    const finish = (result: ServedCertificate | ProbeFailure): void => {
      stop();
      socket.destroy();
      resolve(result);
    };
    const fail = (detail: string): void => {
      finish({ kind: "failure", address, detail });
    };
    const stop = clock.after(timeoutMs, () => {
      fail(`no answer within ${timeoutMs / 1_000} seconds`);
    });
    socket.once("secureConnect", () => {
      finish(describe(socket, name));
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code?.includes("UNRECOGNIZED_NAME")) finish(nothingServed);
      else fail(error.code ?? error.message);
    });
    socket.once("close", () => {
      fail("connection closed");
    });
  });
}

function describe(socket: TLSSocket, name: string): ServedCertificate {
  const certificate = socket.getPeerCertificate() as Partial<PeerCertificate>;
  const endsAt = Date.parse(certificate.valid_to ?? "");
  return {
    kind: "certificate",
    matchesName: matches(certificate, name),
    untrusted: socket.authorized ? null : codeOf(socket.authorizationError),
    endsAt: Number.isNaN(endsAt) ? null : endsAt,
    issuer: [certificate.issuer?.CN ?? certificate.issuer?.O].flat()[0] ?? null,
  };
}

/** Node still accepts a common name where a certificate names no host; browsers do not, so neither does this. */
function matches(certificate: Partial<PeerCertificate>, name: string): boolean {
  return (
    certificate.subjectaltname?.includes("DNS:") === true &&
    checkServerIdentity(name, certificate as PeerCertificate) === undefined
  );
}

/** Node's types say Error; at run time it is OpenSSL's code as a string. */
function codeOf(error: unknown): string {
  return typeof error === "string" ? error : "not trusted";
}

/** `host:port`, `[ipv6]:port`; null for anything else. */
function parseAddress(address: string): { host: string; port: number } | null {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host !== undefined && port > 0 && port < 65_536
    ? { host, port }
    : null;
}
