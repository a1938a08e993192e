import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import {
  decode,
  encode,
  streamEncode,
  type Answer,
  type Packet,
} from "dns-packet";

export const AUTHORITATIVE = 0x0400;
export const TRUNCATED = 0x0200;
const NXDOMAIN = 3;

export interface DnsDouble {
  address: string;
  /** What was asked, as `TYPE name`. */
  asked: string[];
  /** What is said to a query over UDP, message by message; over TCP the first of `answer` is said. */
  overUdp: (query: Packet) => Packet[];
  answer: (query: Packet) => Packet;
  stop(): Promise<void>;
}

/** A DNS server on loopback that says what a test tells it to. */
export async function startDnsDouble(): Promise<DnsDouble> {
  const double: DnsDouble = {
    address: "",
    asked: [],
    overUdp: (query) => [double.answer(query)],
    answer: (query) => answerTo(query, []),
    stop: () => Promise.resolve(),
  };
  const hear = (message: Buffer): Packet => {
    const query = decode(message);
    const [question] = query.questions ?? [];
    double.asked.push(`${question?.type} ${question?.name}`);
    return query;
  };
  const tcp = createServer((socket) => {
    socket.on("data", (received) => {
      const message = streamEncode(double.answer(hear(received.subarray(2))));
      // In two pieces, as networks do.
      socket.write(message.subarray(0, 100));
      setImmediate(() => socket.end(message.subarray(100)));
    });
  }).listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket("udp4").bind(port, "127.0.0.1");
  udp.on("message", (received, { port: from, address }) => {
    for (const packet of double.overUdp(hear(received)))
      udp.send(encode(packet), from, address);
  });
  await once(udp, "listening");
  double.address = `127.0.0.1:${port}`;
  double.stop = async () => {
    udp.close();
    tcp.close();
    await once(tcp, "close");
  };
  return double;
}

export function answerTo(
  query: Packet,
  answers: Answer[],
  over: Partial<Packet> = {},
): Packet {
  return {
    type: "response",
    id: query.id ?? 0,
    flags: AUTHORITATIVE,
    questions: query.questions ?? [],
    answers,
    ...over,
  };
}

/** A record without its TTL. */
export type Entry = Readonly<{ name: string; type: string; data: unknown }>;

/**
 * Answers from a list of records as a resolver does: a CNAME is followed and shown, a name without records (but with
 * others below it) has no data, and any other name does not exist. `failing` are questions, as `TYPE name`, that get
 * an answer with this code (5 = REFUSED).
 */
export function fromZoneFile(
  entries: readonly Entry[],
  failing: Readonly<Record<string, number>> = {},
): DnsDouble["answer"] {
  const of = (name: string, type: string): Entry[] =>
    entries.filter((entry) => entry.name === name && entry.type === type);
  return (query) => {
    const { name = "", type = "A" } = query.questions?.[0] ?? {};
    const code = failing[`${type} ${name}`];
    if (code !== undefined)
      return answerTo(query, [], { flags: AUTHORITATIVE | code });
    const [alias] = type === "CNAME" ? [] : of(name, "CNAME");
    const owner = alias ? String(alias.data) : name;
    const found = [...(alias ? [alias] : []), ...of(owner, type)];
    const exists = entries.some(
      (entry) => entry.name === owner || entry.name.endsWith(`.${owner}`),
    );
    return answerTo(
      query,
      found.map((entry) => ({ ttl: 60, ...entry }) as Answer),
      { flags: AUTHORITATIVE | (exists ? 0 : NXDOMAIN) },
    );
  };
}
