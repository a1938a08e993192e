import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createNonces, type Nonces } from "../../../sidecar/wordpress/nonces";
import { createFakeClock, type FakeClock } from "../fake-clock";

const DAY = 86_400_000;

let server: Server;
let clock: FakeClock;
let nonces: Nonces;
let asked: string[][];
let status: number;

beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      const { names } = JSON.parse(body) as { names: string[] };
      asked.push(names);
      response.writeHead(status, { "content-type": "application/json" });
      const all = names.map((name): [string, string] => [
        name,
        `nonce-of-${name}`,
      ]);
      response.end(JSON.stringify({ nonces: Object.fromEntries(all) }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  clock = createFakeClock();
  nonces = createNonces(
    {
      network: "default",
      wordpressUrl: `http://127.0.0.1:${port}`,
      secrets: ["a-secret-of-at-least-32-characters!!"],
      now: () => clock.now(),
    },
    clock,
  );
});
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => {
        resolve();
      });
    }),
);

/** The answer to a question that waits for further names. */
const after20ms = async <T>(answer: Promise<T>): Promise<T> => {
  await clock.advance(20);
  return answer;
};

test("many names of one moment go into one question, and are kept for a day", async () => {
  const first = nonces(["a.example", "b.example"]);
  const second = nonces(["b.example", "c.example"]);
  await clock.advance(20);
  expect((await first).get("a.example")).toBe("nonce-of-a.example");
  expect((await second).get("c.example")).toBe("nonce-of-c.example");
  expect(asked).toEqual([["a.example", "b.example", "c.example"]]);
  await nonces(["a.example"]);
  expect(asked).toHaveLength(1);
  await clock.advance(DAY);
  await after20ms(nonces(["a.example"]));
  expect(asked).toHaveLength(2);
});

test("no question has more than 200 names", async () => {
  const names = Array.from({ length: 450 }, (_, n) => `n${n}.example`);
  expect((await after20ms(nonces(names))).size).toBe(450);
  expect(asked.map(({ length }) => length)).toEqual([200, 200, 50]);
});

test("a WordPress that does not give them leaves none, and is not asked again for a minute", async () => {
  status = 404;
  expect(await after20ms(nonces(["a.example"]))).toEqual(new Map());
  expect(await nonces(["a.example"])).toEqual(new Map());
  expect(asked).toHaveLength(1);
  status = 200;
  await clock.advance(60_000);
  expect((await after20ms(nonces(["a.example"]))).size).toBe(1);
});
