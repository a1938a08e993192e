import type { MariaDb } from "./mariadb";
import type { Constants } from "./wordpress-files";

/** What stands in for Ultimate Multisite: with registry, before it, its wizard not finished, or nothing. */
export type UmMode = "registry" | "legacy" | "unfinished" | "none";

/** How a WordPress is started. */
export interface WordpressOptions {
  readonly mariadb: MariaDb;
  readonly dir: string;
  /** Default `registry`. */
  readonly um?: UmMode;
  /** Whether our plugin is active; default false. */
  readonly plugin?: boolean;
  /** Whether UM's ServerPilot integration is enabled; default true. */
  readonly integration?: boolean;
  readonly constants?: Constants;
  /** Default `wordpress`; another one for a second network. */
  readonly database?: string;
  /** Default `wp_`. */
  readonly prefix?: string;
  readonly port?: number;
}
