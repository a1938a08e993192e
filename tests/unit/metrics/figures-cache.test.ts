import { createMetricsWorld } from "./network-world";

const up = (id: string) => `domain_bridge_database_up{network="${id}"}`;

test("figures are read again at most every fifteen seconds, however often the page is", async () => {
  const { networks, samples, clock } = createMetricsWorld(["one"]);
  for (let time = 0; time < 5; time += 1) await samples();
  expect(networks[0]?.asked).toBe(1);
  await clock.advance(15_000);
  await samples();
  expect(networks[0]?.asked).toBe(2);
});

test("of a large fleet, only so many are read for one page, those with the oldest figures first", async () => {
  const ids = Array.from({ length: 120 }, (_, index) => `n${index}`);
  const { networks, samples, clock } = createMetricsWorld(ids);
  const asked = () => networks.reduce((sum, network) => sum + network.asked, 0);
  await samples();
  expect(asked()).toBe(50);
  for (let page = 0; page < 2; page += 1) {
    await clock.advance(15_000);
    await samples();
  }
  expect(networks.every((network) => network.asked > 0)).toBe(true);
});

test("a database that is away shows, and the figures stay as last known", async () => {
  const { networks, samples, clock } = createMetricsWorld();
  await samples();
  const [one] = networks;
  if (one) one.answer = () => Promise.reject(new Error("away"));
  await clock.advance(15_000);
  const page = await samples();
  expect(page.get(up("one"))).toBe(0);
  expect(page.get('domain_bridge_names{network="one",state="secure"}')).toBe(3);
  expect(page.get(up("two"))).toBe(1);
});

test("a database that hangs delays the page by two seconds, and is not asked a second time meanwhile", async () => {
  const { networks, samples, clock } = createMetricsWorld();
  const [one] = networks;
  if (one) one.answer = () => new Promise(() => undefined);
  for (let page = 1; page <= 2; page += 1) {
    const reading = samples();
    await clock.advance(2000);
    const shown = await reading;
    expect(shown.get(up("one"))).toBe(0);
    expect(shown.get(up("two"))).toBe(1);
    await clock.advance(13_000);
  }
  expect(one?.asked).toBe(1);
});
