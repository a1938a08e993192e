import { createLimits } from "../../sidecar/http/limits";

describe("the limit of requests", () => {
  test("is each network's own where it has one, else the same for all", async () => {
    const limits = createLimits({ requestsPerNetwork: 2 });
    const small = { id: "small", requestsPerMinute: 1 };
    const usual = { id: "usual" };
    await limits.admit(small);
    await expect(limits.admit(small)).rejects.toMatchObject({ status: 429 });
    await limits.admit(usual);
    await limits.admit(usual);
    await expect(limits.admit(usual)).rejects.toMatchObject({ status: 429 });
    await limits.admit({ id: "large", requestsPerMinute: 1000 });
  });
});
