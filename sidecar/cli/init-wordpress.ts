import { existsSync, realpathSync } from "node:fs";
import { parseDatabaseHost } from "../mysql/pool";
import { CliError } from "./cli-error";
import {
  accountFor,
  askWordpress,
  findPhp,
  locateWordpress,
  type Environment,
  type WordpressAnswer,
  type WordpressPlaces,
  type WordpressRequest,
} from "./init-php";

/** What a WordPress says about itself. */
export interface WordpressFacts {
  /** The folder that the web server serves. */
  root: string;
  /** The sidecar's environment, secrets included. */
  variables: Record<string, string>;
  credentials: { clientId: string; apiKey: string; appId: string };
  /** The network's id at the sidecar. */
  network: string;
  /** The plugin's version; empty where it could not be asked. */
  version: string;
  /** Ultimate Multisite's tables of mappings that are there, without the prefix. */
  mappingTables: readonly string[];
  /** What is odd, yet does not stand in the way. */
  notes: string[];
}

export interface WordpressOptions {
  wordpress: string;
  php?: string;
  /** Taken instead of the network's own address. */
  wordpressUrl?: string;
}

/** A name that no wp-config.php takes for one of its own; `localhost` often stands for a developer's machine. */
const NO_HOST = "wordpress.invalid";

/** Most requests until WordPress loads; a site can redirect in circles. */
const MOST_REQUESTS = 6;

/** The bits of MYSQL_CLIENT_FLAGS, as PHP's mysqli names them. */
const MYSQLI_CLIENT_SSL = 2048;
const MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT = 64;
const MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT = 1 << 30;

const PASS_ADDRESS =
  "Pass --wordpress-url with the address that people use, or have that code let the command line through (PHP_SAPI is “cli”).";

/**
 * Loads WordPress and asks the plugin, which alone can open its secret. Where WordPress cannot be loaded, the constants
 * that wp-config.php set are enough, if the secret is one of them. PHP is run in the given environment.
 *
 * @throws CliError that says what to change.
 */
export async function readWordpress(
  options: WordpressOptions,
  env: Environment,
): Promise<WordpressFacts> {
  const places = locateWordpress(options.wordpress);
  const php = findPhp(options.php, places.root, env["PATH"]);
  const account = accountFor(places);
  const address = options.wordpressUrl?.replace(/\/+$/, "");
  const { answer, request } = await askUntilLoaded(
    requestFor(address) ?? { host: NO_HOST, path: "/", scheme: "https" },
    (next) => askWordpress(php, places.load, next, account, env),
  );
  refuseUnusable(answer, places);

  const notes = oddities(answer, places);
  if (account?.isOwner === false)
    notes.push(
      `All files of WordPress belong to root; its PHP was run as ${account.name}, never as root.`,
    );
  const { loaded, constants, plugin } = answer;
  if (plugin === undefined) {
    const reason = loaded
      ? "The plugin is not active."
      : `WordPress could not be loaded: ${why(answer)}`;
    notes.push(`${reason} All values are from wp-config.php.`);
  }
  const variables = {
    ...(plugin?.variables ?? withoutPlugin(answer)),
    ...databaseVariables(answer),
    WORDPRESS_URL: address ?? networkAddress(answer, request),
  };
  return {
    root: places.root,
    variables,
    credentials: plugin?.credentials ?? {
      clientId: constants["WU_SERVER_PILOT_CLIENT_ID"] ?? "",
      apiKey: constants["WU_SERVER_PILOT_API_KEY"] ?? "",
      appId: constants["WU_SERVER_PILOT_APP_ID"] ?? "",
    },
    network: plugin?.network ?? "default",
    version: plugin?.version ?? "",
    mappingTables: answer.mappingTables,
    notes,
  };
}

/**
 * Asks as one host after the other until WordPress loads: many a wp-config.php goes by the request's host, and WordPress
 * itself loads only for a host that is one of its sites. Gives the last answer that had something to tell.
 */
