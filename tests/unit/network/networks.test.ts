import type { NetworkConfig } from "../../../sidecar/config/config";
import type { Logger } from "../../../sidecar/log/logger";
import type { Network } from "../../../sidecar/network/network";
import { createNetworkRegistry } from "../../../sidecar/network/networks";
import { createFakeClock } from "../fake-clock";

const configOf = (id: string, password = "pw-1"): NetworkConfig => ({
  id,
  database: { host: "127.0.0.1", name: id, user: "u", password },
  tablePrefix: "wp_",
  secrets: [`secret-of-${id}-0123456789abcdef`],
  wordpressUrl: "http://127.0.0.1",
  credentials: { clientId: undefined, apiKey: undefined, appId: undefined },
  serverAddresses: [],
  resyncMs: undefined,
  requestsPerMinute: undefined,
});

function setUp() {
  const clock = createFakeClock();
  const events: string[] = [];
  const redacted: string[] = [];
  const lines: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const hanging = new Map<string, () => void>();
  const hangs = new Set<string>();
  const logger = {
    info: () => undefined,
    warn: (line: string) => lines.push(line),
    error: (line: string) => lines.push(line),
    redact: { add: (secret: string) => redacted.push(secret) },
  } as unknown as Logger;
  const registry = createNetworkRegistry({
    clock,
    logger,
    onRemoved(id) {
      events.push(`forget ${id}`);
      return Promise.resolve();
    },
    create({ id, database }, { signal }) {
      signals.set(id, signal);
      const name = `${id}/${database.password}`;
      return {
        id,
        start: () => events.push(`start ${name}`),
        stop() {
          events.push(`stop ${name}`);
          if (!hangs.has(id)) return Promise.resolve();
          return new Promise<void>((resolve) => hanging.set(id, resolve));
        },
      } as unknown as Network;
    },
  });
  const ids = () => registry.all().map(({ id }) => id);
  return {
    clock,
    events,
    redacted,
    lines,
    signals,
    hanging,
    hangs,
    registry,
    ids,
  };
}

test("networks that are new start, those that are gone stop, changed ones restart, the rest goes on", async () => {
  const { registry, events, ids } = setUp();
  await registry.apply([configOf("a"), configOf("b"), configOf("c")]);
  const [a] = registry.all();
  events.length = 0;
  await registry.apply([configOf("a"), configOf("c", "pw-2"), configOf("d")]);
  expect(events).toEqual([
    "start d/pw-1",
    "stop b/pw-1",
    "stop c/pw-1",
    "forget b",
    "start c/pw-2",
  ]);
  expect(ids()).toEqual(expect.arrayContaining(["a", "c", "d"]));
  expect(registry.get("a")).toBe(a);
  expect(registry.get("b")).toBeUndefined();
});

test("one that takes its time to stop delays only itself, and never has two at work at once", async () => {
  const { registry, events, hangs, hanging } = setUp();
  await registry.apply([configOf("slow"), configOf("b")]);
  hangs.add("slow");
  events.length = 0;
  const applied = registry.apply([
    configOf("slow", "pw-2"),
    configOf("b", "pw-2"),
    configOf("c"),
  ]);
  await new Promise(setImmediate);
  expect(events).toContain("start b/pw-2");
  expect(events).toContain("start c/pw-1");
  expect(events).not.toContain("start slow/pw-2");
  expect(registry.get("slow")).toBeDefined();
  hanging.get("slow")?.();
  await applied;
  expect(events.at(-1)).toBe("start slow/pw-2");
});

test("one that hangs for good does not keep its new settings out for ever", async () => {
  const { registry, events, hangs, clock, lines } = setUp();
  await registry.apply([configOf("a")]);
  hangs.add("a");
  const applied = registry.apply([configOf("a", "pw-2")]);
  await clock.advance(19_999);
  expect(events).not.toContain("start a/pw-2");
  await clock.advance(1);
  await applied;
  expect(events).toContain("start a/pw-2");
  expect(lines).toEqual(["a network takes too long to stop"]);
});

test("nothing starts any more once the registry was stopped", async () => {
  const { registry, events, hangs, hanging } = setUp();
  await registry.apply([configOf("a")]);
  hangs.add("a");
  const applied = registry.apply([configOf("a", "pw-2")]);
  hangs.delete("a");
  await registry.stop();
  hanging.get("a")?.();
  await applied;
  expect(events).not.toContain("start a/pw-2");
});

test("a network's work is told to end, and its secrets are known to the log before it starts", async () => {
  const { registry, signals, redacted } = setUp();
  await registry.apply([configOf("a"), configOf("b")]);
  expect(redacted).toEqual(
    expect.arrayContaining(["pw-1", ...configOf("a").secrets]),
  );
  await registry.apply([configOf("b")]);
  expect(signals.get("a")?.aborted).toBe(true);
  expect(signals.get("b")?.aborted).toBe(false);
});
