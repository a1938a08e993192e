import { createSocket } from "node:dgram";
import type { RemoteInfo } from "node:dgram";
import { once } from "node:events";

import { decode, encode } from "dns-packet";
import type { Packet } from "dns-packet";

import { answerQuestion } from "./dns-answer";
import type { DnsTable } from "./dns-table";
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
