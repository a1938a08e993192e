import type { Config, NetworkConfig } from "../config";

/** What the logger must never write of the process's own settings. */
export function secretsOfProcess({
  metricsToken,
  redisUrl,
}: Pick<Config, "metricsToken" | "redisUrl">): string[] {
  const password = redisUrl === undefined ? "" : new URL(redisUrl).password;
  return given(metricsToken, password, decoded(password));
}

/** What the logger must never write of a network. */
export function secretsOfNetwork({
  secrets,
  database,
  credentials,
}: Pick<NetworkConfig, "secrets" | "database" | "credentials">): string[] {
  const { clientId, apiKey } = credentials;
  return given(...secrets, database.password, clientId, apiKey);
}

function given(...values: (string | undefined)[]): string[] {
  return values.filter(
    (value) => value !== undefined && value !== "",
  ) as string[];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
