import { dirname, relative, resolve } from "node:path";
import { realpath } from "node:fs/promises";
import { readConfig, type Config } from "../config/config";
import { parseDatabaseHost } from "../mysql/pool";
import type { CheckReport } from "../contract/answers";
import { version } from "../version";
import { showChecks } from "./check";
import { CliError } from "./cli-error";
import {
  accountToMake,
  createAccount,
  joinEnvironment,
  writeEnvironment,
  type Environment,
} from "./init-environment";
import { isHidden, isOpenToService } from "./init-paths";
import {
  askServiceManager,
  commandOf,
  installService,
  prepareService,
  refuseOpenEnvironment,
  servicePlaces,
  systemdUnit,
  UNIT,
  type PreparedService,
  type Self,
  type ServicePlaces,
} from "./init-systemd";
import { readWordpress, type WordpressFacts } from "./init-wordpress";
import { line, progress, type Output } from "./output";

export interface InitOptions {
  wordpress: string;
  output?: string;
  php?: string;
  wordpressUrl?: string;
  force?: boolean;
  /** The name of an account to make; true: the usual one. */
  createDbAccount?: string | true;
  printSystemd?: boolean;
  installSystemd?: boolean;
  /** A service of this account instead of the machine's. */
  user?: boolean;
}

export interface InitDeps {
  env: Readonly<Record<string, string | undefined>>;
  output: Output;
  self: Self;
  checkOnce: (config: Config) => Promise<CheckReport>;
  /** Where services go; for tests. */
  places?: (isUser: boolean) => ServicePlaces;
}

const ACCOUNT = "domain_bridge";

/** systemd puts a folder of the service's own in the place of these. */
const PRIVATE = /^\/(tmp|var\/tmp)\//;

/**
 * Reads a WordPress, writes the sidecar's environment file, checks every connection, and prints or installs the unit.
 * Whatever speaks against a service is found before the first file is written, and it is installed only where the database
 * takes the account; the rest the sidecar itself goes on trying. Gives 1 when something is to be fixed.
 *
 * @throws CliError | ConfigError when WordPress cannot be read, or the file or the service cannot be made.
 */
export async function init(
  deps: InitDeps,
  options: InitOptions,
): Promise<number> {
  const places = (deps.places ?? servicePlaces)(options.user ?? false);
  const service = await prepared(deps, options, places);
  // With --print-systemd stdout is the unit's alone, so that it can go into a file.
  const output = options.printSystemd
    ? { ...deps.output, out: deps.output.err }
    : deps.output;

  progress(output, "Reading WordPress …");
  const facts = await readWordpress(options, deps.env);
  progress(output, "");
  for (const note of [...facts.notes, ...oddities(facts)])
    line(output, `Note: ${note}`, "yellow");
  for (const note of service?.notes ?? [])
    line(output, `Note: ${note}`, "yellow");

  const environment = await environmentOf(deps, options, facts, service);
  const config = readConfig({ ...deps.env, ...environment.variables });
  if (service !== undefined) refuseUnreachable(config, environment, places);
  sayWritten(await writeEnvironment(environment), environment, output);

  progress(output, "Checking …");
  const report = await deps.checkOnce(withCredentials(config, facts));
  progress(output, "");
  showChecks(output, report.checks);

  if (options.printSystemd) {
    const command = commandOf(deps.self, places.nodes);
    const { file } = environment;
    deps.output.out(systemdUnit(command, file, places.isUser));
  } else if (service === undefined) {
    sayHowToStart(deps.self, environment, output);
  } else if (report.checks.every(({ id, ok }) => ok || id !== "database")) {
    const command = await installService(service, environment.file);
    line(output, `Installed and started ${UNIT}: ${command.join(" ")} serve`);
    if (places.isUser) sayLimits(output);
  } else {
    line(
      output,
      "Nothing was installed: fix what failed, then run the same command again.",
      "red",
    );
  }
  return report.ok ? 0 : 1;
}

/** The service that is asked for, with every reason against it looked for. */
async function prepared(
  { self }: InitDeps,
  options: InitOptions,
  places: ServicePlaces,
): Promise<PreparedService | undefined> {
  const { installSystemd, printSystemd, user } = options;
  if (printSystemd || !(installSystemd || user)) return undefined;
  if (!user && process.getuid?.() !== 0) {
    throw new CliError(
      "Only root can install a service of the machine.",
      "Run the same command with sudo, with --user for a service of your own account, or with --print-systemd.",
    );
  }
  if (user && process.getuid?.() === 0) {
    throw new CliError(
      "--user is for accounts that cannot become root.",
      "Use --install-systemd, which protects the service better.",
    );
  }
  const service = prepareService(self, places);
  await askServiceManager(places);
  return service;
}

