import { z } from "zod";
import { CliError } from "./cli-error";
import { configScript, wordpressScript } from "./init-scripts";
import { locateWordpress, ownerOf } from "./init-locate";
import { findPhp, runPhp } from "./init-php";

/** What a WordPress says about itself. */
export interface WordpressFacts {
  /** The folder of WordPress. */
  root: string;
  /** The sidecar's environment, secrets included. */
  variables: Record<string, string>;
  credentials: { clientId: string; apiKey: string; appId: string };
  /** The network's id at the sidecar. */
  network: string;
  /** The plugin's version; empty where it could not be asked. */
  version: string;
  /** What is odd, yet does not stand in the way. */
  notes: string[];
}

export interface WordpressOptions {
  wordpress: string;
  php?: string;
  /** Taken instead of the network's own address. */
  wordpressUrl?: string;
}

const common = z.object({
  done: z.boolean(),
  error: z.string(),
  warnings: z.array(z.string()),
  output: z.string(),
  php: z.string(),
});
const configAnswer = common.extend({
  // PHP's empty array is a JSON list.
  constants: z.preprocess(
    (value) => (Array.isArray(value) ? {} : value),
    z.record(z.string(), z.string()),
  ),
  prefix: z.string(),
});
const wordpressAnswer = common.extend({
  plugin: z.boolean().default(false),
  variables: z.record(z.string(), z.string()).optional(),
  credentials: z
    .object({ clientId: z.string(), apiKey: z.string(), appId: z.string() })
    .optional(),
  network: z.string().default("default"),
  version: z.string().default(""),
});

type ConfigAnswer = z.infer<typeof configAnswer>;
type WordpressAnswer = z.infer<typeof wordpressAnswer>;

const OTHER_PHP =
  "If the site runs on another PHP, name that one, say --php /opt/sp/php8.3/bin/php; else mend the file.";

/**
 * Reads wp-config.php through PHP, then loads WordPress and asks the plugin, which alone can open its secret. PHP is
 * looked for on the search path, folders with colons between.
 *
 * @throws CliError that says what to mend.
 */
export async function readWordpress(
  options: WordpressOptions,
  searchPath: string | undefined,
): Promise<WordpressFacts> {
  const { root, config, load } = locateWordpress(options.wordpress);
  const php = findPhp(options.php, searchPath);
  const account = ownerOf(root, config);
  const read = understood(
    configAnswer,
    await runPhp(php, configScript, [config, "localhost", "/"], account),
    php,
  );
  refuseUnusable(read, config);

  const { constants } = read;
  const address = options.wordpressUrl?.replace(/\/+$/, "");
  const host =
    constants["DOMAIN_CURRENT_SITE"] ??
    (address && URL.canParse(address) ? new URL(address).host : "localhost");
  const path = constants["PATH_CURRENT_SITE"] ?? "/";
  const loaded = understood(
    wordpressAnswer,
    await runPhp(php, wordpressScript, [load, host, path], account),
    php,
  );
  const notes = oddities(read, config);
  const variables =
    loaded.variables ?? fromConstants(read, loaded, address, notes);
  if (address) variables["WORDPRESS_URL"] = address;
  if (variables["SIDECAR_SECRET"] === "") {
    throw new CliError(
      "The plugin has no secret that can be read: it was not activated, or the salts in wp-config.php have changed since.",
      "Deactivate it and activate it again for the network, or define WU_SERVER_PILOT_SIDECAR_SECRET in wp-config.php.",
    );
  }
  return {
    root,
    variables,
    credentials: loaded.credentials ?? {
      clientId: constants["WU_SERVER_PILOT_CLIENT_ID"] ?? "",
      apiKey: constants["WU_SERVER_PILOT_API_KEY"] ?? "",
      appId: constants["WU_SERVER_PILOT_APP_ID"] ?? "",
    },
    network: loaded.network,
    version: loaded.version,
    notes,
  };
}

