import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { NetworkConfig } from "../config/config";
import { type RegistrationBody, registrationBody } from "../contract/requests";
import { PermanentError, isKnownError } from "../errors";
import type {
  RegistrationStore,
  StoredRegistration,
} from "../mysql/registration";
import type { ServerPilot } from "../reconcile/ports";
import { open, seal } from "./secret-box";

interface Credentials {
  clientId: string;
  apiKey: string;
  appId: string;
}

/** The registration without the credentials, which travel apart and sealed. */
export type NetworkSettings = Omit<
  RegistrationBody,
  keyof Credentials | "proof"
> & {
  /** By this the plugin recognises its own registration; empty from a plugin of 0.1.0. */
  mark: string;
};

export interface Connection {
  serverPilot: ServerPilot;
  settings: NetworkSettings;
  appId: string;
}

export interface Connections {
  /**
   * Keeps what WordPress registered, the credentials sealed with the network's secret; true where anything is new.
   *
   * @throws PermanentError `another-installation` where the proof is not found in this database.
   */
  register(body: RegistrationBody): Promise<boolean>;
  /**
   * Leaves the app alone from now on, because WordPress no longer has the plugin: UM's own code works on the app then,
   * and there must never be two writers.
   */
  pause(): Promise<void>;
  /** The plugin has spoken, so it is there. */
  resume(): Promise<void>;
  /**
   * The client and the settings in force: the environment's credentials win over the registered ones.
   *
   * @param evenDisabled also while the integration is disabled in UM: for tests and previews, which change nothing.
   * @throws PermanentError `network-not-registered`, `integration-disabled`, `plugin-missing`, `credentials-missing`;
   * database errors.
   */
  connect(evenDisabled?: boolean): Promise<Connection>;
  /** By what the plugin recognises its registration; null where there is none. */
  registration(): Promise<{ mark: string } | null>;
}

export interface ConnectionsDeps {
  config: Pick<NetworkConfig, "credentials" | "secrets" | "wordpressUrl">;
  store: RegistrationStore;
  createClient: (credentials: Credentials) => ServerPilot;
  /** Tells the logger what must never be written. */
  redact: (secret: string) => void;
  now: () => number;
}

const CONSTANTS: Readonly<Record<keyof Credentials, string>> = {
  clientId: "WU_SERVER_PILOT_CLIENT_ID",
  apiKey: "WU_SERVER_PILOT_API_KEY",
  appId: "WU_SERVER_PILOT_APP_ID",
};

export function createConnections(deps: ConnectionsDeps): Connections {
  const { config, store } = deps;
  const read = createReader(store, config.secrets);
  const clientFor = createClients(deps);
  return {
    register: (body) => register(deps, read, body),
    pause: () => store.setPaused(true),
    resume: () => store.setPaused(false),
    async registration() {
      const registered = await read();
      if (registered !== null) return { mark: registered.settings.mark };
      return Object.values(config.credentials).includes(undefined)
        ? null
        : { mark: "" };
    },
    async connect(evenDisabled = false) {
      const registered = await read();
      const { clientId, apiKey, appId } = config.credentials;
      const own = { clientId, apiKey, appId };
      if (registered === null && Object.values(own).includes(undefined)) {
        throw new PermanentError("network-not-registered");
      }
      if (registered?.settings.enabled === false && !evenDisabled) {
        throw new PermanentError("integration-disabled");
      }
      if (registered?.paused && !evenDisabled) {
        throw new PermanentError("plugin-missing", {
          url: config.wordpressUrl,
        });
      }
      const credentials = {
        clientId: clientId ?? registered?.credentials.clientId ?? "",
        apiKey: apiKey ?? registered?.credentials.apiKey ?? "",
        appId: appId ?? registered?.credentials.appId ?? "",
      };
      refuseMissing(credentials);
      const settings = registered?.settings ?? {
        ...registrationBody.parse({}),
        mark: "",
      };
      return {
        serverPilot: clientFor(credentials),
        settings,
        appId: credentials.appId,
      };
    },
  };
}

