import { createLimit } from "../../sidecar/concurrency";

describe("a limit", () => {
  it("runs as many pieces of work as allowed, in order, and goes on after one that failed", async () => {
    const limit = createLimit(2);
    const finish: (() => void)[] = [];
    let most = 0;
    let running = 0;
    const started: number[] = [];
    const work = Array.from({ length: 5 }, (_, n) =>
      limit(async () => {
        started.push(n);
        most = Math.max(most, (running += 1));
        await new Promise<void>((resolve) => finish.push(resolve));
        running -= 1;
        if (n === 1) throw new Error("one");
      }),
    );
    const settled = Promise.allSettled(work);
    while (started.length < 5 || finish.length > 0) {
      finish.shift()?.();
      await Promise.resolve();
    }
    expect((await settled).map(({ status }) => status)).toEqual([
      ...["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"],
    ]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });
});
