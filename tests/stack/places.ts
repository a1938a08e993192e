import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout. */
export const projectDir = resolve(__dirname, "../..");

/** The PHP files of the stack. */
export const stackPhpDir = join(__dirname, "php");

/** What is costly to make and the same for every stack: WordPress's files, data folders to copy. */
export const cacheDir = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "domain-bridge-stack",
);
