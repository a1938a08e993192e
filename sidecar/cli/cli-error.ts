/** A failure that is told in one line, with what to do in the next; the command exits with 1. */
export class CliError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy = "") {
    super(message);
    this.name = "CliError";
    this.remedy = remedy;
  }
}
