import { z } from "zod";

/**
 * Where a request comes in: at the server's own address, or anywhere else in the world (a CDN, another host), which is
 * the address 127.0.0.2.
 */
export type Place = "server" | "outside";

/** What happens to requests over HTTP and HTTPS for one name, in place of the app's answer. */
export const httpFaultSchema = z.strictObject({
  kind: z.enum([
    "loop",
    "redirect",
    "page",
    "cdn",
    "hang",
    "well-known-blocked",
    "port-80-closed",
  ]),
  /** Only requests that come in there. Default: both. */
  at: z.enum(["server", "outside"]).optional(),
  /**
   * `page` answers with it (500), `redirect` and `loop` too (301), `well-known-blocked` as well (403); a `cdn` answers
   * itself with it (403, 525), and passes on where there is none.
   */
  status: z.number().int().min(200).max(599).optional(),
  /** `redirect`: the host that is led to (somebody-else.example); path and query are kept. */
  to: z.string().optional(),
  /** `cdn`: passes on over HTTP whatever it was asked by, as Cloudflare's mode "Flexible" does. */
  flexible: z.boolean().default(false),
});

export type HttpFaultOptions = z.input<typeof httpFaultSchema>;
export type HttpFault = z.output<typeof httpFaultSchema>;

/** The faults by name; `*` strikes every name without a fault of its own. */
export class HttpFaults {
  /** False closes the ports. */
  listening = true;
  readonly #faults = new Map<string, HttpFault>();

  /** Throws ZodError for a fault that makes no sense. */
  set(name: string, fault: HttpFaultOptions | null): void {
    const key = name.toLowerCase();
    if (fault === null) this.#faults.delete(key);
    else this.#faults.set(key, httpFaultSchema.parse(fault));
  }

  clear(): void {
    this.#faults.clear();
  }

  entries(): Record<string, HttpFault> {
    return Object.fromEntries(this.#faults);
  }

  find(host: string, place: Place): HttpFault | undefined {
    const fault = this.#faults.get(host) ?? this.#faults.get("*");
    return fault?.at === undefined || fault.at === place ? fault : undefined;
  }

  /** Whether a certificate authority's request for `host` at the server does not come through. */
  blocksIssuing(host: string): boolean {
    const fault = this.find(host, "server");
    return (
      !this.listening ||
      fault?.kind === "hang" ||
      fault?.kind === "well-known-blocked" ||
      fault?.kind === "port-80-closed" ||
      (fault?.kind === "cdn" && fault.status !== undefined)
    );
  }
}
