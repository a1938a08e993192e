import { createHash } from "node:crypto";
import type { NetworkConfig } from "../config/config";
import type { EventsBody } from "../contract/requests";
import { PermanentError } from "../errors";
import type { NetworkService } from "../http/routes";
import { LAST_PASS_KEY } from "../mysql/ledger";
import { getState, tryToWrite } from "../mysql/state";
import { normaliseHostname } from "../reconcile/hostnames";
import type { PassEntry } from "../reconcile/ports";
import { runChecks } from "./check";
import { type Connection, refuseUnregistered } from "./connection";
import { createLanes, createWork, type Lanes, type LaneStates } from "./lanes";
import { createParts, type NetworkDeps, type Parts } from "./parts";
import { createPlans, type Plans } from "./plans";
import { passView, readName, readNames, readStatus } from "./status";

/** A network that this sidecar serves. */
export interface Network extends NetworkService {
  /** The app that it works on, as far as that is known in this process. */
  readonly appId: string | null;
  start(): void;
  /** Waits for work under way to reach a safe place, then closes the database connections. */
  stop(): Promise<void>;
  /** @throws TransientError | PermanentError with a `database-*` reason. */
  touchDatabase(): Promise<void>;
  lanes(): LaneStates;
}

/** Puts a network's parts together: its database, its app, its ledger, its lanes of work. */
export function createNetwork(own: NetworkConfig, deps: NetworkDeps): Network {
  const { config, clock, observer } = deps;
  const logger = deps.logger.child({ network: own.id });
  const now = (): number => clock.now();
  const parts = createParts(own, deps, logger);
  const app = createApp(parts, deps);
  const lanes = createLanes({
    clock,
    logger,
    createLane: (name, options) =>
      deps.trigger.createLane(identityOf(own), name, options),
    resyncMs: own.resyncMs ?? config.resyncMs,
    debounceMs: config.debounceMs,
    debounceMaxMs: config.debounceMaxMs,
  });
  const work = createWork({
    own,
    deps,
    parts,
    logger,
    connect: () => app.connect(),
    tellWordPress: () => {
      lanes.tellWordPress();
    },
  });
  const plans = createPlans({ parts, connect: () => app.connect(true), now });
  const all: Whole = { own, deps, parts, app, lanes, plans, now };
  return {
    ...changesOf(all),
    ...readsOf(all),
    id: own.id,
    secrets: own.secrets,
    requestsPerMinute: own.requestsPerMinute,
    get appId() {
      return app.id();
    },
    start() {
      // Nothing has been heard of the database yet.
      observer.figures(null);
      lanes.start(work);
    },
    async stop() {
      await lanes.stop();
      await parts.close();
    },
    async touchDatabase() {
      await getState(parts.database, "");
    },
    lanes: () => lanes.states(),
  };
}

/** A network's app, which no other network of this sidecar may have: two would overwrite each other's list. */
interface OwnApp {
  id(): string | null;
  /** @throws PermanentError `app-taken`; see {@link Connections.connect}. */
  connect(evenDisabled?: boolean): Promise<Connection>;
  /** @throws PermanentError `app-taken` */
  refuseTaken(appId: string): void;
}

function createApp({ connections }: Parts, { ownerOf }: NetworkDeps): OwnApp {
  let id: string | null = null;
  const refuseTaken = (appId: string): void => {
    const network = ownerOf(appId);
    if (network !== null) throw new PermanentError("app-taken", { network });
  };
  return {
    id: () => id,
    refuseTaken,
    async connect(evenDisabled = false) {
      const connection = await connections.connect(evenDisabled);
      refuseTaken(connection.appId);
      id = connection.appId;
      return connection;
    },
  };
}

/** All that requests are answered with. */
interface Whole {
  own: NetworkConfig;
  deps: NetworkDeps;
  parts: Parts;
  app: OwnApp;
  lanes: Lanes;
  plans: Plans;
  now: () => number;
}

