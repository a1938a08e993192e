import { mainJob, runPart, startMainJob } from "./main-job";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * Does the main job without a person, each line naming what was expected and what was seen.
 *
 * @returns the number of expectations that did not hold.
 */
export async function checkDemo(): Promise<number> {
  let passed = 0;
  let failed = 0;
  const scene = await startMainJob(({ ok, expected, seen }) => {
    if (ok) passed += 1;
    else failed += 1;
    say(`  ${ok ? "ok    " : "FAILED"} expected ${expected}; seen: ${seen}`);
  }, say);
  try {
    for (const part of mainJob) {
      say(part.title);
      await runPart(scene, part).catch((error: unknown) => {
        scene.tell(false, `“${part.title}” to run through`, String(error));
      });
    }
  } finally {
    await scene.stack.stop();
  }
  say(`${passed} passed, ${failed} failed`);
  return failed;
}
