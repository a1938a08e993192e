import { Command } from "commander";
import { systemClock, type Clock } from "../clock";
import { readConfig, type Config } from "../config";
import { version } from "../version";
import { check } from "./check";
import { createClient, type Client } from "./client";
import type { Output } from "./output";
import { plan } from "./plan";
import { status } from "./status";
import { sync } from "./sync";
import type { Transport } from "./transport";

export interface RunDeps {
  env: Readonly<Record<string, string | undefined>>;
  output: Output;
  transport: Transport;
  serve: (config: Config) => Promise<void>;
  clock?: Clock;
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
      "\nAll commands read the sidecar's environment (SIDECAR_SECRET, DB_HOST, WORDPRESS_URL …; see the README).\nTypical first steps: “domain-bridge check”, then “domain-bridge plan”.",
    );

  addCommand(program, "serve", "run the sidecar", [
    ["domain-bridge serve", "until it gets SIGTERM or SIGINT"],
    ["PORT=9000 domain-bridge serve", "on another port"],
  ]).action(() => deps.serve(readConfig(deps.env)));

  const client = <O extends object>(command: Command, handler: Handler<O>) =>
    command
      .option("--network <id>", "which network, where there are several")
      .option("--url <address>", "the sidecar's address (default: HOST, PORT)")
      .action(async (options: O & { network?: string; url?: string }) => {
        const config = readConfig(deps.env);
        const clock = deps.clock ?? systemClock;
        const made = createClient(config, options, deps.transport, clock);
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

/** A command that takes no arguments and shows examples in its help. */
function addCommand(
  program: Command,
  name: string,
  description: string,
  examples: readonly (readonly [string, string])[],
): Command {
  const lines = examples.map(([example, what]) =>
    `  ${example.padEnd(46)} ${what}`.trimEnd(),
  );
  return program
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