/** The environment as it is to be, a new database account included. */
async function environmentOf(
  { env }: InitDeps,
  options: InitOptions,
  facts: WordpressFacts,
  service: PreparedService | undefined,
): Promise<Environment> {
  const { output, force, wordpressUrl, createDbAccount } = options;
  const file = resolve(
    output ?? service?.places.environmentFile ?? "domain-bridge.env",
  );
  await refuseInside(facts.root, file);
  if (service !== undefined) refuseOpenEnvironment(file, service.places);
  const joined = await joinEnvironment(
    file,
    facts.variables,
    // What is said on the command line wins over the file.
    force ? true : wordpressUrl === undefined ? [] : ["WORDPRESS_URL"],
  );
  if (createDbAccount === undefined) return joined;
  const name = createDbAccount === true ? ACCOUNT : createDbAccount;
  const account = accountToMake(joined, facts.variables, name);
  const { user, password } = account;
  const variables = {
    ...joined.variables,
    DB_USER: user,
    DB_PASSWORD: password,
  };
  readConfig({ ...env, ...variables });
  await createAccount(account, variables, facts.mappingTables, env["PATH"]);
  return { ...joined, variables };
}

/**
 * Refuses what this process can reach and a protected service cannot.
 *
 * @throws CliError
 */
function refuseUnreachable(
  { networks: [network] }: Config,
  { file, variables }: Environment,
  { isUser }: ServicePlaces,
): void {
  if (isUser || network === undefined) return;
  const address = parseDatabaseHost(network.database.host);
  if (
    "socketPath" in address &&
    (PRIVATE.test(address.socketPath) || isHidden(address.socketPath))
  ) {
    throw new CliError(
      `The database's socket ${address.socketPath} is in a folder that a protected service cannot see.`,
      `Put DB_HOST=127.0.0.1 (with the database's port) into ${file}, or move the socket to /run/mysqld.`,
    );
  }
  const ca = variables["DB_TLS_CA"];
  if (ca && !isOpenToService(ca)) {
    throw new CliError(
      `The service's account cannot read ${ca} (DB_TLS_CA).`,
      "A CA's certificate is no secret: put it where everybody may read it, such as /etc/ssl/certs.",
    );
  }
}

function sayWritten(
  isChanged: boolean,
  { file, kept }: Environment,
  output: Output,
): void {
  line(
    output,
    isChanged ? `Wrote ${file} (mode 600).` : `${file} is up to date already.`,
  );
  if (kept.length > 0) {
    line(
      output,
      `Note: WordPress has other values for ${kept.join(", ")}; those of the file stay (--force takes WordPress's).`,
      "yellow",
    );
  }
}

function sayHowToStart(
  { isBundle, script }: Self,
  { file }: Environment,
  output: Output,
): void {
  const called = isBundle ? `node ${script}` : "domain-bridge";
  line(output, `Start it: ${called} serve --environment ${file}`, "bold");
  line(
    output,
    "As a service: this command again with --install-systemd (as root) or --user, or --print-systemd to see the unit.",
    "dim",
  );
}

/** What a service of an account cannot do that one of the machine can. */
function sayLimits(output: Output): void {
  line(
    output,
    "Note: the service runs as your account, as the site's PHP does: whoever breaks into the site can read its secrets and change it. --install-systemd as root keeps them apart.",
    "yellow",
  );
}

function oddities(facts: WordpressFacts): string[] {
  const notes: string[] = [];
  if (facts.version !== "" && facts.version !== version) {
    notes.push(
      `the plugin is ${facts.version}, this sidecar ${version}; use the sidecar that is in the plugin's own folder.`,
    );
  }
  if (facts.network !== "default") {
    notes.push(
      `a filter names this network “${facts.network}”; that needs an entry of a NETWORKS_FILE, not this file.`,
    );
  }
  return notes;
}

/** What WordPress would register, so that the checks can use it before WordPress has; the file does not hold it. */
function withCredentials(
  config: Config,
  { credentials }: WordpressFacts,
): Config {
  const networks = config.networks.map((network) => ({
    ...network,
    credentials: {
      clientId: network.credentials.clientId ?? credentials.clientId,
      apiKey: network.credentials.apiKey ?? credentials.apiKey,
      appId: network.credentials.appId ?? credentials.appId,
    },
  }));
  return { ...config, networks };
}

async function refuseInside(root: string, file: string): Promise<void> {
  const folder = await realpath(dirname(file)).catch(() => {
    throw new CliError(
      `There is no folder ${dirname(file)}.`,
      "Pass --output with a file in a folder that exists.",
    );
  });
  const way = relative(await realpath(root), folder);
  if (way === "" || !/^(\.\.|\/)/.test(way)) {
    throw new CliError(
      `${file} would lie below WordPress, where the web server might give it away.`,
      "Pass --output with a file elsewhere, such as /etc/domain-bridge.env.",
    );
  }
}
