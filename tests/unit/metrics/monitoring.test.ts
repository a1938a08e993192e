import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { createMetricsWorld } from "./network-world";

const read = (name: string): string =>
  readFileSync(join(__dirname, "../../../docs/monitoring", name), "utf8");

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string };
}

const { groups } = parse(read("alerts.yml")) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  title: string;
  gridPos: { x: number; w: number };
  targets: { expr: string }[];
}

const dashboard = JSON.parse(read("grafana-dashboard.json")) as {
  panels: Panel[];
};

const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [title, expr] as const),
  ),
];

/** The names under which the page has samples, histograms' parts included, and every label that it has. */
async function onThePage() {
  const { metrics, pass, samples, page: read } = createMetricsWorld();
  const observer = metrics.of("one");
  observer.eventsAccepted(["resync"]);
  observer.passEnded(pass("ok"));
  observer.called({ method: "GET", status: 200, ms: 1 });
  observer.notified(true);
  metrics.reloaded(true);
  metrics.answered({ method: "GET", route: "/livez", status: 200, ms: 1 });
  const keys = [...(await samples()).keys()];
  const labels = keys.flatMap((key) =>
    [...key.matchAll(/[{,](\w+)="/g)].map(([, label = ""]) => label),
  );
  const names = keys.map((key) => key.replace(/\{.*/, ""));
  const page = await read();
  const unused = [...page.matchAll(/^# TYPE (\S+)/gm)];
  return {
    names: new Set([...names, ...unused.map(([, name = ""]) => name)]),
    labels: new Set([...labels, "job", "instance"]),
  };
}

describe("alert rules and dashboard", () => {
  test.each(expressions)(
    "ask only for metrics and labels that there are: %s",
    async (_title, expr) => {
      const { names, labels } = await onThePage();
      const asked = expr.match(/\b(domain_bridge|process|nodejs)_\w+/g) ?? [];
      expect(asked.length + Number(/\bup\{/.test(expr))).toBeGreaterThan(0);
      expect(asked.filter((name) => !names.has(name))).toEqual([]);
      const matched = [...expr.matchAll(/[{,](\w+)(?:=~|!=|=)"/g)];
      const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)];
      const used = [
        ...matched.map(([, label = ""]) => label),
        ...grouped.flatMap(([, list = ""]) => list.split(/, */)),
      ];
      expect(used.filter((label) => !labels.has(label))).toEqual([]);
    },
  );

  test("every metric of ours is watched or shown, but for those that only help to ask further", async () => {
    const page = await createMetricsWorld().page();
    const all = new Set(
      expressions.flatMap(([, expr]) =>
        (expr.match(/\bdomain_bridge_\w+/g) ?? []).map((name) =>
          name.replace(/_bucket$/, ""),
        ),
      ),
    );
    const ours = [...page.matchAll(/^# TYPE (domain_bridge_\S+)/gm)];
    const unseen = ours
      .map(([, name = ""]) => name)
      .filter((name) => !all.has(name));
    expect(unseen).toEqual([
      "domain_bridge_build_info",
      "domain_bridge_networks",
      "domain_bridge_networks_reloads_total",
      "domain_bridge_last_pass_timestamp_seconds",
      "domain_bridge_http_request_duration_seconds",
    ]);
  });

  test("every alert says what is wrong and how grave it is, under a name of its own", () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { labels, annotations } of rules) {
      expect(["critical", "warning", "info"]).toContain(labels.severity);
      expect(annotations.summary).toMatch(/\.$/);
    }
  });

  test("no panel leaves the dashboard's 24 columns", () => {
    for (const { gridPos } of dashboard.panels)
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});
