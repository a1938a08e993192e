import { createSocket } from "node:dgram";
import type { RemoteInfo } from "node:dgram";
import { once } from "node:events";

import { decode, encode } from "dns-packet";
import type { Answer, Packet, Question } from "dns-packet";

import type { DnsRecord, DnsTable } from "./dns-table";
import type { Clock } from "./types";

/** One question that was asked, for tests of caches and limits. */
export interface DnsQuery {
  at: number;
  name: string;
  type: string;
}

export interface DnsServer {
  port: number;
  queries: () => DnsQuery[];
  clearQueries: () => void;
  stop: () => Promise<void>;
}

/** What is answered to a question, and how late; null = nothing ever. */
interface DnsAnswer {
  packet: Packet;
  delayMs: number;
}

const AUTHORITATIVE = 0x0400;
const RECURSION = 0x0180;
const rcodes = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 } as const;
const TTL_SECONDS = 1;

/** Serves the table over UDP. Port 0 takes a free one. */
export async function startDnsServer(
  table: DnsTable,
  clock: Clock,
  at: { host: string; port: number },
): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const late = new Set<NodeJS.Timeout>();
  let queries: DnsQuery[] = [];
  const reply = (message: Buffer, from: RemoteInfo): void => {
    const query = decodeQuery(message);
    const question = query?.questions?.[0];
    if (!query || !question) return;
    queries.push({
      at: clock(),
      name: question.name.toLowerCase(),
      type: question.type,
    });
    const answer = answerQuestion(table, query.id ?? 0, question);
    if (!answer) return;
    const timer = setTimeout(() => {
      late.delete(timer);
      socket.send(encode(answer.packet), from.port, from.address);
    }, answer.delayMs);
    late.add(timer);
  };
  socket.on("message", reply);
  socket.bind(at.port, at.host);
  await once(socket, "listening");
  return {
    port: socket.address().port,
    queries: () => [...queries],
    clearQueries: () => (queries = []),
    stop: async () => {
      for (const timer of late) clearTimeout(timer);
      socket.close();
      await once(socket, "close");
    },
  };
}

function decodeQuery(message: Buffer): Packet | null {
  try {
    return decode(message);
  } catch {
    return null;
  }
}

/** Answers like a resolver: CNAMEs are followed and shown. An unknown name is NXDOMAIN. */
function answerQuestion(
  table: DnsTable,
  id: number,
  question: Question,
): DnsAnswer | null {
  const name = question.name.toLowerCase();
  const { chain, records, end, looped } = table.answer(name, question.type);
  if (records.some((record) => record?.silent)) return null;
  const delayMs = records.reduce(
    (sum, record) => sum + (record?.delayMs ?? 0),
    0,
  );

  const lie = records[0]?.lies;
  if (lie) {
    const other = "somebody-else.example";
    const asked = lie === "question" ? { ...question, name: other } : question;
    const answers: Answer[] = [
      { type: "A", name: other, ttl: TTL_SECONDS, data: "203.0.113.66" },
    ];
    return { packet: response(id, asked, answers, 0), delayMs };
  }
  const last = chain.at(-1) ?? name;
  const failure = records.find((record) => record?.rcode)?.rcode;
  if (failure) {
    const packet = response(id, question, [], rcodes[failure]);
    if (failure === "NXDOMAIN") packet.authorities = soaAbove(table, last);
    return { packet, delayMs };
  }
  const answers: Answer[] = chain.slice(1).map((target, hop) => ({
    type: "CNAME",
    name: hop === 0 ? question.name : (chain[hop] ?? name),
    ttl: TTL_SECONDS,
    data: target,
  }));
  if (question.type === "CNAME") answers.splice(1);
  const owner = chain.length === 1 ? question.name : last;
  const own = recordsOf(end, question.type, owner);
  answers.push(...own);
  // A question for the CNAME itself is answered without following it, so what it leads to is no matter.
  const follows = question.type !== "CNAME" || chain.length === 1;
  const missing = end === undefined && !looped && follows ? rcodes.NXDOMAIN : 0;
  const packet = response(id, question, answers, missing);
  if (follows && own.length === 0) packet.authorities = soaAbove(table, last);
  return { packet, delayMs };
}

/** The records of one type that a name has, under the name `owner`. */
function recordsOf(
  record: DnsRecord | undefined,
  type: string,
  owner: string,
): Answer[] {
  const shared = { name: owner, ttl: TTL_SECONDS };
  switch (type) {
    case "A":
    case "AAAA":
    case "NS": {
      const { a = [], aaaa = [], ns = [] } = record ?? {};
      const values = { A: a, AAAA: aaaa, NS: ns }[type];
      return values.map((data) => ({ ...shared, type, data }));
    }
    case "CAA":
      return (record?.caa ?? []).map(({ tag, value, critical = false }) => ({
        ...shared,
        type,
        // The types know three tags only; any is written.
        data: {
          tag: tag as "issue",
          value,
          flags: 0,
          issuerCritical: critical,
        },
      }));
    case "SOA":
      return record?.soa ? [soaOf(owner, record)] : [];
    default:
      return [];
  }
}

function soaOf(zone: string, { ns }: DnsRecord): Answer {
  return {
    type: "SOA",
    name: zone,
    ttl: TTL_SECONDS,
    data: {
      mname: ns?.[0] ?? `ns1.${zone}`,
      rname: `hostmaster.${zone}`,
      serial: 1,
      refresh: 7200,
      retry: 900,
      expire: 1_209_600,
      minimum: TTL_SECONDS,
    },
  };
}

/** The SOA record of the zone around a name that has no data, as every answer without data carries it. */
function soaAbove(table: DnsTable, name: string): Answer[] {
  const zone = table.zoneOf(name);
  return zone ? [soaOf(zone.name, zone.record)] : [];
}

function response(
  id: number,
  question: Question,
  answers: Answer[],
  rcode: number,
): Packet {
  return {
    id,
    type: "response",
    flags: AUTHORITATIVE | RECURSION | rcode,
    questions: [question],
    answers,
  };
}
