import { connect, createServer, type Socket } from "node:net";
import { describeReason } from "../../sidecar/reasons/reasons";
import { freePort } from "../stack/ports";
import { readStatus, sidecarClient } from "../stack/sidecar-client";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { plain, ToldPlaces } from "./told-places";

/** The database is away for the sidecar alone, so that WordPress can still show what is wrong. */
let stack: Stack;
let told: ToldPlaces;

jest.setTimeout(90_000);

beforeAll(async () => {
  stack = await startStack({
    simulator: { latencyMs: 5, actionMs: 20, autosslDelayMs: 100 },
    sidecar: { env: { RESYNC_SECONDS: "2" } },
  });
  told = new ToldPlaces(stack, await stack.wordpress.login());
}, 180_000);
afterAll(() => stack.stop());

test("a database that the sidecar does not reach, while WordPress does", async () => {
  const proxy = await startProxy(stack.mariadb.address);
  stack.sidecar.setEnv({ DB_HOST: proxy.address });
  await stack.sidecar.restart();
  const { pass } = await readStatus(sidecarClient(stack.sidecar));
  expect(pass.reason).not.toBe("database-unreachable");
  proxy.stop();
  const { message, remedy } = describeReason("database-unreachable", {
    host: proxy.address,
  });
  const cause = message.slice(0, message.indexOf(" ("));
  const cli = await until("the command line to say so", async () => {
    const text = (await told.command("status")).replace(/\s+/g, " ");
    return text.includes(cause) ? text : null;
  });
  expect(cli).toContain(remedy);
  const page = await told.screen();
  expect(page).toContain(plain(cause));
  expect(page).toContain(plain(remedy));
  await until("the log to say so", () =>
    told.logged("database-unreachable", remedy),
  );
});

/** Passes connections on until it is stopped, which cuts them. */
async function startProxy(to: string) {
  const [host = "", port] = to.split(":");
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const there = connect(Number(port), host);
    for (const socket of [from, there]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    from.pipe(there).pipe(from);
  });
  const at = await freePort();
  await new Promise<void>((resolve) => {
    server.listen(at, "127.0.0.1", resolve);
  });
  return {
    address: `127.0.0.1:${at}`,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
