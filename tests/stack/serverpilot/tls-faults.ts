import { isIP } from "node:net";

import { z } from "zod";

import type { CertificateSpec, Signer } from "./authority";
import { certificatesOf } from "./autossl";
import { hostnameOf } from "./domains";
import { appServing } from "./nginx";
import type { World } from "./world";

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** How the TLS server misbehaves for one name. */
export const tlsFaultSchema = z.strictObject({
  kind: z.enum([
    "other-name",
    "self-signed",
    "expired",
    "expiring",
    "ip-only",
    "untrusted",
    "wildcard",
    "silent",
    "refuse",
  ]),
  /** `expiring`: days until the end (7). */
  days: z.number().optional(),
});

export type TlsFault = z.infer<typeof tlsFaultSchema>;

/** What a handshake with a name comes to: a certificate, silence, or a closed connection. */
export type Presentation = CertificateSpec | "silent" | "refuse";

/** The faults by name; `*` strikes every name without a fault of its own. */
export class TlsFaults {
  readonly #faults = new Map<string, { fault: TlsFault; setAt: number }>();

  set(name: string, fault: TlsFault | null): void {
    const key = name.toLowerCase();
    if (fault === null) this.#faults.delete(key);
    else this.#faults.set(key, { fault, setAt: Date.now() });
  }

  clear(): void {
    this.#faults.clear();
  }

  entries(): Record<string, TlsFault> {
    return Object.fromEntries(
      [...this.#faults].map(([name, { fault }]) => [name, fault]),
    );
  }

  /** What the fault of `name` presents, or undefined where it has none. */
  presentation(name: string): Presentation | undefined {
    const found = this.#faults.get(name) ?? this.#faults.get("*");
    if (!found) return undefined;
    const { fault, setAt } = found;
    const spec = (
      names: string[],
      days = 90,
      signer: Signer = "authority",
    ): CertificateSpec => ({
      names,
      notBefore: setAt - HOUR + Math.min(days, 0) * 90 * DAY,
      notAfter: setAt + days * DAY,
      signer,
    });
    switch (fault.kind) {
      case "other-name":
        return spec(["somebody-else.example"]);
      case "self-signed":
        return spec([name], 90, "self");
      case "expired":
        return spec([name], -1);
      case "expiring":
        return spec([name], fault.days ?? 7);
      case "ip-only":
        return { ...spec([]), ips: ["127.0.0.1"] };
      case "untrusted":
        return spec([name], 90, "stranger");
      case "wildcard":
        return spec([`*${name.slice(name.indexOf("."))}`]);
      case "silent":
      case "refuse":
        return fault.kind;
    }
  }
}

/** What the server presents for `name`: its app's certificate, else a self-signed one that covers nothing. */
export function presentationFor(
  world: World,
  faults: TlsFaults,
  name: string,
): Presentation {
  const faulty = faults.presentation(name);
  if (faulty) return faulty;
  const app = appServing(world, name);
  if (app) world.settle(app);
  if (app?.served) {
    const certificates = certificatesOf(app.served, world.settings);
    const own = certificates.find((names) =>
      names.some((one) => hostnameOf(one) === name),
    );
    const names = own ?? certificates[0] ?? [];
    return servedSpec(world, { names, issuedAt: app.served.issuedAt });
  }
  return {
    names: ["default.invalid"],
    notBefore: 0,
    notAfter: 4_000_000_000_000,
    signer: "self",
  };
}

/** The certificate that is served with these names since `issuedAt`. */
export function servedSpec(
  world: World,
  served: { names: string[]; issuedAt: number },
): CertificateSpec {
  const { issuedAt } = served;
  const hosts = served.names.map(hostnameOf);
  const notAfter = issuedAt + world.settings.certificateDays * DAY;
  return {
    names: hosts.filter((host) => isIP(host) === 0),
    ips: hosts.filter((host) => isIP(host) !== 0),
    notBefore: Math.min(issuedAt, notAfter) - HOUR,
    notAfter,
    signer: "authority",
  };
}
