import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createHttpServer } from "../../sidecar/http/server";
import { createReplayMemory } from "../../sidecar/http/verification";
import { createFakeClock } from "../unit/fake-clock";
import { createFixture } from "./fixture";

const servers: Server[] = [];

async function listen(limits?: {
  headersTimeout: number;
  requestTimeout: number;
}) {
  const server = createHttpServer(createFixture().app, limits);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Everything that the server answers to raw bytes until it closes the connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  socket.on("error", () => socket.destroy());
  socket.write(bytes);
  await once(socket, "close");
  return answer;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe("the server", () => {
  test.each([
    ["what is not HTTP", 400, "nonsense\r\n\r\n"],
    [
      "headers that are too large",
      431,
      `GET /livez HTTP/1.1\r\nhost: x\r\nx-pad: ${"x".repeat(20_000)}\r\n\r\n`,
    ],
  ])("answers %s with a problem body", async (_what, status, bytes) => {
    const answer = await answerTo(await listen(), bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const [head, body] = answer.split("\r\n\r\n") as [string, string];
    expect(head).toContain("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({
      status,
      code: "request-malformed",
    });
  });

  test.each([
    ["headers", "GET /livez HTTP/1.1\r\nhost: x\r\n"],
    [
      "a body",
      "POST /v1/networks/default/events HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    ],
  ])("cuts off a client that never finishes %s", async (_what, bytes) => {
    const port = await listen({ headersTimeout: 50, requestTimeout: 50 });
    expect(await answerTo(port, bytes)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("lets go of a client that does not even read its refusal", async () => {
    const port = await listen({ headersTimeout: 50, requestTimeout: 50 });
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.write("GET /livez HTTP/1.1\r\n");
    // Nobody reads; a byte now and then finds out whether the other side is still there.
    const drip = setInterval(() => socket.write("x"), 20);
    await closed;
    clearInterval(drip);
    expect(socket.destroyed).toBe(true);
  });
});

describe("the memory of request ids", () => {
  test("forgets an id when its signature can no longer be good", async () => {
    const clock = createFakeClock();
    const memory = createReplayMemory(clock);
    expect(memory.claim("a")).toBe(true);
    await clock.advance(600_000);
    expect(memory.claim("a")).toBe(false);
    await clock.advance(1);
    expect(memory.claim("a")).toBe(true);
  });

  test("is bounded: the oldest id gives way", () => {
    const memory = createReplayMemory(createFakeClock(), 2);
    expect(["a", "b", "c"].map((id) => memory.claim(id))).toEqual([
      true,
      true,
      true,
    ]);
    expect(memory.claim("c")).toBe(false);
    expect(memory.claim("a")).toBe(true);
  });
});
