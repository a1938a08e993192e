import { readStatus, sidecarClient } from "../stack/sidecar-client";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { done, isDone, map, mappingOf } from "./mapping";
import { Relay } from "./relay";

const before = "www.before.example.com";
const meanwhile = ["www.one.example.com", "www.two.example.com"];
const after = "www.after.example.com";

let stack: Stack;
let relay: Relay;

beforeAll(async () => {
  stack = await startStack({
    simulator: { latencyMs: 20, actionMs: 100, autosslDelayMs: 300 },
    sidecar: {
      start: false,
      env: { SSL_POLL_SECONDS: "0.5", RESYNC_SECONDS: "2" },
    },
  });
  relay = await Relay.start(stack.wordpress.internalUrl);
  stack.sidecar.setEnv({ WORDPRESS_URL: relay.url });
  await stack.sidecar.start();
  stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
}, 120_000);
afterAll(async () => {
  await relay.stop();
  await stack.stop();
});

const isSecure = (name: string) =>
  until(
    `${name} secure for the sidecar`,
    async () => {
      const { names } = await readStatus(sidecarClient(stack.sidecar));
      return names.some((one) => one.name === name && one.state === "secure");
    },
    60,
  );

const tries = (): number => relay.messages.length;
const anotherTry = (from: number) =>
  until("a message that was sent again", () => tries() > from, 60);

test("WordPress is told of each change once and in order, whatever is away or restarted in between", async () => {
  await map(stack, before);
  await isDone(stack, before);

  // WordPress goes away; the sidecar crashes while its news wait, and is started again.
  relay.mode = "away";
  await map(stack, ...meanwhile);
  for (const name of meanwhile) await isSecure(name);
  await stack.sidecar.kill();
  await stack.sidecar.start();
  await anotherTry(tries());
  for (const name of meanwhile)
    expect(await mappingOf(stack, name)).not.toEqual(done);

  // WordPress takes them, but its answer is lost, and the sidecar is ended before it can send them again.
  relay.mode = "lose";
  await anotherTry(tries());
  for (const name of meanwhile) await isDone(stack, name);
  await stack.sidecar.stop();
  relay.mode = "pass";
  await stack.sidecar.start();

  await map(stack, after);
  await isDone(stack, after);
  await isSecure(after);
  const names = [before, ...meanwhile, after];
  await until(
    "all changes to be accepted",
    () =>
      names.every((name) =>
        relay
          .accepted()
          .some((change) => change.name === name && change.state === "secure"),
      ),
    60,
  );

  const accepted = relay.accepted();
  expect(accepted.map(({ seq }) => seq)).toEqual(accepted.map((_, n) => n + 1));
  for (const name of names) {
    const told = accepted.filter((change) => change.name === name);
    // Each change leads on from the one before, and none is there twice.
    const [first, ...rest] = told.map(({ previous }) => previous);
    expect([null, "pending"]).toContain(first);
    expect(rest).toEqual(told.slice(0, -1).map(({ state }) => state));
    const said = told.map(({ state, reason }) => `${state} ${reason}`);
    expect(new Set(said).size).toBe(said.length);
    expect(said.at(-1)).toBe("secure null");
  }
  // Sent twice or not, WordPress acted on each once.
  const log = await stack.wordpress.umLog("integration-serverpilot");
  for (const name of names)
    expect(log.split(`${name} is secure`)).toHaveLength(2);
}, 240_000);

test("many changes travelled in one message", () => {
  const waited = relay.messages
    .filter(({ status }) => status === 200)
    .map(({ changes }) => new Set(changes.map(({ name }) => name)));
  expect(
    waited.some((names) => meanwhile.every((name) => names.has(name))),
  ).toBe(true);
});
