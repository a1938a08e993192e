import { z } from "zod";

import type { Clock, Server } from "./types";

const plainRecord = z.strictObject({
  a: z.array(z.ipv4()).optional(),
  aaaa: z.array(z.ipv6()).optional(),
  cname: z.string().optional(),
  /** Name servers, of a zone. */
  ns: z.array(z.string()).optional(),
  /** The name is a zone's: it has a SOA record, which answers without data below it carry too. */
  soa: z.boolean().optional(),
  caa: z
    .array(
      z.strictObject({
        tag: z.string().regex(/^[a-z0-9]+$/),
        value: z.string(),
        /** Not to be understood only in part (RFC 8659). */
        critical: z.boolean().optional(),
      }),
    )
    .optional(),
  rcode: z.enum(["NXDOMAIN", "SERVFAIL", "REFUSED"]).optional(),
  /** False: nobody has registered the name. It and all below it are NXDOMAIN, whatever their records. */
  registered: z.boolean().optional(),
  /** A CNAME that leads back to itself over `loop.<name>`. */
  loop: z.boolean().optional(),
  /** Answers this many milliseconds late. */
  delayMs: z.number().min(0).optional(),
  /** Never answers. */
  silent: z.boolean().optional(),
  /** Answers another question, or answers this one with another name's record. */
  lies: z.enum(["question", "answer"]).optional(),
});

/** One name of the DNS table: its records, or the way in which it misbehaves. */
export const dnsRecordSchema = plainRecord.extend({
  /** In place of all else: records that take turns, question by question of a type. */
  turns: z.array(plainRecord).min(1).optional(),
});

export type DnsRecord = z.infer<typeof dnsRecordSchema>;
type PlainRecord = z.infer<typeof plainRecord>;

/** Which of `count` records that take turns at `name` it is. */
type TurnOf = (name: string, count: number) => number;

interface Entry {
  record: DnsRecord;
  changedAt: number;
}

interface Summary {
  /** Names above those with records. */
  parents: ReadonlySet<string>;
  /** How many turns the record with the most has. */
  mostTurns: number;
}

/** CAA tags that authorities know; what they do not know and is critical forbids them to issue. */
const CAA_TAGS: ReadonlySet<string> = new Set(["issue", "issuewild", "iodef"]);

/** What following CNAMEs from a name comes to. */
interface Resolution {
  chain: string[];
  /** The records of the chain's names; undefined where the table has none. */
  records: (PlainRecord | undefined)[];
  /** The record at the end; undefined where the table has none, or the chain loops. */
  end: PlainRecord | undefined;
  looped: boolean;
  /** When the newest record on the way was set. */
  changedAt: number;
}

/**
 * The world's DNS records. `*.parent` answers for every name below it that has no record, `*` for all. A name without a
 * record that has one below it exists, without data (RFC 8020).
 */
