import type { SoakReport } from "./soak";

/** The table at the end of a soak. */
export function reportTable(
  reports: readonly SoakReport[],
  canaries: number,
): string {
  const sum = (of: (report: SoakReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const counts = (of: (report: SoakReport) => ReadonlyMap<string, number>) => {
    const all = new Map<string, number>();
    for (const report of reports)
      for (const [name, count] of of(report))
        all.set(name, (all.get(name) ?? 0) + count);
    return [...all].sort(([one], [other]) => (one < other ? -1 : 1));
  };
  const total = (entries: [string, number][]): number =>
    entries.reduce((all, [, count]) => all + count, 0);
  const operations = counts((report) => report.operations);
  const faults = counts((report) => report.faults);
  const calm = reports.map(({ calmSeconds }) => calmSeconds ?? Infinity);
  const rows: [string, number | string][] = [
    ["operations", total(operations)],
    ...operations.map(indented),
    ["faults", total(faults)],
    ...faults.map(indented),
    ["kills (SIGKILL)", sum(({ kills }) => kills)],
    ["steps that found nothing to do", sum(({ skipped }) => skipped)],
    ["held plans approved by a person", sum(({ approvals }) => approvals)],
    ["seconds to come to rest, worst", Math.max(0, ...calm)],
    ["writes checked", sum(({ writesChecked }) => writesChecked)],
    ["names lost", sum(({ found }) => found.lost)],
    ["foreign touched", sum(({ found }) => found.foreignTouched)],
    ["repeats", sum(({ found }) => found.repeats)],
    ["names that nobody mapped", sum(({ found }) => found.strangers)],
    ["names blocked by another", sum(({ found }) => found.blockedByAnother)],
    ["destructive steps from one read", sum(({ found }) => found.fromOneRead)],
    ["canaries found", canaries],
    ["violations in all", sum(({ violations }) => violations.length)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows
    .map(([label, value]) => `${label.padEnd(width)}  ${value}`)
    .join("\n");
}

function indented([name, count]: [string, number]): [string, number] {
  return [`  ${name}`, count];
}
