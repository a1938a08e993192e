import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version in package.json, which lies one folder above both `sidecar/` and `dist/`. */
export const version: string = (
  JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as {
    version: string;
  }
).version;
