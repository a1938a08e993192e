import { decode, encode, type Answer, type DecodedPacket } from "dns-packet";

export type QuestionType = "A" | "AAAA" | "CNAME";

/** What one DNS server answered to one question. */
export interface Records {
  values: string[];
  /** Seconds; the shortest of the records on the way. */
  ttl: number;
  /** Where the name's own CNAME leads. */
  cname: string | null;
  /** Why there is no usable answer; null where there is one, an empty one included. */
  failure: string | null;
}

const RECURSION_DESIRED = 0x0100;
const LONGEST_CHAIN = 16;

/** @throws Error for a name that fits in no DNS message. */
export function question(id: number, name: string, type: QuestionType): Buffer {
  return encode({
    ...{ type: "query", id, flags: RECURSION_DESIRED },
    questions: [{ type, name, class: "IN" }],
  });
}

/**
 * Reads an answer to a question; null where it is none to this one, as from somebody who guesses, or is unreadable.
 *
 * @param message without the length that TCP puts before it.
 */
export function answerTo(
  message: Buffer,
  asked: { id: number; name: string; type: QuestionType },
): { records: Records; truncated: boolean } | null {
  const packet = decoded(message);
  const [about] = packet?.questions ?? [];
  if (packet?.type !== "response" || packet.id !== asked.id) return null;
  if (about?.type !== asked.type || !same(about.name, asked.name)) return null;
  return {
    records: read(packet, asked.name, asked.type),
    truncated: packet.flag_tc,
  };
}

export function failed(failure: string): Records {
  return { values: [], ttl: Infinity, cname: null, failure };
}

/** Only records of the name itself and of the names that its CNAMEs lead to count: the rest is about somebody else. */
function read(
  packet: DecodedPacket,
  name: string,
  type: QuestionType,
): Records {
  const answers = packet.answers ?? [];
  // dns-packet's types do not know the field that its decoder sets.
  const { rcode = "NOERROR" } = packet as { rcode?: string };
  const chain: Answer[] = [];
  let owner = name;
  while (type !== "CNAME" && chain.length < LONGEST_CHAIN) {
    const link = find(answers, owner, "CNAME")[0];
    if (!link) break;
    chain.push(link);
    owner = textOf(link);
  }
  const found = find(answers, owner, type);
  const cname = (type === "CNAME" ? found : chain)[0];
  const ttls = [...chain, ...found].map((record) =>
    "ttl" in record ? (record.ttl ?? 0) : 0,
  );
  const records = {
    values: found.map(textOf),
    ttl: Math.min(...ttls),
    cname: cname ? textOf(cname).toLowerCase() : null,
  };
  if (rcode !== "NOERROR" && rcode !== "NXDOMAIN")
    return { ...records, values: [], failure: rcode };
  const foreign = chain.length + found.length === 0 && answers.length > 0;
  return {
    ...records,
    failure: foreign ? "an answer about another name" : null,
  };
}

function find(
  answers: readonly Answer[],
  owner: string,
  type: QuestionType,
): Answer[] {
  return answers.filter(
    (answer) => answer.type === type && same(answer.name, owner),
  );
}

function textOf(record: Answer): string {
  return "data" in record && typeof record.data === "string" ? record.data : "";
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function decoded(message: Buffer): DecodedPacket | null {
  try {
    return decode(message);
  } catch {
    return null;
  }
}