function understood<T>(
  schema: z.ZodType<T>,
  { answer, said }: { answer: string; said: string },
  php: string,
): T {
  try {
    return schema.parse(JSON.parse(answer));
  } catch {
    const words = said.trim().split("\n")[0] ?? "";
    throw new CliError(
      `${php} gave no answer${words ? `: ${words.slice(0, 200)}` : "."}`,
      OTHER_PHP,
    );
  }
}

function refuseUnusable(read: ConfigAnswer, file: string): void {
  const { done, error, output, php, constants, prefix } = read;
  if (!done) {
    const said = hidden(error || output, constants);
    const what = error
      ? "cannot be read"
      : "ends PHP before its end, so WordPress is never loaded";
    throw new CliError(
      `${file} ${what} (PHP ${php})${said ? `: ${said}` : "."}`,
      OTHER_PHP,
    );
  }
  const missing = ["DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD"].filter(
    (name) => constants[name] === undefined,
  );
  if (missing.length > 0 || prefix === "") {
    throw new CliError(
      `${file} does not set ${missing.join(", ") || "$table_prefix"}.`,
      "Where it asks for the request's host or environment, run this command with the same environment.",
    );
  }
  if (!["1", "true"].includes(constants["MULTISITE"] ?? "")) {
    throw new CliError(
      `${file} is that of a single site: MULTISITE is not set to true.`,
      "Domain Bridge works for a WordPress network (multisite) with Ultimate Multisite.",
    );
  }
}

/** Without the plugin: only where wp-config.php has the secret and the network's name. */
function fromConstants(
  { constants, prefix }: ConfigAnswer,
  loaded: WordpressAnswer,
  address: string | undefined,
  notes: string[],
): Record<string, string> {
  const why = loaded.done
    ? "The plugin is not active"
    : `WordPress could not be loaded (${hidden(loaded.error || loaded.output, constants) || "it ended without a word"})`;
  const secret = constants["WU_SERVER_PILOT_SIDECAR_SECRET"]?.trim();
  const name = constants["DOMAIN_CURRENT_SITE"];
  if (!secret || (!address && !name)) {
    throw new CliError(
      `${why}, so its secret cannot be asked for.`,
      loaded.done
        ? "Activate Domain Bridge for ServerPilot under Network Admin → Plugins, then run this command again."
        : "See that the site works, and that --php is the PHP that it runs on; then run this command again.",
    );
  }
  notes.push(`${why}; all values are from wp-config.php.`);
  const url = constants["WU_SERVER_PILOT_SIDECAR_URL"] ?? "";
  return {
    HOST: "127.0.0.1",
    PORT: (URL.canParse(url) && new URL(url).port) || "8787",
    SIDECAR_SECRET: secret,
    DB_HOST: constants["DB_HOST"] ?? "",
    DB_NAME: constants["DB_NAME"] ?? "",
    DB_USER: constants["DB_USER"] ?? "",
    DB_PASSWORD: constants["DB_PASSWORD"] ?? "",
    TABLE_PREFIX: prefix,
    WORDPRESS_URL:
      address ??
      `https://${name ?? ""}${constants["PATH_CURRENT_SITE"] ?? "/"}`.replace(
        /\/+$/,
        "",
      ),
  };
}

function oddities(read: ConfigAnswer, file: string): string[] {
  const { warnings, output, constants } = read;
  const notes = warnings
    .slice(0, 5)
    .map((text) => `${file} warns: ${hidden(text, constants)}`);
  if (output !== "") {
    notes.push(
      `${file} prints text: nothing may stand before “<?php” or be echoed, or pages and feeds break.`,
    );
  }
  return notes;
}

/** One line at most, without the values of secrets. */
function hidden(
  text: string,
  constants: Readonly<Record<string, string>>,
): string {
  let shown = text.replace(/\s+/g, " ").slice(0, 300);
  for (const [name, value] of Object.entries(constants)) {
    if (/PASSWORD|KEY|SECRET/.test(name) && value !== "")
      shown = shown.replaceAll(value, "…");
  }
  return shown;
}
