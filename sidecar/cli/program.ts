import { Command, Option } from "commander";
import { type Clock, systemClock } from "../clock";
import { type Config, readConfig } from "../config/config";
import type { CheckReport } from "../contract/answers";
import { version } from "../version";
import { check } from "./check";
import { type Client, createClient } from "./client";
import { describeName } from "./describe";
import { readEnvFile, readEnvFileIfThere } from "./env-file";
import { history } from "./history";
import { type InitOptions, init } from "./init";
import type { Self } from "./init-systemd";
import { type Output, progress } from "./output";
import { plan } from "./plan";
import { status } from "./status";
import { sync } from "./sync";
import type { Transport } from "./transport";

export interface RunDeps {
  env: Readonly<Record<string, string | undefined>>;
  output: Output;
  transport: Transport;
  serve: (config: Config, reread: () => Config) => Promise<void>;
  checkOnce: (config: Config) => Promise<CheckReport>;
  /** Read where neither an option nor the environment names one; need not be there. */
  defaultEnvironment?: string;
  self: Self;
  clock?: Clock;
}

interface EnvironmentOptions {
  environment?: string;
  /** The name of 0.1: Node.js itself takes an option of that name out of the command line, wherever it stands. */
  envFile?: string;
}

interface ClientOptions extends EnvironmentOptions {
  network?: string;
  url?: string;
}

/** Asks the sidecar and shows what it answers; resolves with the exit code. */
type Handler<O> = (
  client: Client,
  output: Output,
  options: O,
  clock: Clock,
) => Promise<number>;

/** What the functions below add commands to. */
interface Context {
  program: Command;
  deps: RunDeps;
  exit: (code: number) => void;
}

/** The commands with their options and help; `exit` is told the exit code. */
export function createProgram(
  deps: RunDeps,
  exit: (code: number) => void,
): Command {
  const { output } = deps;
  const program = new Command("domain-bridge")
    .description(
      "Keeps a ServerPilot app's domains and certificate in step with the domain mappings of an Ultimate Multisite network.",
    )
    .version(version)
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .exitOverride()
    .showHelpAfterError("Try --help.")
    .addHelpText(
      "after",
      "\nAll commands but init read the sidecar's environment (SIDECAR_SECRET, DB_HOST, WORDPRESS_URL …; see the README),\nor the file named by --environment, or /etc/domain-bridge.env; a variable that is set wins over the file.\nWhere they are wrong, a command ends at once (exit 78: systemd does not start it again).\nTypical first steps: “domain-bridge init”, “domain-bridge serve”, then “domain-bridge plan”.",
    );
  const context = { program, deps, exit };
  addInit(context);
  addServe(context);
  addPlan(context);
  addSync(context);
  addStatus(context);
  addDescribe(context);
  addHistory(context);
  addCheck(context);
  return program;
}

function addInit({ program, deps, exit }: Context): void {
  addCommand(
    program,
    "init",
    "read a WordPress, write the environment file, check everything",
    [
      ["domain-bridge init --wordpress /srv/www", "domain-bridge.env, here"],
      [
        "sudo domain-bridge init --wordpress /srv/www --install-systemd",
        "and run it as a service",
      ],
      [
        "domain-bridge init --wordpress ~/apps/APP/public --user",
        "without root: a service of your own account",
      ],
    ],
  )
    .requiredOption("--wordpress <path>", "the folder with wp-load.php")
    .option("--output <file>", "the environment file")
    .option("--php <binary>", "the PHP that the site runs on")
    .option("--wordpress-url <address>", "reach WordPress at another address")
    .option(
      "--create-db-account [name]",
      "make a database account with just the rights it needs",
    )
    .option(
      "--force",
      "take WordPress's values where the environment file differs",
    )
    .option("--print-systemd", "print the unit of a systemd service")
    .option("--install-systemd", "install, enable and start the service")
    .option("--user", "a service of this account: install it without root")
    .action(async (options: InitOptions) => {
      exit(await init(deps, options));
    });
}

function addServe({ program, deps }: Context): void {
  const command = addCommand(program, "serve", "run the sidecar", [
    ["domain-bridge serve --environment domain-bridge.env", "until SIGTERM"],
    ["PORT=9000 domain-bridge serve", "on another port"],
  ]);
  withEnvironment(command).action((options: EnvironmentOptions) =>
    deps.serve(configOf(deps, options), () => configOf(deps, options)),
  );
}

function addPlan(context: Context): void {
  const command = addCommand(
    context.program,
    "plan",
    "show what would change, and change nothing (exit 0: nothing, 2: changes, 1: error)",
    [
      ["domain-bridge plan", "- removed, + added, ~ taken over, ! blocked"],
      ["domain-bridge plan --json", "the same for programs"],
    ],
  );
  asking(context, withJson(command), plan);
}

