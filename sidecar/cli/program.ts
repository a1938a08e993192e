import { Command } from "commander";
import { type Clock, systemClock } from "../clock";
import { type Config, readConfig } from "../config/config";
import type { CheckReport } from "../contract/answers";
import { version } from "../version";
import { check } from "./check";
import { type Client, createClient } from "./client";
import { addCommand } from "./command";
import { readEnvFile } from "./env-file";
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
  self: Self;
  clock?: Clock;
}

interface ClientOptions {
  network?: string;
  url?: string;
  envFile?: string;
}

type Handler<O> = (
  client: Client,
  output: Output,
  options: O,
) => Promise<number>;

/** The commands with their options and help; `exit` is told the exit code. */
export function createProgram(
  deps: RunDeps,
  exit: (code: number) => void,
): Command {
  const { output } = deps;
  const config = ({ envFile }: { envFile?: string }): Config =>
    readConfig(
      envFile === undefined
        ? deps.env
        : { ...readEnvFile(envFile), ...onlySet(deps.env) },
    );
  const envFile = [
    "--env-file <file>",
    "read the environment from this file",
  ] as const;
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
      "\nAll commands but init read the sidecar's environment (SIDECAR_SECRET, DB_HOST, WORDPRESS_URL …; see the README),\nor the file named by --env-file; a variable that is set wins over the file.\nWhere they are wrong, a command ends at once (exit 78: systemd does not start it again).\nTypical first steps: “domain-bridge init”, “domain-bridge serve”, then “domain-bridge plan”.",
    );

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

  addCommand(program, "serve", "run the sidecar", [
    ["domain-bridge serve --env-file domain-bridge.env", "until SIGTERM"],
    ["PORT=9000 domain-bridge serve", "on another port"],
  ])
    .option(...envFile)
    .action((options: { envFile?: string }) =>
      deps.serve(config(options), () => config(options)),
    );

  const client = <O extends object>(command: Command, handler: Handler<O>) =>
    command
      .option("--network <id>", "which network, where there are several")
      .option("--url <address>", "the sidecar's address (default: HOST, PORT)")
      .option(...envFile)
      .action(async (options: O & ClientOptions) => {
        const clock = deps.clock ?? systemClock;
        const made = createClient(
          config(options),
          options,
          waiting(deps.transport, output),
          clock,
        );
        exit(await handler(made, output, options));
      });

  client(
    addCommand(
      program,
      "plan",
      "show what would change, and change nothing (exit 0: nothing, 2: changes, 1: error)",
      [
        ["domain-bridge plan", "- removed, + added, ~ taken over, ! blocked"],
        ["domain-bridge plan --json", "the same for programs"],
      ],
    ).option("--json", "print the whole answer as JSON"),
    plan,
  );
  client(
    addCommand(program, "sync", "start a pass now", [
      ["domain-bridge sync", "bring the app up to date"],
      ["domain-bridge sync --retry shop.example.com", "look at it now"],
      ["domain-bridge sync --force --checksum 3f9c…", "approve a held plan"],
    ])
      .option("--checksum <checksum>", "only if the plan is still this one")
      .option("--force", "approve a held plan; needs --checksum")
      .option("--retry <name...>", "look at these domains' certificates now"),
    sync,
  );
  client(
    addCommand(program, "status", "show every domain and its state", [
      ["domain-bridge status", ""],
      ["domain-bridge status --json", "for programs"],
    ]).option("--json", "print the whole answer as JSON"),
    status,
  );
  client(
    addCommand(
      program,
      "check",
      "try every connection and say what to mend (exit 1: something is to mend)",
      [["domain-bridge check", ""]],
    ).option("--json", "print the whole answer as JSON"),
    check,
  );
  return program;
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
