import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { projectDir } from "../stack/places";
import { Child } from "../stack/child";
import { freePort } from "../stack/ports";
import { until } from "../stack/until";
import { BareWorld } from "./bare-world";
import { SidecarProcess } from "./sidecar-process";
import { signedCall } from "./signed";
import { buildSidecar, type Build } from "./build";

/** Who gets in, from where, and with what. */
let world: BareWorld;
let build: Build;

beforeAll(async () => {
  build = await buildSidecar();
  world = await BareWorld.start({ build });
  await world.sidecar.start();
}, 180_000);

afterAll(() => world.stop());

/** This machine's address towards others, if it has one. */
function outerAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;
}

async function isOpen(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  const open = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "error").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return open;
}

/** A further sidecar of the same network with something else in its environment. */
async function another(env: Record<string, string>): Promise<SidecarProcess> {
  const sidecar = new SidecarProcess({
    name: `another-${Object.keys(env).join("-")}`,
    dir: world.stack.dir,
    port: await freePort(),
    build,
    env: { ...world.sidecar.env, ...env },
  });
  return sidecar;
}

describe("where it listens", () => {
  test("by default on this machine only, and it says where", async () => {
    const outer = outerAddress();
    if (outer !== undefined)
      expect(await isOpen(outer, world.sidecar.port)).toBe(false);
    expect(await isOpen("127.0.0.1", world.sidecar.port)).toBe(true);
    const listening = (await world.sidecar.log())
      .split("\n")
      .find((line) => line.includes('"listening"'));
    expect(listening).toContain('"host":"127.0.0.1"');
  });

  test("beyond this machine only when told so, and then it warns", async () => {
    const open = await another({ HOST: "0.0.0.0" });
    await open.start();
    try {
      const outer = outerAddress();
      if (outer !== undefined)
        expect(await isOpen(outer, open.port)).toBe(true);
      const log = await open.log();
      expect(log).toMatch(/"level":"warn".*other machines/);
    } finally {
      await open.kill();
    }
  });
});

describe("the signature", () => {
  const status = { method: "GET", path: "/status" };

  test.each([
    ["PUT", "", {}],
    ["POST", "/events", { events: [{ type: "resync" }] }],
    ["POST", "/sync", {}],
    ["POST", "/check", {}],
    ["GET", "/status", undefined],
    ["GET", "/history", undefined],
  ])(
    "is needed for %s %s, and no other secret does",
    async (method, path, body) => {
      const { port } = world.sidecar;
      const address = `http://127.0.0.1:${port}/v1/networks/default${path}`;
      const unsigned = await fetch(address, {
        method,
        headers: { "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(unsigned.status).toBe(401);
      const stranger = await signedCall({
        port,
        method,
        path,
        body,
        secret: "a-stranger-with-32-characters-or-more",
      });
      expect(stranger.status).toBe(401);
    },
  );

  test("does not hold for another method or address, nor a second time, nor after a restart", async () => {
    const { port } = world.sidecar;
    const sync = {
      port,
      method: "POST",
      path: "/sync",
      body: {},
      id: "msg_once",
    };
    expect((await signedCall(sync)).status).toBe(202);
    expect((await signedCall(sync)).status).toBe(409);
    await world.sidecar.kill();
    await world.sidecar.start();
    expect((await signedCall(sync)).status).toBe(409);
  });

  test.each([301, -301])("does not hold %i seconds off", async (seconds) => {
    const timestamp = Math.floor(Date.now() / 1000) - seconds;
    const { port } = world.sidecar;
    const answer = await signedCall({ ...status, port, timestamp });
    expect(answer.status).toBe(401);
    expect(answer.body["code"]).toBe("signature-expired");
  });

  test("may be made with the old or the new secret while it is changed", async () => {
    const fresh = "the-new-secret-with-32-characters-or-more";
    const old = world.sidecar.env["SIDECAR_SECRET"] ?? "";
    const rotating = await another({ SIDECAR_SECRET: `${fresh} ${old}` });
    await rotating.start();
    try {
      const { port } = rotating;
      for (const secret of [fresh, old])
        expect((await signedCall({ ...status, port, secret })).status).toBe(
          200,
        );
    } finally {
      await rotating.kill();
    }
  });
});

test("a client that sends byte by byte is cut off, and others are served meanwhile", async () => {
  const { port } = world.sidecar;
  const slow = connect(port, "127.0.0.1");
  slow.on("error", () => undefined);
  const closed = new Promise((resolve) => slow.on("close", resolve));
  slow.write("POST /v1/networks/default/events HTTP/1.1\r\n");
  const drip = setInterval(() => slow.write("x"), 500);
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  const startedAt = Date.now();
  await closed;
  clearInterval(drip);
  // Ten seconds for the headers, and a moment to read the refusal, which this client never does.
  expect(Date.now() - startedAt).toBeLessThan(16_000);
}, 30_000);

test("no URL from a request is ever called", async () => {
  const { port } = world.sidecar;
  const url = "http://169.254.169.254/latest";
  const calls = world.simulator.journal().length;
  for (const body of [
    { wordpressUrl: url },
    { serverPilotApiUrl: url },
    { excluded: [url], wwwOverrides: { [url]: true } },
  ])
    await signedCall({ port, method: "PUT", path: "", body });
  await signedCall({
    port,
    method: "POST",
    path: "/events",
    body: { events: [{ type: "mapping.removed", domain: `${url}/x` }] },
  });
  await world.map("169.254.169.254", "metadata.invalid/latest");
  await world.pass();
  const asked = world.simulator.journal().slice(calls);
  expect(
    asked.every(({ path }) => /^\/(apps|actions|servers)\//.test(path)),
  ).toBe(true);
  expect(world.simulator.domains()).not.toContain("169.254.169.254");
});

test("a start that fails tells no secret", async () => {
  const env = { ...world.sidecar.env };
  const password = "database-password-canary";
  const logFile = join(world.stack.dir, "failed-start.log");
  for (const changes of [
    // Its port is taken.
    { PORT: String(world.sidecar.port) },
    // A secret that is too short, and a database's host that is none.
    { SIDECAR_SECRET: "too-short-canary", DB_HOST: ":::" },
  ]) {
    const child = Child.start({
      name: "a start that fails",
      command: process.execPath,
      args: [build.program, "serve"],
      env: { ...env, DB_PASSWORD: password, ...changes },
      cwd: projectDir,
      logFile,
    });
    await until("its end", () => !child.isRunning);
  }
  const said = await readFile(logFile, "utf8");
  expect(said).toMatch(/is taken by another program/);
  expect(said).toMatch(/SIDECAR_SECRET/);
  for (const secret of [password, "too-short-canary", world.stack.app.apiKey])
    expect(said).not.toContain(secret);
});
