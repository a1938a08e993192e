import type { Clock } from "../clock";
import type { AppRecord } from "../reconcile/app-record";
import type {
  AppRecords,
  AppState,
  NameRecord,
  NetworkLock,
  ServerPilot,
} from "../reconcile/ports";
import { credited, recentAttempts } from "./attempts";
import { isSettling } from "./autossl";
import type { Finding, Place } from "./dns-findings";
import { once } from "./gather";
import type { NameCheck } from "./name-check";
import { type CertificateMemory, memoryOf } from "./memory";
import type { KnownServer, PlaceFinder } from "./place";
import { isDue, type Schedule } from "./schedule";

/** What a round knows before it checks the first name. */
export interface World {
  /** Null where no name needed it. */
  app: AppState | null;
  readApp: () => Promise<AppState>;
  memory: CertificateMemory;
  place: Place;
  server: KnownServer | null;
  covered: ReadonlySet<string>;
  seenCovered: ReadonlySet<string>;
  /** AutoSSL or a custom certificate came or went, or the server or its address is another one: all names are checked. */
  turned: boolean;
  /** What the round has seen of the app and its server. */
  seen: Seen;
  /** AutoSSL was enabled so lately that the server may still be taking the certificate up. */
  settling: boolean;
  due: ReadonlySet<NameRecord>;
}

export interface RoundMemoryDeps {
  records: AppRecords;
  lock: NetworkLock;
  clock: Clock;
  places: PlaceFinder;
}

type Seen = Pick<
  CertificateMemory,
  "sslMode" | "serverId" | "address" | "turnedAt"
>;

/** For how long DNS may not make a name's tries begin again once it has, in milliseconds. */
const RESTART_PAUSE_MS = 3_600_000;

export interface WorldRequest {
  /** The app where a pass has just read it. */
  given: AppState | null;
  serverPilot: ServerPilot;
  names: readonly NameRecord[];
  schedule: Schedule;
  /** Nothing is known of the place yet. */
  isFirst: boolean;
}

/**
 * What a round reads before it checks the first name.
 *
 * @throws TransientError of ServerPilot or the database.
 */
export async function readWorld(
  { records, clock, places }: RoundMemoryDeps,
  { given, serverPilot, names, schedule, isFirst }: WorldRequest,
): Promise<World> {
  const now = clock.now();
  const record = await records.load();
  const memory = pruned(memoryOf(record), now);
  const readApp = once(async () =>
    lowerCased(given ?? (await readableApp(serverPilot))),
  );
  const due = new Set(names.filter((one) => isDue(one, now, schedule)));
  // Names that failed are only watched over DNS, which needs no call to ServerPilot.
  const isNeeded =
    isFirst ||
    given !== null ||
    due.size > 0 ||
    names.some(({ state }) => state === "securing");
  const app = isNeeded ? await readApp() : null;
  const { place, server } = await places.find(app, record, serverPilot);
  const seen = app ? seenIn(memory, app, place, now) : seenBefore(memory);
  return {
    app,
    readApp,
    memory,
    place,
    server,
    covered: new Set(app?.autossl?.domains),
    seenCovered: new Set(memory.seenCovered),
    turned: hasTurned(memory, seen),
    seen,
    settling: isSettling(memory, now),
    due,
  };
}

/** Keeps what the round has seen, under the lock and only where something changed; gives what is kept now. */
export async function remember(
  { records, lock, clock }: RoundMemoryDeps,
  { app, seen, server }: World,
  checks: readonly NameCheck[],
  held: Finding | null,
): Promise<CertificateMemory> {
  const now = clock.now();
  const change = (record: AppRecord): AppRecord | null => {
    const memory = memoryOf(record);
    const { sslMode, serverId, address, turnedAt } = seen;
    const known = { ...memory, sslMode, serverId, address, turnedAt };
    const certificates = afterChecks(pruned(known, now), app, checks, now);
    const next = { ...certificates, forceHeld: held };
    const isSame =
      JSON.stringify(next) === JSON.stringify(memory) &&
      JSON.stringify(server) === JSON.stringify(record.server);
    return isSame ? null : { ...record, certificates: next, server };
  };
  const before = await records.load();
  if (change(before) === null) return memoryOf(before);
  return memoryOf(await lock.run(() => records.update(change)));
}

/** An answer that is not understood may be a single one. */
async function readableApp(serverPilot: ServerPilot): Promise<AppState> {
  const app = await serverPilot.getApp();
  return app.sslUnreadable ? serverPilot.getApp() : app;
}

function pruned(memory: CertificateMemory, now: number): CertificateMemory {
  const attempts = recentAttempts(memory.attempts, now);
  const young = Object.entries(memory.restarts).filter(
    ([, at]) => at <= now && now - at < RESTART_PAUSE_MS,
  );
  return {
    ...memory,
    attempts:
      attempts.length === memory.attempts.length ? memory.attempts : attempts,
    restarts: Object.fromEntries(young),
  };
}

function seenBefore(memory: CertificateMemory): Seen {
  const { sslMode, serverId, address, turnedAt } = memory;
  return { sslMode, serverId, address, turnedAt };
}

function seenIn(
  memory: CertificateMemory,
  app: AppState,
  place: Place,
  now: number,
): Seen {
  if (app.sslUnreadable) return seenBefore(memory);
  const sslMode = sslModeOf(app);
  const wasTurnedOff = memory.sslMode === "auto" && sslMode !== "auto";
  const hasMoved = memory.serverId !== null && memory.serverId !== app.serverId;
  return {
    sslMode,
    serverId: app.serverId,
    address: place.server,
    turnedAt: wasTurnedOff || hasMoved ? now : memory.turnedAt,
  };
}

function sslModeOf({ ssl }: AppState): string {
  if (ssl?.auto === true) return "auto";
  return ssl?.custom === true ? "custom" : "off";
}

function hasTurned(before: CertificateMemory, after: Seen): boolean {
  const differs = (key: "sslMode" | "serverId" | "address"): boolean =>
    before[key] !== null && before[key] !== after[key];
  return differs("sslMode") || differs("serverId") || differs("address");
}

function afterChecks(
  memory: CertificateMemory,
  app: AppState | null,
  checks: readonly NameCheck[],
  now: number,
): CertificateMemory {
  const named = (of: (check: NameCheck) => boolean): string[] =>
    checks.filter(of).map(({ record }) => record.name);
  const restarts = { ...memory.restarts };
  for (const name of named(({ restarted }) => restarted)) restarts[name] = now;
  const certified = new Set(named(({ hasCertificate }) => hasCertificate));
  const postponed = new Set(named(({ isPostponed }) => isPostponed));
  const isReadable = app !== null && !app.sslUnreadable;
  return {
    ...memory,
    attempts: credited(memory.attempts, certified),
    restarts,
    seenCovered: isReadable
      ? (app.autossl?.domains ?? [])
          .filter((name) => !postponed.has(name))
          .sort()
      : memory.seenCovered,
    reachWorks:
      memory.reachWorks || checks.some(({ wasReached }) => wasReached),
  };
}

function lowerCased(app: AppState): AppState {
  const lower = (names: readonly string[]): string[] =>
    names.map((name) => name.toLowerCase());
  const autossl = app.autossl && {
    ...app.autossl,
    domains: lower(app.autossl.domains),
  };
  return { ...app, domains: lower(app.domains), autossl };
}