function addSync(context: Context): void {
  const command = addCommand(context.program, "sync", "start a pass now", [
    ["domain-bridge sync", "bring the app up to date"],
    ["domain-bridge sync --wait", "and see how it went"],
    ["domain-bridge sync --retry shop.example.com", "check it now"],
    ["domain-bridge sync --force --checksum 3f9c…", "approve a held plan"],
  ])
    .option("--checksum <checksum>", "only if the plan is still this one")
    .option("--force", "approve a held plan; needs --checksum")
    .option("--retry <name...>", "check these domains' certificates now")
    .option(
      "--wait",
      "until the pass has ended (exit 0: well, 2: held, 1: failed)",
    );
  asking(context, command, sync);
}

function addStatus(context: Context): void {
  const command = addCommand(
    context.program,
    "status",
    "show every domain and its state",
    [
      ["domain-bridge status", "what needs somebody comes first"],
      ["domain-bridge status --needs-action", "nothing else"],
      ["domain-bridge status --exit-code", "for monitoring"],
      ["domain-bridge status --json", "for programs"],
    ],
  )
    .option("--needs-action", "only domains that need somebody")
    .option(
      "--exit-code",
      "exit 2 where a domain, the app or the last pass needs somebody",
    );
  asking(context, withJson(command), status);
}

function addDescribe(context: Context): void {
  const command = addCommand(
    context.program,
    "describe",
    "show everything about one domain",
    [["domain-bridge describe shop.example.com", "why, DNS, tries, history"]],
  ).argument("<name>", "the domain");
  asking(context, withJson(command), describeName);
}

function addHistory(context: Context): void {
  const command = addCommand(
    context.program,
    "history",
    "show the passes that changed something or failed, newest first",
    [["domain-bridge history --limit 100", "at most 500"]],
  ).option("--limit <number>", "how many", "20");
  asking(context, withJson(command), history);
}

function addCheck(context: Context): void {
  const command = addCommand(
    context.program,
    "check",
    "try every connection and say what to correct (exit 1: something is)",
    [["domain-bridge check", ""]],
  );
  asking(context, withJson(command), check);
}

/** A command that takes no arguments but those it names, and shows examples in its help. */
function addCommand(
  program: Command,
  name: string,
  description: string,
  examples: readonly (readonly [string, string])[],
): Command {
  const width = Math.max(...examples.map(([example]) => example.length)) + 2;
  const lines = examples.map(([example, what]) =>
    `  ${example.padEnd(width)}${what}`.trimEnd(),
  );
  return program
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

function withJson(command: Command): Command {
  return command.option("--json", "print the whole answer as JSON");
}

function withEnvironment(command: Command): Command {
  return command
    .option("--environment <file>", "read the environment from this file")
    .addOption(new Option("--env-file <file>").hideHelp());
}

/** Makes a command one that asks the running sidecar. */
function asking<O extends object>(
  { deps, exit }: Context,
  command: Command,
  handler: Handler<O>,
): void {
  withEnvironment(command)
    .option("--network <id>", "which network, where there are several")
    .option("--url <address>", "the sidecar's address (default: HOST, PORT)")
    .action(async () => {
      const options = command.opts<O & ClientOptions>();
      const [name] = command.args;
      const clock = deps.clock ?? systemClock;
      const client = createClient(
        configOf(deps, options),
        options,
        waiting(deps.transport, deps.output),
        clock,
      );
      exit(await handler(client, deps.output, { ...options, name }, clock));
    });
}

function configOf(deps: RunDeps, options: EnvironmentOptions): Config {
  const { env, defaultEnvironment } = deps;
  const named = options.environment ?? options.envFile;
  if (named !== undefined)
    return readConfig({ ...readEnvFile(named), ...onlySet(env) });
  if (
    defaultEnvironment === undefined ||
    env["SIDECAR_SECRET"] ||
    env["NETWORKS_FILE"]
  )
    return readConfig(env);
  const found = readEnvFileIfThere(defaultEnvironment);
  return readConfig({ ...found, ...onlySet(env) });
}

/** An empty variable counts as not set. */
function onlySet(env: RunDeps["env"]): RunDeps["env"] {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

/** Says on a terminal that an answer is awaited. */
function waiting(transport: Transport, output: Output): Transport {
  return async (request) => {
    progress(output, "Asking the sidecar …");
    try {
      return await transport(request);
    } finally {
      progress(output, "");
    }
  };
}
