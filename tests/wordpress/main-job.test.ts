import { mainJob, runPart, startMainJob } from "../stack/demo/main-job";
import type { Scene } from "../stack/demo/scene";

let scene: Scene;
let broken: string[] = [];

beforeAll(async () => {
  scene = await startMainJob(({ ok, expected, seen }) => {
    if (!ok) broken.push(`expected ${expected}; seen: ${seen}`);
  });
});
beforeEach(() => {
  broken = [];
});
afterAll(() => scene.stack.stop());

// The parts build on each other, as in `npm run demo -- --check`.
test.each(mainJob)("$title", async (part) => {
  await runPart(scene, part);
  expect(broken).toEqual([]);
});
