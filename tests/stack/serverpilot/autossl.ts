import type { DnsTable } from "./dns-table";
import type { App, Server, Settings } from "./types";

/**
 * The names that the AutoSSL certificate of `app` has by now: those that have been on the app, with DNS pointing at
 * the server, for the whole delay; a name once in stays in as long as it is on the app. In the order of the app's list,
 * except that names in the certificate are not pushed out of a full one by newer names.
 */
export function coveredNames(
  app: App,
  server: Server,
  dns: DnsTable,
  settings: Settings,
  now: number,
): string[] {
  const before = new Set(app.covered);
  const kept = app.domains.filter((name) => before.has(name));
  const ready = app.domains.filter((name) => {
    if (before.has(name) || name.startsWith("*.")) return false;
    const points = dns.pointsSince(name, server.lastaddress, server.address6);
    if (points === null) return false;
    return (
      Math.max(points, app.addedAt.get(name) ?? now) +
        settings.autosslDelayMs <=
      now
    );
  });
  const covered = new Set(
    [...kept, ...ready].slice(0, settings.maxCertificateNames),
  );
  return app.domains.filter((name) => covered.has(name));
}

/** Whether two lists hold the same names, in whatever order. */
export function sameNames(
  one: readonly string[],
  other: readonly string[],
): boolean {
  const names = new Set(one);
  return (
    names.size === new Set(other).size && other.every((name) => names.has(name))
  );
}
