import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Put in by the bundler, as a bundle has no package.json beside it. */
declare const DOMAIN_BRIDGE_VERSION: string | undefined;

/** True where the whole sidecar is one file. */
export const isBundle = typeof DOMAIN_BRIDGE_VERSION === "string";

/** The version in package.json, which lies one folder above both `sidecar/` and `dist/`. */
export const version: string =
  typeof DOMAIN_BRIDGE_VERSION === "string"
    ? DOMAIN_BRIDGE_VERSION
    : (
        JSON.parse(
          readFileSync(join(__dirname, "..", "package.json"), "utf8"),
        ) as { version: string }
      ).version;
