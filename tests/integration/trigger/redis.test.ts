import { itConforms } from "./conformance";
import { createRedisWorld, type RedisWorld } from "./redis-world";

describe("the trigger of sidecars that share a Redis", () => {
  let world: RedisWorld;
  beforeAll(async () => {
    world = await createRedisWorld();
  });
  afterAll(() => world.stop());

  itConforms(() => world.sidecar());
});
