import type { PassEntry } from "../../../sidecar/reconcile/ports";
import { createMetricsWorld, figures } from "./network-world";

describe("the page of metrics", () => {
  test("shows each network's figures, work and app", async () => {
    const { samples } = createMetricsWorld();
    const page = await samples();
    expect(page.get("domain_bridge_networks")).toBe(2);
    const one = (name: string, labels = "") =>
      page.get(`domain_bridge_${name}{network="one"${labels}}`);
    expect(one("names", ',state="secure"')).toBe(3);
    expect(one("names", ',state="ssl-failed"')).toBe(0);
    expect(one("app_domains")).toBe(5);
    expect(one("app_capacity")).toBe(300);
    expect(one("notifications_waiting")).toBe(2);
    expect(one("certificate_end_timestamp_seconds")).toBe(
      Date.UTC(2026, 3, 1) / 1000,
    );
    expect(one("lane_running", ',lane="pass"')).toBe(1);
    expect(one("lane_waiting", ',lane="certificates"')).toBe(1);
    expect(one("lane_running", ',lane="notify"')).toBe(0);
    expect(one("database_up")).toBe(1);
  });

  test("counts events, passes, changes, calls and messages", async () => {
    const { metrics, samples, pass } = createMetricsWorld();
    const observer = metrics.of("one");
    observer.eventsAccepted(["mapping.saved", "mapping.saved", "resync"]);
    observer.passStarted();
    observer.passEnded(pass("ok"));
    observer.passEnded(pass("failed"));
    observer.called({ method: "GET", status: 200, ms: 30 });
    observer.called({ method: "POST", status: null, ms: 15_000 });
    observer.notified(true);
    observer.notified(false);
    metrics.answered({ method: "GET", route: "/livez", status: 200, ms: 1 });
    const page = await samples();
    const count = (name: string, labels: string) =>
      page.get(`domain_bridge_${name}{network="one",${labels}}`);
    expect(count("events_total", 'type="mapping.saved"')).toBe(2);
    expect(count("passes_total", 'outcome="ok",reason=""')).toBe(1);
    expect(
      count(
        "passes_total",
        'outcome="failed",reason="serverpilot-unavailable"',
      ),
    ).toBe(1);
    expect(count("changes_total", 'change="added"')).toBe(2);
    expect(count("serverpilot_calls_total", 'method="GET",status="200"')).toBe(
      1,
    );
    expect(
      count("serverpilot_calls_total", 'method="POST",status="none"'),
    ).toBe(1);
    expect(count("notifications_total", 'outcome="accepted"')).toBe(1);
    expect(count("notifications_total", 'outcome="failed"')).toBe(1);
    expect(
      page.get(
        'domain_bridge_http_requests_total{method="GET",route="/livez",status="200"}',
      ),
    ).toBe(1);
  });

  test("has a line of help and a type for every metric, and a unit or _total in its name", async () => {
    const { metrics, pass, page: read } = createMetricsWorld();
    metrics.of("one").passEnded(pass("ok"));
    metrics.reloaded(true);
    const page = await read();
    const types = [...page.matchAll(/^# TYPE (\S+) (\w+)$/gm)];
    const ours = types.filter(([, name = ""]) =>
      name.startsWith("domain_bridge_"),
    );
    expect(ours.length).toBeGreaterThan(20);
    for (const [, name = "", type = ""] of ours) {
      expect(page).toMatch(new RegExp(`^# HELP ${name} \\S.*\\.$`, "m"));
      expect(name.endsWith("_total")).toBe(type === "counter");
      if (type === "histogram") expect(name).toMatch(/_seconds$/);
    }
    expect(page).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(page).toMatch(
      /^domain_bridge_build_info\{version="1\.2\.3",node="v/m,
    );
  });

  test("has no hostname in any label, however many names there are", async () => {
    const { metrics, pass, page } = createMetricsWorld();
    metrics.of("one").passEnded(pass("ok"));
    expect(await page()).not.toContain("a.example");
  });

  test("forgets a network that is no longer served, and no other", async () => {
    const { metrics, networks, samples, pass } = createMetricsWorld();
    metrics.of("one").passEnded(pass("ok"));
    metrics.of("two").passEnded(pass("ok"));
    networks.shift();
    await metrics.forget("one");
    const names = [...(await samples()).keys()];
    expect(names.filter((name) => name.includes('"one"'))).toEqual([]);
    expect(names).toContain('domain_bridge_database_up{network="two"}');
  });

  test("says whether the last reload worked", async () => {
    const { metrics, samples } = createMetricsWorld();
    metrics.reloaded(false);
    const page = await samples();
    expect(page.get("domain_bridge_networks_last_reload_success")).toBe(0);
    expect(
      page.get('domain_bridge_networks_reloads_total{outcome="failed"}'),
    ).toBe(1);
    metrics.reloaded(true);
    expect(
      (await samples()).get("domain_bridge_networks_last_reload_success"),
    ).toBe(1);
  });
});

describe("how long events wait", () => {
  const waiting = 'domain_bridge_event_waiting_seconds{network="one"}';

  test("is the age of the oldest one, until a pass that began after it ended well", async () => {
    const { metrics, samples, pass, clock } = createMetricsWorld();
    const observer = metrics.of("one");
    observer.eventsAccepted(["resync"]);
    await clock.advance(3000);
    expect((await samples()).get(waiting)).toBe(3);
    observer.passStarted();
    await clock.advance(1000);
    observer.passEnded(pass("failed", 1000));
    expect((await samples()).get(waiting)).toBe(4);
    observer.passStarted();
    await clock.advance(1000);
    observer.passEnded(pass("ok", 1000));
    const page = await samples();
    expect(page.get(waiting)).toBe(0);
    expect(page.get("domain_bridge_event_lag_seconds_sum")).toBe(5);
    expect(page.get("domain_bridge_event_lag_seconds_count")).toBe(1);
  });

  test("goes on for an event that came while the pass was under way", async () => {
    const { metrics, samples, pass, clock } = createMetricsWorld();
    const observer = metrics.of("one");
    observer.passStarted();
    await clock.advance(500);
    observer.eventsAccepted(["resync"]);
    await clock.advance(500);
    observer.passEnded(pass("ok", 1000));
    expect((await samples()).get(waiting)).toBe(0.5);
  });

  test("ends with a pass that another sidecar made", async () => {
    const { metrics, samples, clock } = createMetricsWorld();
    metrics.of("one").eventsAccepted(["resync"]);
    await clock.advance(1000);
    expect((await samples()).get(waiting)).toBe(1);
    await clock.advance(15_000);
    const at = clock.now();
    const lastPass: PassEntry = {
      startedAt: at - 100,
      finishedAt: at,
      trigger: "",
      correlationId: "",
      outcome: "ok",
      reason: null,
      params: {},
      added: [],
      removed: [],
      calls: 1,
    };
    metrics.of("one").figures({ ...figures, lastPass });
    const page = await samples();
    expect(page.get(waiting)).toBe(0);
    expect(
      page.get('domain_bridge_last_success_timestamp_seconds{network="one"}'),
    ).toBe(at / 1000);
  });

  test("is not shown for a held plan, which waits for a person", async () => {
    const { metrics, samples, pass, clock } = createMetricsWorld();
    const observer = metrics.of("one");
    observer.eventsAccepted(["resync"]);
    await clock.advance(10);
    observer.passStarted();
    observer.passEnded(pass("held"));
    const page = await samples();
    expect(page.get(waiting)).toBe(0);
    expect(page.get('domain_bridge_plan_held{network="one"}')).toBe(1);
  });
});
