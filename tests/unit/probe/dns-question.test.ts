import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";

import { decode, encode, streamEncode, type Packet } from "dns-packet";

import { systemClock } from "../../../sidecar/clock";
import { askServer } from "../../../sidecar/probe/dns-question";

const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const name = "shop.example.com";
const addresses = Array.from({ length: 60 }, (_, n) => `203.0.113.${n}`);

let udp: Socket;
let tcp: Server;
/** What the server says over UDP; over TCP it says everything. */
let sayOverUdp: (query: Packet) => Packet[];

const answer = (query: Packet, over: Partial<Packet> = {}): Packet => ({
  ...{ type: "response", id: query.id ?? 0, flags: AUTHORITATIVE },
  questions: query.questions ?? [],
  answers: addresses.map((data) => ({ type: "A", name, ttl: 60, data })),
  ...over,
});

beforeAll(async () => {
  tcp = createServer((socket) => {
    socket.on("data", (received) => {
      const message = streamEncode(answer(decode(received.subarray(2))));
      // In two pieces, as networks do.
      socket.write(message.subarray(0, 100));
      setImmediate(() => socket.end(message.subarray(100)));
    });
  }).listen(0, "127.0.0.1");
  await once(tcp, "listening");
  udp = createSocket("udp4").bind(port(), "127.0.0.1");
  udp.on("message", (received, { port: from, address }) => {
    for (const packet of sayOverUdp(decode(received)))
      udp.send(encode(packet), from, address);
  });
  await once(udp, "listening");
});
afterAll(() => {
  udp.close();
  tcp.close();
});

const port = (): number => (tcp.address() as AddressInfo).port;
const ask = () =>
  askServer(`127.0.0.1:${port()}`, name, "A", {
    ...{ clock: systemClock, repeatMs: 10_000 },
    signal: AbortSignal.timeout(20_000),
  });

test("an answer that does not fit into a packet is asked for over TCP", async () => {
  sayOverUdp = (query) => [
    answer(query, { answers: [], flags: AUTHORITATIVE | TRUNCATED }),
  ];
  expect((await ask()).values).toEqual(addresses);
});

test("what is no answer to the question is passed over, the real one counts", async () => {
  const forged = [{ type: "A" as const, name, ttl: 60, data: "198.51.100.66" }];
  sayOverUdp = (query) => [
    answer(query, { id: ((query.id ?? 0) + 1) % 0x10000, answers: forged }),
    answer(query, {
      questions: [{ type: "A", name: "other.example" }],
      answers: forged,
    }),
    answer(query, { type: "query", answers: forged }),
    answer(query, { answers: [] }),
  ];
  expect(await ask()).toMatchObject({ values: [], failure: null });
});

test("records of other names in an answer are not the name's", async () => {
  sayOverUdp = (query) => [
    answer(query, {
      answers: [
        { type: "CNAME", name, ttl: 5, data: "Host.example.net" },
        { type: "A", name: "host.example.net", ttl: 60, data: "203.0.113.1" },
        { type: "A", name: "evil.example", ttl: 1, data: "198.51.100.66" },
      ],
    }),
  ];
  expect(await ask()).toEqual({
    ...{ values: ["203.0.113.1"], ttl: 5 },
    ...{ cname: "host.example.net", failure: null },
  });
});