export async function askUntilLoaded(
  first: WordpressRequest,
  ask: (request: WordpressRequest) => Promise<WordpressAnswer>,
): Promise<{ answer: WordpressAnswer; request: WordpressRequest }> {
  const asked: WordpressRequest[] = [];
  let best: { answer: WordpressAnswer; request: WordpressRequest } | undefined;
  for (let next: WordpressRequest | undefined = first; next !== undefined;) {
    const request: WordpressRequest = next;
    const answer = await ask(request);
    asked.push(request);
    const tellsMore = Object.keys(answer.constants).length > 0;
    if (best === undefined || tellsMore) best = { answer, request };
    if (answer.loaded || asked.length >= MOST_REQUESTS) break;
    next = otherRequests(answer, request).find(
      ({ host, path, scheme }) =>
        !asked.some(
          (old) =>
            old.host === host && old.path === path && old.scheme === scheme,
        ),
    );
  }
  if (best === undefined) throw new Error("WordPress was not asked");
  return best;
}

/** As what a WordPress that did not load may be asked next: what it names itself, and where it redirects to. */
function otherRequests(
  { constants, site, redirect, status }: WordpressAnswer,
  { host, path, scheme }: WordpressRequest,
): WordpressRequest[] {
  const own = constants["DOMAIN_CURRENT_SITE"];
  const other = scheme === "https" ? "http" : "https";
  const elsewhere = requestFor(redirect);
  return [
    own && { host: own, path: constants["PATH_CURRENT_SITE"] ?? "/", scheme },
    site && { host: site.host, path: site.path, scheme },
    elsewhere && { host: elsewhere.host, path, scheme: elsewhere.scheme },
    status >= 300 && status < 400 && { host, path, scheme: other },
  ].filter((request): request is WordpressRequest => Boolean(request));
}

