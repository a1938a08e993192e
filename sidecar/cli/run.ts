import { CommanderError } from "commander";
import { ConfigError } from "../config/config";
import { isKnownError } from "../errors";
import { CliError, EXIT_CONFIG } from "./cli-error";
import { json } from "./output";
import { createProgram, type RunDeps } from "./program";

/** Runs one command line and resolves with the exit code. */
export async function run(
  args: readonly string[],
  deps: RunDeps,
): Promise<number> {
  let code = 0;
  const program = createProgram(deps, (exit) => (code = exit));
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    // Commander has written its own errors, and help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode;
    if (error instanceof CliError) {
      const { message, remedy, exitCode } = error;
      // Who asked for JSON reads JSON.
      if (args.includes("--json"))
        json(deps.output, { error: { message, remedy } });
      else deps.output.err(`${message}\n${remedy && `${remedy}\n`}`);
      return exitCode;
    }
    if (isInUse(error)) {
      deps.output.err(
        `Port ${error.port} of ${error.address} is taken by another program, perhaps by a sidecar that runs already.\n` +
          "Stop that one, or set another PORT (and WU_SERVER_PILOT_SIDECAR_URL in wp-config.php).\n",
      );
      return 1;
    }
    if (isTold(error)) {
      deps.output.err(`${error.message}\n`);
      return error instanceof ConfigError ? EXIT_CONFIG : 1;
    }
    throw error;
  }
}

function isInUse(
  error: unknown,
): error is Error & { port: number; address: string } {
  return (
    error instanceof Error && "code" in error && error.code === "EADDRINUSE"
  );
}

/** True for errors whose words are for people (an address that is not this machine's among them); anything else is a bug and shows its stack. */
function isTold(error: unknown): error is Error {
  return (
    error instanceof ConfigError ||
    isKnownError(error) ||
    (error instanceof Error && "syscall" in error)
  );
}
