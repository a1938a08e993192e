import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock } from "../../../sidecar/clock";
import { verify } from "../../../sidecar/contract/signature";
import { PermanentError, TransientError } from "../../../sidecar/errors";
import {
  addressOfServer,
  createWitness,
  type WitnessDeps,
} from "../../../sidecar/network/witness";
import type { Server } from "../../../sidecar/reconcile/ports";
import { startWebDouble, type WebDouble } from "../probe/web-double";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const domain = "network.example";
const app = { serverId: "srv" };

let web: WebDouble;
let kept = "";

const own = {
  id: "default",
  secrets: [secret],
  wordpressUrl: "http://elsewhere.example/sub",
  serverAddresses: [],
};

/** A ServerPilot that says this address of the server. */
const at = (lastAddress: string | null) => (): Promise<Server> =>
  Promise.resolve({ id: "srv", name: "web", lastAddress });
const forbidden = (): Promise<Server> =>
  Promise.reject(new PermanentError("serverpilot-forbidden"));

beforeAll(async () => {
  web = await startWebDouble();
});
afterAll(() => web.stop());
beforeEach(() => {
  web.clear();
  kept = "";
});

const witness = (
  over: Partial<WitnessDeps> = {},
  getServer: () => Promise<Server> = at("127.0.0.1"),
): ((networkDomain?: string | null) => Promise<boolean>) => {
  const ask = createWitness({
    own,
    keep: (challenge) => {
      kept = challenge;
      return Promise.resolve();
    },
    clock: systemClock,
    server: web.addresses,
    ...over,
  });
  return (networkDomain = domain) => ask(app, networkDomain, { getServer });
};

/** The plugin's route: answers with what its database holds, if the request is signed. */
function identity(challenge: () => string) {
  return (_url: URL, response: ServerResponse, request: IncomingMessage) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const verdict = verify({
        secrets: [secret],
        headers: request.headers,
        nowMs: Date.now(),
        method: request.method ?? "",
        target: request.url ?? "",
        body,
      });
      response
        .writeHead(verdict.ok ? 200 : 401, {
          "content-type": "application/json",
        })
        .end(JSON.stringify({ challenge: challenge() }));
    });
  };
}

test("the network is asked by its own domain at the app's server, over HTTPS, by its signed route", async () => {
  web.sites.set(
    domain,
    identity(() => kept),
  );
  expect(await witness()()).toBe(true);
  expect(web.asked.map(({ href }) => href)).toEqual([
    `https://${domain}/sub/?rest_route=/domain-bridge/v1/identity`,
  ]);
});

test("a server without a certificate yet is asked over HTTP", async () => {
  web.sites.set(
    domain,
    identity(() => kept),
  );
  const { http } = web.addresses;
  expect(
    await witness({
      server: { http, https: { host: "127.0.0.1", port: 9 } },
    })(),
  ).toBe(true);
  expect(web.asked[0]?.protocol).toBe("http:");
});

test("a WordPress with another database is none, and neither is whoever knows nothing of this", async () => {
  web.sites.set(
    domain,
    identity(() => "of another database"),
  );
  expect(await witness()()).toBe(false);
  web.sites.set(domain, (_url, response) => response.end("<!doctype html>"));
  expect(await witness()()).toBe(false);
  web.sites.clear();
  expect(await witness()()).toBe(false);
});

test.each<[string, () => Promise<Server>, string[], string | null]>([
  ["what ServerPilot says", at("192.0.2.1"), ["192.0.2.9"], "192.0.2.1"],
  ["the operator's, where it says none", at(null), ["192.0.2.9"], "192.0.2.9"],
  [
    "the operator's, where it may not be read",
    forbidden,
    ["192.0.2.9"],
    "192.0.2.9",
  ],
  ["nobody's", at(null), [], null],
])(
  "the server's address is %s",
  async (_what, getServer, configured, address) => {
    expect(await addressOfServer(app, configured, { getServer })).toBe(address);
  },
);

test.each([
  ["ServerPilot knows none", at(null)],
  ["it may not be read", forbidden],
])(
  "without an address (%s) WordPress itself is asked, as before",
  async (_why, getServer) => {
    const { port } = web.addresses.http;
    web.sites.set(
      "127.0.0.1",
      identity(() => kept),
    );
    const wordpressUrl = `http://127.0.0.1:${String(port)}`;
    const ask = witness(
      { own: { ...own, wordpressUrl }, server: {} },
      getServer,
    );
    expect(await ask()).toBe(true);
  },
);

test("where the network's own domain is not known, nothing can be told", async () => {
  web.sites.set(
    domain,
    identity(() => kept),
  );
  expect(await witness()(null)).toBe(false);
  expect(web.asked).toEqual([]);
});

test("a ServerPilot that does not answer now is asked again with the next pass", async () => {
  const fails = () =>
    Promise.reject(new TransientError("serverpilot-unavailable"));
  await expect(witness({ server: {} }, fails)()).rejects.toThrow(
    TransientError,
  );
});