function requestFor(address: string | undefined): WordpressRequest | undefined {
  if (!address || !URL.canParse(address)) return undefined;
  const { protocol, host, pathname } = new URL(address);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return {
    host,
    path: pathname.replace(/\/*$/, "/"),
    scheme: protocol === "https:" ? "https" : "http",
  };
}

function refuseUnusable(
  answer: WordpressAnswer,
  { config }: WordpressPlaces,
): void {
  const { loaded, constants, prefix, multisite, notUtf8, plugin } = answer;
  const names = ["DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD"];
  const missing = names.filter(
    (name) =>
      !constants[name] && !(name === "DB_PASSWORD" && name in constants),
  );
  if (missing.length > 0 || prefix === "") {
    const cameSoFar = names.some((name) => name in constants);
    if (!loaded && !cameSoFar) throw unloaded(answer, config);
    throw new CliError(
      `${config} does not set ${missing.join(", ") || "$table_prefix"}.`,
      "Where it reads the environment, run this command with the environment of the site's PHP.",
    );
  }
  if (notUtf8.length > 0) {
    throw new CliError(
      `${notUtf8.join(", ")} in ${config} is not UTF-8, which an environment file cannot carry.`,
      "Change the value, at the database too where it is a password.",
    );
  }
  if (!multisite) {
    throw new CliError(
      `${config} is that of a single site: MULTISITE is not set to true.`,
      "Domain Bridge works for a WordPress network (multisite) with Ultimate Multisite.",
    );
  }
  if (loaded && plugin === undefined && !ownSecret(answer)) {
    throw new CliError(
      "The plugin is not active, so its secret cannot be asked for.",
      "Activate Domain Bridge for ServerPilot under Network Admin → Plugins, then run this command again.",
    );
  }
  if (plugin?.variables.SIDECAR_SECRET === "") {
    throw new CliError(
      "The plugin has no secret that can be read: it was not activated, or the salts in wp-config.php have changed since.",
      "Deactivate it and activate it again for the network, or define WU_SERVER_PILOT_SIDECAR_SECRET in wp-config.php.",
    );
  }
  if (!loaded && !ownSecret(answer)) throw unloaded(answer, config);
}

function ownSecret({ constants }: WordpressAnswer): string {
  return constants["WU_SERVER_PILOT_SIDECAR_SECRET"]?.trim() ?? "";
}

/** Why WordPress did not load, and what to do. */
function unloaded(answer: WordpressAnswer, config: string): CliError {
  const { error, php } = answer;
  const remedy =
    /Permission denied|Failed opening required .*wp-(load|config)\.php/i.test(
      error,
    )
      ? `Let the account that the site's PHP runs under read ${config}, or run this command as that account.`
      : isTurnedAway(answer)
        ? PASS_ADDRESS
        : "See that the site works, and that --php names the PHP that it runs on; then run this command again.";
  return new CliError(
    `WordPress cannot be loaded (PHP ${php}): ${why(answer)}`,
    remedy,
  );
}

function isTurnedAway({ status, redirect, error }: WordpressAnswer): boolean {
  return error === "" && (redirect !== "" || (status >= 300 && status < 404));
}

function why(answer: WordpressAnswer): string {
  const { maintenance, redirect, status, error, output, endedBy } = answer;
  const who = endedBy.join(" or ") || "WordPress itself";
  if (maintenance) {
    return "it is in maintenance mode (the file .maintenance in its folder). Wait for the update to end, or delete the file if none is running.";
  }
  if (error !== "") return hidden(error, answer);
  if (redirect !== "") return `${who} redirects to ${hidden(redirect, answer)}`;
  if (status >= 300 && status < 400) return `${who} redirects.`;
  if (status === 401 || status === 403) return `${who} asks for a password.`;
  return output === ""
    ? `${who} ends it without a word.`
    : `${who} ends it: ${hidden(output, answer)}`;
}

/** Only where wp-config.php has the secret itself. */
function withoutPlugin(answer: WordpressAnswer): Record<string, string> {
  const url = answer.constants["WU_SERVER_PILOT_SIDECAR_URL"] ?? "";
  return {
    HOST: "127.0.0.1",
    PORT: (URL.canParse(url) && new URL(url).port) || "8787",
    SIDECAR_SECRET: ownSecret(answer),
  };
}

/** The database as WordPress reaches it. */
function databaseVariables(answer: WordpressAnswer): Record<string, string> {
  const { constants, prefix } = answer;
  return {
    DB_HOST: hostWithSocket(answer),
    DB_NAME: constants["DB_NAME"] ?? "",
    DB_USER: constants["DB_USER"] ?? "",
    DB_PASSWORD: constants["DB_PASSWORD"] ?? "",
    ...tlsVariables(answer),
    TABLE_PREFIX: prefix,
  };
}

/** PHP's own setting says where its socket is; the sidecar knows the usual places alone. */
function hostWithSocket({ constants, socket }: WordpressAnswer): string {
  const host = constants["DB_HOST"] ?? "";
  if (!/^(localhost)?(:\d*)?$/i.test(host) || !existsSync(socket)) return host;
  const address = parseDatabaseHost(host);
  const isFound =
    "socketPath" in address &&
    realpathSync(address.socketPath) === realpathSync(socket);
  return isFound ? host : `localhost:${socket}`;
}

/**
 * What WordPress's flags and its own connection say. PHP's driver checks no certificate with MYSQLI_CLIENT_SSL alone
 * (mysqlnd), so neither does the sidecar then; drop-ins that check one name its CA in MYSQL_SSL_CA.
 */
function tlsVariables({
  constants,
  encrypted,
}: WordpressAnswer): Record<string, string> {
  const flags = Number(constants["MYSQL_CLIENT_FLAGS"] ?? 0);
  const ca = constants["MYSQL_SSL_CA"] ?? "";
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (!encrypted && !has(MYSQLI_CLIENT_SSL)) return {};
  const isVerified =
    has(MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT) ||
    (ca !== "" && !has(MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT));
  if (!isVerified) return { DB_TLS: "required" };
  return { DB_TLS: "verified", ...(ca !== "" && { DB_TLS_CA: ca }) };
}

/** The main site's own address where WordPress loaded, else what it is called, by https as nearly all are. */
function networkAddress(
  { home, site, constants }: WordpressAnswer,
  { host, path }: WordpressRequest,
): string {
  const name = constants["DOMAIN_CURRENT_SITE"] ?? site?.host ?? host;
  const below = constants["PATH_CURRENT_SITE"] ?? site?.path ?? path;
  return (home || `https://${name}${below}`).replace(/\/+$/, "");
}

function oddities(
  answer: WordpressAnswer,
  { config }: WordpressPlaces,
): string[] {
  const notes = answer.warnings
    .slice(0, 5)
    .map((text) => `${config} warns: ${hidden(text, answer)}`);
  if (answer.printed) {
    notes.push(
      `${config} or a must-use plugin prints text: nothing may stand before “<?php” or be echoed, or pages and feeds break.`,
    );
  }
  return notes;
}

/** One line at most, without the values of secrets. */
function hidden(text: string, { constants }: WordpressAnswer): string {
  let shown = text;
  for (const [name, value] of Object.entries(constants)) {
    if (/PASSWORD|KEY|SECRET/.test(name) && value !== "")
      shown = shown.replaceAll(value, "…");
  }
  return shown.replace(/\s+/g, " ").slice(0, 300);
}
