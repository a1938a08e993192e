/** One thing that is wrong with the configuration; `text` names the rule and what was found, never a secret. */
export interface ConfigProblem {
  variable: string;
  text: string;
}

/** Carries every problem of the configuration at once, so that a person mends them in one go. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const count =
      problems.length === 1 ? "a problem" : `${problems.length} problems`;
    const lines = problems.map(
      ({ variable, text }) => `  ${variable}: ${text}`,
    );
    super([`The configuration has ${count}:`, ...lines].join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}
