/** What `sysexits.h` calls a configuration error: the service manager does not start it again (RestartPreventExitStatus). */
export const EXIT_CONFIG = 78;

/** A failure that is told in one line, with what to do in the next; the command exits with 1, or the given code. */
export class CliError extends Error {
  readonly remedy: string;
  readonly exitCode: number;

  constructor(message: string, remedy = "", exitCode = 1) {
    super(message);
    this.name = "CliError";
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}
