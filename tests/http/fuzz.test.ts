import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import fc from "fast-check";
import { createLimits } from "../../sidecar/http/limits";
import { createHttpServer } from "../../sidecar/http/server";
import { createFixture, oneEvent, secret, type SentRequest } from "./fixture";

/** Whatever is sent, the answer is a refusal with a reason or what was asked for: never a 500, never a crash. */
const canary = "canary-in-a-body-0123456789";

const path = fc.constantFrom(
  "/v1/networks/default",
  "/v1/networks/default/events",
  "/v1/networks/default/sync",
  "/v1/networks/default/check",
  "/v1/networks/default/status",
  "/v1/networks/default/history?limit=7",
  "/v1/networks/none/events",
  "/v1/networks/%F0%9F%92%A9/events",
  "/v1/networks/__proto__/status",
);
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(canary, "__proto__", "constructor", "\0", "x".repeat(5000)),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("any")),
    fc.dictionary(
      fc.oneof(
        text,
        fc.constantFrom(
          ...["events", "type", "domain", "siteId", "dryRun", "checksum"],
          ...["retry", "force", "wwwPolicy", "excluded", "wwwOverrides"],
        ),
      ),
      tie("any"),
    ),
  ),
})).any;
/** Nearly right bodies reach further than arbitrary ones. */
const nearly = fc.record(
  {
    events: fc.array(
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom("mapping.removed", "mapping.saved", "resync"),
            value,
          ),
          domain: fc.oneof(text, value),
          siteId: fc.oneof(fc.nat(), value),
        },
        { requiredKeys: ["type"] },
      ),
    ),
    dryRun: fc.oneof(fc.boolean(), value),
    force: fc.oneof(fc.boolean(), value),
    checksum: fc.oneof(text, value),
    retry: fc.oneof(fc.array(text), value),
    wwwPolicy: value,
    excluded: fc.oneof(fc.array(text), value),
    wwwOverrides: fc.oneof(fc.dictionary(text, fc.boolean()), value),
    clientId: value,
  },
  { requiredKeys: [] },
);
const raw = fc.oneof(
  fc.oneof(value, nearly, nearly).map((body) => JSON.stringify(body)),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "{", "[[[[", '{"a":1}{"b":2}', `"${canary}`, "NaN"),
);

function expectDecent(response: {
  status: number;
  type: string;
  body: unknown;
}): void {
  expect([response.status, response.body]).not.toEqual([
    500,
    expect.anything(),
  ]);
  if (response.status < 400) return;
  expect(response.type).toBe("application/problem+json");
  expect(response.body).toMatchObject({
    status: response.status,
    code: expect.any(String) as string,
  });
  expect(JSON.stringify(response.body)).not.toContain(canary);
}

test("signed requests with any body are answered, and no refusal repeats what was sent", async () => {
  const limits = createLimits({ failuresPerAddress: 10_000 });
  const { send, log } = createFixture({ limits });
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.constantFrom("POST", "PUT", "GET"),
      raw,
      async (target, method, body) => {
        const request: SentRequest = { method, path: target };
        expectDecent(
          await send(method === "GET" ? request : { ...request, body }),
        );
      },
    ),
    { numRuns: 250 },
  );
  expect(log.filter(({ level }) => level === "error")).toEqual([]);
  expect(JSON.stringify(log)).not.toContain(canary);
}, 60_000);

test("unsigned requests with any headers are refused before anything is done", async () => {
  const limits = createLimits({ failuresPerAddress: 10_000 });
  const { send, network } = createFixture({ limits });
  const header = fc
    .string({ unit: fc.constantFrom(...Array.from("aZ09 ,;=_-.v1/+")) })
    .filter((one) => one.trim() !== "");
  await fc.assert(
    fc.asyncProperty(
      path,
      raw,
      header,
      header,
      header,
      async (target, body, id, timestamp, signature) => {
        const response = await send({
          path: target,
          body,
          headers: {
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature,
          },
        });
        expectDecent(response);
        expect(response.status).toBe(401);
      },
    ),
    { numRuns: 200 },
  );
  expect(network.calls).toEqual([]);
}, 60_000);

test("bytes that are no HTTP leave the server serving", async () => {
  const { app, send } = createFixture();
  const server = createHttpServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const talk = async (bytes: Uint8Array): Promise<string> => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.end(bytes);
    await once(socket, "close");
    return Buffer.concat(chunks).toString();
  };
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 500 }),
          fc
            .string({ unit: "grapheme" })
            .map((line) =>
              Buffer.from(
                `POST /v1/networks/default/events HTTP/1.1\r\n${line}`,
              ),
            ),
          fc
            .tuple(fc.string(), fc.string())
            .map(([name, content]) =>
              Buffer.from(
                `GET /livez HTTP/1.1\r\nhost: a\r\n${name}: ${content}\r\nconnection: close\r\n\r\n`,
              ),
            ),
        ),
        async (bytes) => {
          expect(await talk(bytes)).not.toMatch(/^HTTP\/1\.1 5/);
        },
      ),
      { numRuns: 300 },
    );
    expect(
      await talk(
        Buffer.from(
          "GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        ),
      ),
    ).toContain("200 OK");
  } finally {
    server.close();
    server.closeAllConnections();
  }
  await send({ body: oneEvent, secrets: [secret] }).expect(202);
}, 60_000);
