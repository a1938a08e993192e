import type { NetworkConfig } from "../config";
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
export type NetworkSettings = Omit<RegistrationBody, keyof Credentials>;

export interface Connection {
  serverPilot: ServerPilot;
  settings: NetworkSettings;
  credentials: Credentials;
}

export interface Connections {
  /** Keeps what WordPress registered, the credentials sealed with the network's secret. */
  register(body: RegistrationBody): Promise<void>;
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
}

export interface ConnectionsDeps {
  config: Pick<NetworkConfig, "credentials" | "secrets" | "wordpressUrl">;
  store: RegistrationStore;
  createClient(credentials: Credentials): ServerPilot;
  /** Tells the logger what must never be written. */
  redact(secret: string): void;
  now(): number;
}

const CONSTANTS: Readonly<Record<keyof Credentials, string>> = {
  clientId: "WU_SERVER_PILOT_CLIENT_ID",
  apiKey: "WU_SERVER_PILOT_API_KEY",
  appId: "WU_SERVER_PILOT_APP_ID",
};

export function createConnections(deps: ConnectionsDeps): Connections {
  const { config, store } = deps;
  const read = createReader(store, config.secrets);
  let client: { key: string; serverPilot: ServerPilot } | null = null;

  /** One client as long as the credentials stay, so that its connections and its count of calls stay too. */
  const clientFor = (credentials: Credentials): ServerPilot => {
    const key = JSON.stringify(credentials);
    if (client?.key !== key) {
      for (const secret of [credentials.apiKey, credentials.clientId])
        deps.redact(secret);
      client = { key, serverPilot: deps.createClient(credentials) };
    }
    return client.serverPilot;
  };

  return {
    async register(body) {
      const { clientId, apiKey, appId, ...settings } = body;
      for (const secret of [apiKey, clientId])
        if (secret !== "") deps.redact(secret);
      const credentials = seal(
        config.secrets,
        JSON.stringify({ clientId, apiKey, appId }),
      );
      await store.set(
        { settings: JSON.stringify(settings), credentials },
        deps.now(),
      );
      await store.setPaused(false);
    },
    pause: () => store.setPaused(true),
    resume: () => store.setPaused(false),
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
      const { settings } = registered ?? {
        settings: registrationBody.parse({}),
      };
      return { serverPilot: clientFor(credentials), settings, credentials };
    },
  };
}

interface Registration {
  paused: boolean;
  settings: NetworkSettings;
  credentials: Credentials;
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
  const { clientId, apiKey, appId, ...settings } = body;
  return { settings, credentials: { clientId, apiKey, appId } };
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

/** Whether WordPress has registered; that a constant is missing is another matter, which the pass reports. */
export async function connectable(
  connect: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await refuseUnregistered(connect);
    return true;
  } catch (error) {
    if (isKnownError(error) && error.reason === "network-not-registered")
      return false;
    throw error;
  }
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
