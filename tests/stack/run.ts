import { execFile } from "node:child_process";

/** What a finished command printed. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ended with another exit code than 0; its output is in the message. */
export class CommandFailed extends Error {
  readonly output: string;

  constructor(command: string, output: string) {
    super(`${command} failed: ${output.trim().slice(-2000)}`);
    this.name = "CommandFailed";
    this.output = output;
  }
}

/**
 * Runs a command to its end without a shell.
 *
 * @throws CommandFailed where it cannot be started or does not exit with 0.
 */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const options = {
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1024 * 1024,
    };
    execFile(command, [...args], options, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ stdout, stderr });
      } else {
        reject(
          new CommandFailed(
            command,
            `${stdout}\n${stderr === "" ? error.message : stderr}`,
          ),
        );
      }
    });
  });
}
