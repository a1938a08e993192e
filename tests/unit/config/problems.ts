import { ConfigError, readConfig } from "../../../sidecar/config/config";

export const secret = "0123456789abcdef0123456789abcdef";

/** What is wrong with this environment. */
export function problemsOf(
  env: Record<string, string | undefined>,
): ConfigError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The configuration was taken.");
}
