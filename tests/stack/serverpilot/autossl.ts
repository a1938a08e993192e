import { hostnameOf, isPlainName } from "./domains";
import type { Settings } from "./settings";
import type { App, Server } from "./types";
import type { World } from "./world";

const WEEK_MS = 7 * 86_400_000;
/** Let's Encrypt's limit of certificates for the same set of names in a week. */
const MAX_SAME_SET = 5;

/**
 * The names that the AutoSSL certificate of `app` has by now: those that have been on the app and could be proven for
 * the whole delay; a name once in stays in as long as it is on the app. In the order of the app's list, except that
 * names in the certificate are not pushed out of a full one by newer names.
 */
export function coveredNames(app: App, server: Server, world: World): string[] {
  const { settings } = world;
  const before = new Set(app.covered);
  const kept = app.domains.filter((name) => before.has(name));
  const ready = app.domains.filter(
    (name) =>
      !before.has(name) && isReady(hostnameOf(name), app, server, world),
  );
  const all = [...kept, ...ready];
  const covered = new Set(
    settings.overfull === "split"
      ? all
      : all.slice(0, settings.maxCertificateNames),
  );
  return app.domains.filter((name) => covered.has(name));
}

/** Whether Let's Encrypt can prove a name: by DNS, CAA and a request over HTTP, each as long as the delay. */
function isReady(
  host: string,
  app: App,
  server: Server,
  world: World,
): boolean {
  const { dns, settings } = world;
  if (!isPlainName(host) || world.names.find(host)?.certificate === "never")
    return false;
  const points = dns.pointsSince(host, server);
  if (points === null || !dns.allowsIssuer(host, "letsencrypt.org"))
    return false;
  if (world.http.blocksIssuing(host)) return false;
  const now = world.clock();
  const since = Math.max(points, app.addedAt.get(host) ?? now);
  return since + settings.autosslDelayMs <= now;
}

/** The certificates that names are spread over: one, or several where one is too small and they are split. */
export function certificatesOf(
  served: { names: readonly string[]; custom?: boolean },
  { overfull, maxCertificateNames: size }: Settings,
): string[][] {
  const { names, custom } = served;
  if (custom || overfull !== "split" || names.length <= size)
    return [[...names]];
  const certificates: string[][] = [];
  for (let from = 0; from < names.length; from += size)
    certificates.push(names.slice(from, from + size));
  return certificates;
}

/** The certificates that Let's Encrypt issued, for its limit. */
export class Issued {
  #issued: { set: string; at: number }[] = [];

  add(names: readonly string[], at: number): void {
    this.#issued.push({ set: setOf(names), at });
  }

  /** Whether a certificate for these names would be one too many for the week before `now`. */
  isExhausted(names: readonly string[], now: number): boolean {
    const set = setOf(names);
    const recent = this.#issued.filter(
      (one) => one.set === set && one.at > now - WEEK_MS,
    );
    return recent.length >= MAX_SAME_SET;
  }

  clear(): void {
    this.#issued = [];
  }
}

/** Whether two lists hold the same names, in whatever order. */
export function sameNames(
  one: readonly string[],
  other: readonly string[],
): boolean {
  return setOf(one) === setOf(other);
}

function setOf(names: readonly string[]): string {
  return [...new Set(names.map(hostnameOf))].toSorted().join(" ");
}