/** One client as long as the credentials stay, so that its connections and its count of calls stay too. */
function createClients({
  createClient,
  redact,
}: ConnectionsDeps): (credentials: Credentials) => ServerPilot {
  let client: { key: string; serverPilot: ServerPilot } | null = null;
  return (credentials) => {
    const key = JSON.stringify(credentials);
    if (client?.key !== key) {
      redact(credentials.apiKey);
      redact(credentials.clientId);
      client = { key, serverPilot: createClient(credentials) };
    }
    return client.serverPilot;
  };
}

async function register(
  { config, store, redact, now }: ConnectionsDeps,
  read: () => Promise<Registration | null>,
  body: RegistrationBody,
): Promise<boolean> {
  await refuseAnother(body, store);
  const { clientId, apiKey, appId, proof, ...settings } = body;
  for (const secret of [apiKey, clientId]) if (secret !== "") redact(secret);
  const credentials = seal(
    config.secrets,
    JSON.stringify({ clientId, apiKey, appId }),
  );
  const before = await read();
  const mark = markOf(proof);
  await store.set(
    { settings: JSON.stringify({ ...settings, mark }), credentials },
    now(),
  );
  await store.setPaused(false);
  return !isDeepStrictEqual(before, { ...(await read()), paused: false });
}

interface Registration {
  paused: boolean;
  settings: NetworkSettings;
  credentials: Credentials;
}

/**
 * Identity is proven, not compared: the plugin has written a nonce into the sidecar's own table, and whoever uses
 * another database, such as a copy of the site, has written it elsewhere. A plugin of 0.1.0 cannot prove anything.
 */
async function refuseAnother(
  { proof, pluginVersion }: RegistrationBody,
  store: RegistrationStore,
): Promise<void> {
  if (proof === "" && (pluginVersion === "" || pluginVersion === "0.1.0"))
    return;
  const written = await store.proof();
  if (proof === "" || written !== proof)
    throw new PermanentError("another-installation");
}

/** By this a plugin recognises its own registration; the nonce itself stays where it is. */
function markOf(proof: string): string {
  return proof === ""
    ? ""
    : createHash("sha256").update(proof).digest("hex").slice(0, 32);
}

/** Reads what is stored each time, since another sidecar may have written it, and opens it again only where it changed. */
function createReader(
  store: RegistrationStore,
  secrets: readonly string[],
): () => Promise<Registration | null> {
  let last: {
    mark: string;
    registration: Omit<Registration, "paused"> | null;
  } | null = null;
  return async () => {
    const stored = await store.get();
    if (stored === null) return null;
    const mark = stored.settings + stored.credentials;
    if (last?.mark !== mark)
      last = { mark, registration: openRegistration(stored, secrets) };
    return last.registration && { ...last.registration, paused: stored.paused };
  };
}

/** Null where the secret was changed without keeping the old one: then WordPress is asked to register again. */
function openRegistration(
  stored: StoredRegistration,
  secrets: readonly string[],
): Omit<Registration, "paused"> | null {
  const opened = open(secrets, stored.credentials);
  if (opened === null) return null;
  // Parsed again, so that settings that are newer than the registration have their defaults.
  const body = registrationBody.parse({
    ...JSON.parse(stored.settings),
    ...JSON.parse(opened),
  });
  const { clientId, apiKey, appId, proof: _, ...settings } = body;
  const { mark = "" } = JSON.parse(stored.settings) as { mark?: string };
  return {
    settings: { ...settings, mark },
    credentials: { clientId, apiKey, appId },
  };
}

function refuseMissing(credentials: Credentials): void {
  const missing = (Object.keys(CONSTANTS) as (keyof Credentials)[])
    .filter((key) => credentials[key] === "")
    .map((key) => CONSTANTS[key]);
  if (missing.length > 0)
    throw new PermanentError("credentials-missing", {
      missing: missing.join(", "),
    });
}

/** @throws PermanentError `network-not-registered`; errors of the database. */
export async function refuseUnregistered(
  connect: () => Promise<unknown>,
): Promise<void> {
  try {
    await connect();
  } catch (error) {
    if (!isKnownError(error) || error.reason !== "credentials-missing")
      throw error;
  }
}
