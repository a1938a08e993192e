import { realpath } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { type Config, readConfig } from "../config";
import type { CheckReport } from "../contract/answers";
import { version } from "../version";
import { showChecks } from "./check";
import { CliError } from "./cli-error";
import { writeEnvFile } from "./init-env";
import {
  type Self,
  UNIT,
  commandOf,
  installSystemd,
  systemdUnit,
} from "./init-systemd";
import { type WordpressFacts, readWordpress } from "./init-wordpress";
import { type Output, line, progress } from "./output";

export interface InitOptions {
  wordpress: string;
  output?: string;
  php?: string;
  wordpressUrl?: string;
  force?: boolean;
  printSystemd?: boolean;
  installSystemd?: boolean;
}

export interface InitDeps {
  env: Readonly<Record<string, string | undefined>>;
  output: Output;
  self: Self;
  checkOnce: (config: Config) => Promise<CheckReport>;
}

/** Where a service's environment file goes. */
const SERVICE_FILE = "/etc/domain-bridge.env";

/**
 * Reads a WordPress, writes the sidecar's environment file, checks every connection, and prints or installs the unit.
 * Gives 1 when something is to mend.
 *
 * @throws CliError when WordPress cannot be read or the file cannot be written.
 */
export async function init(
  deps: InitDeps,
  options: InitOptions,
): Promise<number> {
  if (options.installSystemd && process.getuid?.() !== 0) {
    throw new CliError(
      "Only root can install a service.",
      "Run the same command with sudo, or with --print-systemd.",
    );
  }
  // With --print-systemd stdout is the unit's alone, so that it can go into a file.
  const output = options.printSystemd
    ? { ...deps.output, out: deps.output.err }
    : deps.output;
  progress(output, "Reading WordPress …");
  const facts = await readWordpress(options, deps.env["PATH"]);
  progress(output, "");
  for (const note of facts.notes) line(output, `Note: ${note}`, "yellow");
  sayOddities(facts, output);

  const file = resolve(
    options.output ??
      (options.installSystemd ? SERVICE_FILE : "domain-bridge.env"),
  );
  await refuseInside(facts.root, file);
  const written = await writeEnvFile(
    file,
    facts.variables,
    options.force ?? false,
  );
  line(
    output,
    written.changed
      ? `Wrote ${file} (mode 600).`
      : `${file} is up to date already.`,
  );

  progress(output, "Checking …");
  const config = readConfig({ ...written.variables, ...deps.env });
  const report = await deps.checkOnce(withCredentials(config, facts));
  progress(output, "");
  showChecks(output, report.checks);

  await offerService(deps, options, output, file);
  return report.ok ? 0 : 1;
}

async function offerService(
  { self, output: { out } }: InitDeps,
  options: InitOptions,
  output: Output,
  file: string,
): Promise<void> {
  if (options.printSystemd) {
    out(systemdUnit(await commandOf(self), file));
  } else if (options.installSystemd) {
    const command = await installSystemd(self, file);
    line(output, `Installed and started ${UNIT}: ${command.join(" ")} serve`);
  } else {
    const called = self.isBundle ? `node ${self.script}` : "domain-bridge";
    line(output, `Start it: ${called} serve --env-file ${file}`, "bold");
    line(
      output,
      "As a service: this command again with --install-systemd, or --print-systemd to see the unit.",
      "dim",
    );
  }
}

function sayOddities(facts: WordpressFacts, output: Output): void {
  if (facts.version !== "" && facts.version !== version) {
    line(
      output,
      `Note: the plugin is ${facts.version}, this sidecar ${version}; use the sidecar that is in the plugin's own folder.`,
      "yellow",
    );
  }
  if (facts.network !== "default") {
    line(
      output,
      `Note: a filter names this network “${facts.network}”; that needs an entry of a NETWORKS_FILE, not this file.`,
      "yellow",
    );
  }
}

/** What WordPress would register, so that the checks can use it before WordPress has; the file does not hold it. */
function withCredentials(config: Config, { credentials }: WordpressFacts) {
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
      "Say --output with a file in a folder that exists.",
    );
  });
  const way = relative(await realpath(root), folder);
  if (way === "" || !/^(\.\.|\/)/.test(way)) {
    throw new CliError(
      `${file} would lie below WordPress, where the web server might give it away.`,
      "Say --output with a file elsewhere, such as /etc/domain-bridge.env.",
    );
  }
}
