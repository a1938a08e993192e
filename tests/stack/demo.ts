import { checkDemo } from "./demo/check";
import { liveDemo } from "./demo/live";
import { MissingPart } from "./missing-part";

/** `npm run demo`: everything on this machine; with `-- --check` without a person. */
async function main(): Promise<void> {
  if (process.argv.includes("--check"))
    process.exitCode = (await checkDemo()) === 0 ? 0 : 1;
  else await liveDemo();
}

main().catch((error: unknown) => {
  const text =
    error instanceof MissingPart
      ? error.message
      : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
