import { randomUUID } from "node:crypto";
import type { Clock } from "../clock";
import type { NetworkConfig } from "../config/config";
import { sign } from "../contract/signature";
import { PermanentError } from "../errors";
import { httpAsk } from "../probe/http-ask";
import type { ServerAddresses } from "../probe/reach";
import type { AppState, ServerPilot } from "../reconcile/ports";
import type { Address } from "../reconcile/probes";
import { createWordpress, ROUTES } from "../wordpress/notifications";

export interface WitnessDeps {
  own: Pick<
    NetworkConfig,
    "id" | "secrets" | "wordpressUrl" | "serverAddresses"
  >;
  /** Writes a challenge into the sidecar's own database. */
  keep: (challenge: string) => Promise<void>;
  clock: Clock;
  /** Where the server is asked over HTTP; default: its address, ports 80 and 443. */
  server: ServerAddresses;
}

type ServerReader = Pick<ServerPilot, "getServer">;

/** The shortest that a person who waits for the first domain would notice. */
const TIMEOUT_MS = 5_000;

/**
 * Whether the app serves the network: a challenge that is written into the sidecar's own database has to come back through
 * the plugin's signed route, by the network's own domain at the app's server. False where it does not, or where that
 * cannot be told. Where nobody knows the server's address, WordPress is asked at its own address.
 */
export function createWitness(deps: WitnessDeps) {
  const { own, keep, clock, server } = deps;
  const direct = createWordpress({
    network: own.id,
    wordpressUrl: own.wordpressUrl,
    secrets: own.secrets,
    now: () => clock.now(),
  });
  /** @throws TransientError of ServerPilot or the database. */
  return async (
    app: Pick<AppState, "serverId">,
    networkDomain: string | null,
    serverPilot: ServerReader,
  ): Promise<boolean> => {
    if (networkDomain === null) return false;
    const isSaid = server.http !== undefined && server.https !== undefined;
    const host = isSaid
      ? null
      : await addressOfServer(app, own.serverAddresses, serverPilot);
    const challenge = randomUUID();
    await keep(challenge);
    const answers = async (asked: Promise<unknown>): Promise<boolean> =>
      ((await asked) as { challenge?: unknown } | null)?.challenge ===
      challenge;
    const { https, http } = placesOf(server, host);
    if (https === null || http === null)
      return answers(direct("identity", { network: own.id }).catch(() => null));
    // Before the first certificate nobody may listen for HTTPS; with ForceSSL nobody answers over HTTP.
    return (
      (await answers(ask(deps, networkDomain, "https:", https))) ||
      answers(ask(deps, networkDomain, "http:", http))
    );
  };
}

/**
 * The address of the app's server by ServerPilot, else the first of the operator's; null where neither knows one.
 *
 * @throws TransientError of ServerPilot.
 */
export async function addressOfServer(
  { serverId }: Pick<AppState, "serverId">,
  configured: readonly string[],
  serverPilot: ServerReader,
): Promise<string | null> {
  const known = await serverPilot
    .getServer(serverId)
    .then(({ lastAddress }) => lastAddress)
    .catch((error: unknown) => {
      if (error instanceof PermanentError) return null;
      throw error;
    });
  return known ?? configured[0] ?? null;
}

function placesOf(
  server: ServerAddresses,
  host: string | null,
): { https: Address | null; http: Address | null } {
  const at = (port: number): Address | null =>
    host === null ? null : { host, port };
  return { https: server.https ?? at(443), http: server.http ?? at(80) };
}

/** Asks the plugin's route by the network's domain at an address; null for whatever is no answer of it. */
async function ask(
  { own, clock }: WitnessDeps,
  networkDomain: string,
  protocol: "https:" | "http:",
  to: Address,
): Promise<unknown> {
  const { pathname } = new URL(own.wordpressUrl);
  const path = pathname.replace(/\/$/, "");
  const url = new URL(`${protocol}//${networkDomain}${path}${ROUTES}identity`);
  const body = JSON.stringify({ network: own.id });
  const signature = sign({
    secrets: own.secrets,
    id: `msg_${randomUUID()}`,
    timestamp: Math.floor(clock.now() / 1000),
    method: "POST",
    target: url.pathname + url.search,
    body,
  });
  const headers = { ...signature, "content-type": "application/json" };
  const post = { body, headers };
  const answer = await httpAsk({
    url,
    to,
    clock,
    timeoutMs: TIMEOUT_MS,
    post,
  });
  if (answer.kind === "failure" || answer.status !== 200) return null;
  try {
    return JSON.parse(answer.body) as unknown;
  } catch {
    return null;
  }
}
