import type { Answer, Packet, Question } from "dns-packet";

import type { DnsTable } from "./dns-table";

const AUTHORITATIVE = 0x0400;
const RECURSION = 0x0180;
const rcodes = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 } as const;
const TTL_SECONDS = 1;

/** What is answered to a question, and how late; null = nothing ever. */
interface DnsAnswer {
  packet: Packet;
  delayMs: number;
}

/** Answers like a resolver: CNAMEs are followed and shown. An unknown name is NXDOMAIN. */
export function answerQuestion(
  table: DnsTable,
  id: number,
  question: Question,
): DnsAnswer | null {
  const name = question.name.toLowerCase();
  const { chain, end, looped } = table.resolve(name);
  const records = chain.map((hop) => table.find(hop)?.record);
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
  const failure = records.find((record) => record?.rcode)?.rcode;
  if (failure)
    return { packet: response(id, question, [], rcodes[failure]), delayMs };

  const answers: Answer[] = chain.slice(1).map((target, hop) => ({
    type: "CNAME",
    name: hop === 0 ? question.name : (chain[hop] ?? name),
    ttl: TTL_SECONDS,
    data: target,
  }));
  if (question.type === "CNAME") answers.splice(1);
  const owner = chain.length === 1 ? question.name : (chain.at(-1) ?? name);
  if (question.type === "A" || question.type === "AAAA") {
    const type = question.type;
    const values = (type === "A" ? end?.a : end?.aaaa) ?? [];
    answers.push(
      ...values.map((data): Answer => ({
        type,
        name: owner,
        ttl: TTL_SECONDS,
        data,
      })),
    );
  }
  // A question for the CNAME itself is answered without following it, so what it leads to is no matter.
  const follows = question.type !== "CNAME" || chain.length === 1;
  const missing = end === undefined && !looped && follows ? rcodes.NXDOMAIN : 0;
  return { packet: response(id, question, answers, missing), delayMs };
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
