import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again every 25 ms until the answer is neither null nor false.
 *
 * @throws Error that names what was waited for, after `seconds`.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false> | T | null | false,
  seconds = 15,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > end)
      throw new Error(`waited ${seconds} s in vain for ${what}`);
    await delay(25);
  }
}