/** The requests that change something or ask for work. */
function changesOf({
  deps: { observer },
  parts: { connections, ledger, records },
  app,
  lanes,
  plans,
  now,
}: Whole): Pick<NetworkService, "register" | "accept" | "sync"> {
  let isRegistered = false;
  return {
    async register(body, correlationId) {
      app.refuseTaken(body.appId);
      const isNew = await connections.register(body);
      isRegistered = true;
      lanes.pass.nudge({
        trigger: isNew ? "registration" : "resync",
        correlationId,
        urgent: isNew,
      });
    },
    async accept(events, correlationId) {
      if (!isRegistered) {
        await refuseUnregistered(() => connections.connect(true));
        isRegistered = true;
      }
      await connections.resume();
      await ledger.report(removedNames(events), now());
      observer.eventsAccepted(events.map(({ type }) => type));
      for (const { type } of events)
        lanes.pass.nudge({ trigger: type, correlationId });
    },
    async sync(request, correlationId) {
      const { checksum, force, retry, addNetworkDomain } = request;
      if (checksum !== undefined) await plans.approve(checksum, force);
      if (addNetworkDomain)
        await records.update((record) => ({
          ...record,
          addNetworkDomain: true,
        }));
      const unknown = await ledger.retry(retry.map(comparableName));
      lanes.pass.nudge({ trigger: "manual", correlationId, urgent: true });
      if (retry.length > 0) lanes.checkCertificates("retry", correlationId);
      const [name] = unknown;
      if (name !== undefined)
        throw new PermanentError("name-unknown", { name });
    },
  };
}

/** The requests that only read, or try. */
function readsOf({
  own,
  parts,
  lanes,
  plans,
  now,
}: Whole): Pick<
  NetworkService,
  "preview" | "check" | "status" | "names" | "name" | "history" | "claimRequest"
> {
  const { names, records, ledger, connections, database } = parts;
  return {
    preview: () => plans.preview(),
    check: () =>
      runChecks({
        touchDatabase: () => tryToWrite(database),
        source: parts.source,
        connect: () => connections.connect(true),
        notifications: parts.notifications,
      }),
    status: (withNames) =>
      readStatus(
        {
          network: own.id,
          names,
          records,
          serverAddresses: own.serverAddresses,
          lastPass: async () =>
            ((await getState(database, LAST_PASS_KEY)) ??
              null) as PassEntry | null,
          registration: () => connections.registration(),
          pass: () => lanes.pass.view(),
          now,
        },
        withNames,
      ),
    names: (query) => readNames(names, query, now()),
    name: (name) => readName(names, comparableName(name), now()),
    async history(limit) {
      return { passes: (await ledger.history(limit)).map(passView) };
    },
    claimRequest: (webhookId) => parts.requests.claim(webhookId),
  };
}

function comparableName(raw: string): string {
  const hostname = normaliseHostname(raw);
  return hostname.ok ? hostname.name : raw;
}

/** The names that events report as removed, each with the `www.` that goes with it. */
export function removedNames(events: EventsBody["events"]): string[] {
  const names = new Set<string>();
  for (const { type, domain } of events) {
    if (!type.endsWith(".removed") || domain === undefined) continue;
    const hostname = normaliseHostname(domain);
    if (!hostname.ok) continue;
    names.add(hostname.name);
    names.add(`www.${hostname.name}`);
  }
  return [...names];
}

/**
 * The same on every sidecar that serves the network. Its tables and address belong to it, so that two fleets with a
 * network `default` each may meet in one Redis and not run each other's work.
 */
export function identityOf(
  own: Pick<NetworkConfig, "id" | "database" | "tablePrefix" | "wordpressUrl">,
): string {
  const { id, database, tablePrefix, wordpressUrl } = own;
  const where = [database.name, tablePrefix, wordpressUrl].join("\0");
  const hash = createHash("sha256").update(where).digest("hex");
  return `${id}-${hash.slice(0, 12)}`;
}
