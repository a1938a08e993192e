import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { PrivateSuite } from "./apt";
import { cacheDir } from "./places";

/** Where PHP_CodeSniffer is unpacked on machines that have none installed. */
export const codeSnifferDir = join(cacheDir, "php-codesniffer-3");

/** Debian 13 has no package of it. Debian 12's is PHP source alone and runs on the newer PHP as well. */
export async function fetchCodeSniffer(): Promise<void> {
  const work = join(cacheDir, `code-sniffer-${String(process.pid)}`);
  try {
    const debian = await PrivateSuite.open("bookworm", join(work, "apt"));
    await debian.unpack(["php-codesniffer"], join(work, "root"));
    await rm(codeSnifferDir, { recursive: true, force: true });
    await rename(join(work, "root"), codeSnifferDir);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The downloaded program as arguments of `php`. */
export function codeSnifferArguments(): string[] {
  return [
    "-d",
    `include_path=${join(codeSnifferDir, "usr/share/php")}`,
    // It is older than PHP 8.4, which has words about its way of writing.
    "-d",
    "error_reporting=8191",
    join(codeSnifferDir, "usr/bin/phpcs"),
  ];
}
