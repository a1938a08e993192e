import { z } from "zod";

import type { Clock } from "./types";

/** One name of the DNS table: its records, or the way in which it misbehaves. */
export const dnsRecordSchema = z.strictObject({
  a: z.array(z.ipv4()).optional(),
  aaaa: z.array(z.ipv6()).optional(),
  cname: z.string().optional(),
  rcode: z.enum(["NXDOMAIN", "SERVFAIL", "REFUSED"]).optional(),
  /** A CNAME that leads back to itself over `loop.<name>`. */
  loop: z.boolean().optional(),
  /** Answers this many milliseconds late. */
  delayMs: z.number().min(0).optional(),
  /** Never answers. */
  silent: z.boolean().optional(),
  /** Answers another question, or answers this one with another name's record. */
  lies: z.enum(["question", "answer"]).optional(),
});

export type DnsRecord = z.infer<typeof dnsRecordSchema>;

/** What following CNAMEs from a name comes to. */
interface Resolution {
  chain: string[];
  /** The record at the end; undefined where the table has none, or the chain loops. */
  end: DnsRecord | undefined;
  looped: boolean;
  /** When the newest record on the way was set. */
  changedAt: number;
}

/** The world's DNS records. `*.parent` answers for every name below it that has no record, `*` for all. */
export class DnsTable {
  readonly #records = new Map<
    string,
    { record: DnsRecord; changedAt: number }
  >();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: string, record: DnsRecord | null): void {
    const key = name.toLowerCase();
    if (record === null) this.#records.delete(key);
    else this.#records.set(key, { record, changedAt: this.#clock() });
  }

  clear(): void {
    this.#records.clear();
  }

  entries(): Record<string, DnsRecord> {
    return Object.fromEntries(
      [...this.#records].map(([name, entry]) => [name, entry.record]),
    );
  }

  /** The record of `name` itself, without following CNAMEs. */
  find(name: string): { record: DnsRecord; changedAt: number } | undefined {
    const exact = this.#records.get(name);
    if (exact) return exact;
    const looping = name.startsWith("loop.")
      ? this.#records.get(name.slice(5))
      : undefined;
    if (looping?.record.loop)
      return { record: { cname: name.slice(5) }, changedAt: looping.changedAt };
    for (
      let dot = name.indexOf(".");
      dot >= 0;
      dot = name.indexOf(".", dot + 1)
    ) {
      const wild = this.#records.get(`*${name.slice(dot)}`);
      if (wild) return wild;
    }
    return this.#records.get("*");
  }

  resolve(name: string): Resolution {
    const chain = [name];
    let changedAt = -Infinity;
    for (;;) {
      const here = chain.at(-1) ?? name;
      const found = this.find(here);
      changedAt = Math.max(changedAt, found?.changedAt ?? -Infinity);
      const next = found?.record.loop
        ? `loop.${here}`
        : found?.record.cname?.toLowerCase();
      if (next === undefined)
        return { chain, end: found?.record, looped: false, changedAt };
      const looped = chain.includes(next);
      chain.push(next);
      if (looped) return { chain, end: undefined, looped, changedAt };
    }
  }

  /**
   * Since when `name` points at a server, or null. Like a certificate authority, which tries IPv6 first, an AAAA
   * record that leads elsewhere counts as elsewhere.
   */
  pointsSince(name: string, address: string, address6: string): number | null {
    const { end, chain, changedAt } = this.resolve(name.toLowerCase());
    if (!end || chain.some((hop) => isBroken(this.find(hop)?.record)))
      return null;
    if (!end.a?.includes(address)) return null;
    if (end.aaaa?.some((value) => value !== address6)) return null;
    return changedAt;
  }
}

function isBroken(record: DnsRecord | undefined): boolean {
  return (
    record?.rcode !== undefined ||
    record?.silent === true ||
    record?.lies !== undefined
  );
}
