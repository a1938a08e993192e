import { isIP } from "node:net";
import {
  checkServerIdentity,
  connect,
  type PeerCertificate,
  type TLSSocket,
} from "node:tls";

import type { Clock } from "../clock";
import type {
  Address,
  ProbeFailure,
  Probes,
  ServedCertificate,
} from "../reconcile/probes";
import { createLimit, type Limit } from "../concurrency";

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

/** Checks the certificate that the server at an address shows for a name; whatever goes wrong is an answer. */
export function createTlsProbe(options: TlsProbeOptions): Probes["handshake"] {
  const { concurrency = 20 } = options;
  const limits = new Map<string, Limit>();
  return (address, name) => {
    // A limit for each address: a server that hangs must not hold up other networks' servers.
    const key = written(address);
    const limit = limits.get(key) ?? createLimit(concurrency);
    limits.set(key, limit);
    return limit(() => shake(address, name, options));
  };
}

function shake(
  target: Address,
  name: string,
  { clock, timeoutMs = 5_000, ca }: TlsProbeOptions,
): Promise<ServedCertificate | ProbeFailure> {
  const address = written(target);
  if (isIP(name) !== 0)
    return Promise.resolve({
      kind: "failure",
      address,
      detail: "not a host name",
    });
  return new Promise((resolve) => {
    const socket = connect({
      ...target,
      servername: name,
      // A wrong certificate is what is looked for: the handshake is finished in any case, and nothing is sent over it.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(ca === undefined ? {} : { ca }),
    });
    const stop = clock.after(timeoutMs, () => {
      fail(`no answer within ${timeoutMs / 1_000} seconds`);
    });
    function finish(result: ServedCertificate | ProbeFailure): void {
      stop();
      socket.destroy();
      resolve(result);
    }
    function fail(detail: string): void {
      finish({ kind: "failure", address, detail });
    }
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

function written({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
