import { findCanaries } from "./canaries";
import { soak } from "./soak";
import { World } from "./world";

/** The soak in the size that every change can wait for; `npm run test:faults -- --seeds 20` is the long one. */
const SEED = Number(process.env["SEED"] ?? 11);
const STEPS = Number(process.env["STEPS"] ?? 30);

let world: World;

beforeAll(async () => {
  world = await World.start();
}, 180_000);

afterAll(() => world.stop());

test.each([SEED, SEED + 1])(
  "whatever fails meanwhile, the app comes to be exactly the plan, nothing foreign is touched and no secret shows: seed %i",
  async (seed) => {
    const { firstFailure, violations, writesChecked } = await soak(world, {
      seed,
      steps: STEPS,
    });
    expect({ firstFailure, violations }).toEqual({
      firstFailure: null,
      violations: [],
    });
    expect(writesChecked).toBeGreaterThan(0);
    expect(await findCanaries(world)).toEqual([]);
  },
  300_000,
);
