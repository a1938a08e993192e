import type { Command } from "commander";
import { createProgram, type RunDeps } from "../sidecar/cli/program";

/** A program whose commands pages name. */
export interface Program {
  /** How a call of it begins. */
  name: string;
  /** Each command with its options (`--long`). */
  commands: ReadonlyMap<string, ReadonlySet<string>>;
  /** The exit codes that its help names. */
  exitCodes: ReadonlySet<string>;
}

/** Options of WP-CLI itself, which every command takes. */
const WP_CLI = ["--path", "--url", "--user", "--allow-root"];

/** The command `domain-bridge`, as its own help tells. */
export function sidecarProgram(): Program {
  const nothing = (): never => {
    throw new Error("no command is run here");
  };
  let help = "";
  const deps: RunDeps = {
    env: {},
    output: { out: (text) => (help += text), err: nothing, colour: false },
    transport: nothing,
    serve: nothing,
    checkOnce: nothing,
    self: { node: "", script: "", isBundle: false },
  };
  const program = createProgram(deps, nothing);
  for (const command of [program, ...program.commands]) command.outputHelp();
  const exits = [...help.matchAll(/\bexit[^)]*\)/g)].join(" ");
  return {
    name: "domain-bridge",
    commands: new Map(
      program.commands.map((command) => [command.name(), optionsOf(command)]),
    ),
    exitCodes: new Set(exits.match(/\b\d+\b/g)),
  };
}

function optionsOf({ options }: Command): ReadonlySet<string> {
  return new Set(["--help", ...options.flatMap(({ long }) => long ?? [])]);
}

/** The plugin's commands of WP-CLI: the methods that are described as such in `php`, the plugin's source. */
export function wpProgram(php: string): Program {
  const methods = php.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*public function (\w+)\(/g,
  );
  const commands = [...methods]
    .filter(([, words = ""]) => /^\s*\* ## (OPTIONS|EXAMPLES)/m.test(words))
    .map(([, words = "", method = ""]) => {
      const options = [...words.matchAll(/^\s*\* \[?(--[a-z][\w-]*)/gm)];
      return [
        /@subcommand ([\w-]+)/.exec(words)?.[1] ?? method,
        new Set([...WP_CLI, ...options.map(([, option = ""]) => option)]),
      ] as const;
    });
  return {
    name: "wp domain-bridge",
    commands: new Map(commands),
    exitCodes: new Set(),
  };
}

/** What a page names and no program has: commands, options and exit codes. */
export function unknownCommands(
  page: string,
  programs: readonly Program[],
): string[] {
  const call =
    /(?<![\w/.-])(wp )?domain-bridge(?:\.cjs)? ([a-z][\w-]*)([^|;&#\n]*)/g;
  const calls = codeOf(page).flatMap((code) => [...code.matchAll(call)]);
  const codes = new Set(programs.flatMap(({ exitCodes }) => [...exitCodes]));
  return [
    ...calls.flatMap(([, wp = "", name = "", rest = ""]) => {
      const called = `${wp}domain-bridge`;
      const program = programs.find((one) => one.name === called);
      const options = program?.commands.get(name);
      if (options === undefined) return [`there is no “${called} ${name}”`];
      return optionsIn(rest)
        .filter((option) => !options.has(option))
        .map((option) => `“${called} ${name}” has no option ${option}`);
    }),
    ...exitCodesIn(page)
      .filter((code) => !codes.has(code))
      .map((code) => `no command's help tells of the exit code ${code}`),
  ];
}

/**
 * What a page names and package.json does not have: `npm run` scripts, and options that the script's file does not know.
 * `read` gives a file of the checkout.
 */
export function unknownScripts(
  page: string,
  scripts: Readonly<Record<string, string>>,
  read: (path: string) => string,
): string[] {
  const lines = page.split("\n").filter((line) => line.includes("npm "));
  return lines.flatMap((line) => {
    const names = [
      ...line.matchAll(/\bnpm (?:(?:run )(?:-s )?([\w:]+)|(test)\b)/g),
    ];
    const unknown = names
      .map(([, name = "test"]) => name)
      .filter((name) => scripts[name] === undefined);
    const file = /[\w/-]+\.ts/.exec(
      scripts[names[0]?.[1] ?? "test"] ?? "",
    )?.[0];
    const options = [...line.matchAll(/(?:^|[ `])-- (--[^`|]*)/g)]
      .flatMap(([, given = ""]) => optionsIn(` ${given}`))
      .filter((option) => file !== undefined && !knows(read(file), option));
    return [
      ...unknown.map((name) => `there is no “npm run ${name}”`),
      ...options.map((option) => `${file ?? ""} knows no option ${option}`),
    ];
  });
}

function knows(source: string, option: string): boolean {
  return new RegExp(`\\b${option.slice(2)}\\b`).test(source);
}

function optionsIn(text: string): string[] {
  return [...text.matchAll(/(?<=\s)--[a-z][\w-]*/g)].map(([option]) => option);
}

/** The lines of a page's code blocks, continued lines as one, and its code in the text. */
function codeOf(page: string): string[] {
  const block = /^( *)(?:```|~~~)[^\n]*\n([\s\S]*?)^\1(?:```|~~~)/gm;
  const blocks = [...page.matchAll(block)].flatMap(([, , code = ""]) =>
    code.replace(/\\\n\s*/g, "").split("\n"),
  );
  const inline = [...page.replace(block, "").matchAll(/`([^`]+)`/g)];
  return [...blocks, ...inline.map(([, code = ""]) => code)];
}

/** Numbers in a sentence after “exit” (or its Malay words) that stand where a code would. */
function exitCodesIn(page: string): string[] {
  const sentences = page
    .replace(/(?<!\n)\n(?![\n|])/g, " ")
    .matchAll(/\b(?:exits?|exit codes?|kod keluar)\b[^.|\n]*/gi);
  const code =
    /(?<=\b(?:exits?|with|codes?|keluar|or|and|atau|dan) |, |`)\d{1,3}(?= (?:when|where|if|on|for|means|apabila|jika|bagi)|[`:,;)]|\s*$)/g;
  return [...sentences].flatMap(([sentence]) => [
    ...new Set([...sentence.matchAll(code)].map(([found]) => found)),
  ]);
}
