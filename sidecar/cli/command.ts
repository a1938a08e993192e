import type { Command } from "commander";

/** A command that takes no arguments and shows examples in its help. */
export function addCommand(
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