export class DnsTable {
  readonly #records = new Map<string, Entry>();
  readonly #turns = new Map<string, number>();
  /** What is known of all records together; made when it is asked for. */
  #summary: Summary | null = null;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: string, record: DnsRecord | null): void {
    const key = name.toLowerCase();
    this.#summary = null;
    if (record === null) this.#records.delete(key);
    else this.#records.set(key, { record, changedAt: this.#clock() });
  }

  clear(): void {
    this.#records.clear();
    this.#turns.clear();
    this.#summary = null;
  }

  entries(): Record<string, DnsRecord> {
    return Object.fromEntries(
      [...this.#records].map(([name, entry]) => [name, entry.record]),
    );
  }

  /** What a question of `type` comes to. Each question moves records that take turns on. */
  answer(name: string, type: string): Resolution {
    return this.#resolve(name, (here, count) => {
      const key = `${type} ${here}`;
      const turn = this.#turns.get(key) ?? 0;
      this.#turns.set(key, turn + 1);
      return turn % count;
    });
  }

  /** The zone that `name` is in, with its record; undefined where the table has none. */
  zoneOf(name: string): { name: string; record: DnsRecord } | undefined {
    for (const above of upwards(name)) {
      const entry = this.#records.get(above);
      if (entry?.record.soa && entry.record.registered !== false)
        return { name: above, record: entry.record };
    }
    return undefined;
  }

  /**
   * Since when `name` points at a server, or null. Like a certificate authority, which tries IPv6 first, an AAAA
   * record that leads elsewhere counts as elsewhere; where records take turns, all must point there.
   */
  pointsSince(
    name: string,
    server: Pick<Server, "lastaddress" | "address6" | "addresses">,
  ): number | null {
    const { lastaddress, address6, addresses } = server;
    const own = new Set([lastaddress, address6, ...addresses]);
    let since = -Infinity;
    const { mostTurns } = this.#all();
    for (let turn = 0; turn < mostTurns; turn += 1) {
      const { end, records, changedAt } = this.#resolve(
        name.toLowerCase(),
        (_, count) => turn % count,
      );
      if (!end || records.some(isBroken)) return null;
      if (!end.a?.some((value) => own.has(value))) return null;
      if (end.aaaa?.some((value) => !own.has(value))) return null;
      since = Math.max(since, changedAt);
    }
    return since;
  }

  /** Whether CAA records let `issuer` issue for `name`: those of the name, else of the nearest name above (RFC 8659). */
  allowsIssuer(name: string, issuer: string): boolean {
    for (const above of upwards(name)) {
      const { end } = this.#resolve(above, () => 0);
      if (!end?.caa || end.caa.length === 0) continue;
      const issue = end.caa.filter(({ tag }) => tag === "issue");
      if (end.caa.some(({ critical, tag }) => critical && !CAA_TAGS.has(tag)))
        return false;
      return (
        issue.length === 0 ||
        issue.some(({ value }) => value.split(";")[0]?.trim() === issuer)
      );
    }
    return true;
  }

  /** The record of `name` itself, without following CNAMEs. */
  #find(name: string): Entry | undefined {
    for (const above of upwards(name)) {
      const entry = this.#records.get(above);
      if (entry?.record.registered === false)
        return { record: { rcode: "NXDOMAIN" }, changedAt: entry.changedAt };
    }
    const exact = this.#records.get(name);
    if (exact) return exact;
    const looping = name.startsWith("loop.")
      ? this.#records.get(name.slice(5))
      : undefined;
    if (looping?.record.loop)
      return { record: { cname: name.slice(5) }, changedAt: looping.changedAt };
    for (const above of upwards(name).slice(1)) {
      const wild = this.#records.get(`*.${above}`);
      if (wild) return wild;
    }
    const every = this.#records.get("*");
    if (every) return every;
    return this.#all().parents.has(name)
      ? { record: {}, changedAt: -Infinity }
      : undefined;
  }

  #resolve(name: string, turnOf: TurnOf): Resolution {
    const chain = [name];
    const records: (PlainRecord | undefined)[] = [];
    let changedAt = -Infinity;
    for (;;) {
      const here = chain.at(-1) ?? name;
      const found = this.#find(here);
      const { turns } = found?.record ?? {};
      const record = turns?.[turnOf(here, turns.length)] ?? found?.record;
      records.push(record);
      changedAt = Math.max(changedAt, found?.changedAt ?? -Infinity);
      const next = record?.loop ? `loop.${here}` : record?.cname?.toLowerCase();
      if (next === undefined)
        return { chain, records, end: record, looped: false, changedAt };
      const looped = chain.includes(next);
      chain.push(next);
      if (looped) return { chain, records, end: undefined, looped, changedAt };
    }
  }

  #all(): Summary {
    return (this.#summary ??= {
      parents: new Set(
        [...this.#records]
          .filter(([, { record }]) => record.rcode !== "NXDOMAIN")
          .flatMap(([name]) => upwards(name).slice(1)),
      ),
      mostTurns: [...this.#records.values()].reduce(
        (most, { record }) => Math.max(most, record.turns?.length ?? 1),
        1,
      ),
    });
  }
}

/** A name and the names above it, the nearest first. */
function upwards(name: string): string[] {
  const labels = name.split(".");
  return labels.map((_, from) => labels.slice(from).join("."));
}

function isBroken(record: PlainRecord | undefined): boolean {
  return (
    record?.rcode !== undefined ||
    record?.silent === true ||
    record?.lies !== undefined
  );
}
