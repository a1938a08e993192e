import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CliError } from "./cli-error";
import type { PhpAccount } from "./init-php";

export interface WordpressPlaces {
  /** The folder of WordPress. */
  root: string;
  /** wp-config.php */
  config: string;
  /** wp-load.php */
  load: string;
}

/**
 * Finds a WordPress's files; it also takes a wp-config.php one folder above, if that is not another WordPress's.
 *
 * @throws CliError when it is none.
 */
export function locateWordpress(given: string): WordpressPlaces {
  const path = resolve(given);
  const root = basename(path) === "wp-config.php" ? dirname(path) : path;
  const above = dirname(root);
  const config = [
    join(root, "wp-config.php"),
    ...(existsSync(join(above, "wp-settings.php"))
      ? []
      : [join(above, "wp-config.php")]),
  ].find((file) => existsSync(file));
  const load = join(root, "wp-load.php");
  if (config === undefined || !existsSync(load)) {
    throw new CliError(
      `${root} is no WordPress: there is no ${config === undefined ? "wp-config.php" : "wp-load.php"}.`,
      "Say --wordpress with the folder that holds wp-load.php.",
    );
  }
  return { root, config, load };
}

/** As root, the site's code runs under the site's account: its plugins must not become root by this. */
export function ownerOf(root: string, config: string): PhpAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const content = join(root, "wp-content");
  return [config, existsSync(content) ? content : root]
    .map((path) => statSync(path))
    .map(({ uid, gid }) => ({ uid, gid }))
    .find(({ uid }) => uid !== 0);
}
