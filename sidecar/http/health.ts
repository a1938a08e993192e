import { Router } from "express";
import type { Clock } from "../clock";
import { methodNotAllowed } from "./refusal";

export interface Readiness {
  ok: boolean;
  /** What is shown to whoever asks, without a signature: nothing that helps an attacker. */
  detail: unknown;
}

/** Anyone may ask, so the databases are asked at most this often, in milliseconds. */
const READY_FOR_MS = 1000;

/** `/livez`: the process answers. `/readyz`: it can do its work and is not stopping. */
export function healthRouter({
  clock,
  ready,
  stopping,
}: {
  clock: Clock;
  ready: () => Promise<Readiness>;
  stopping: () => boolean;
}): Router {
  let last: { at: number; answer: Promise<Readiness> } | undefined;
  const readiness = (): Promise<Readiness> => {
    const now = clock.now();
    if (!last || Math.abs(now - last.at) >= READY_FOR_MS) {
      last = { at: now, answer: ready() };
    }
    return last.answer;
  };

  const router = Router();
  router.get("/livez", (_request, response) => {
    response.json({ ok: true });
  });
  router.get("/readyz", async (_request, response) => {
    const { ok, detail } = stopping()
      ? { ok: false, detail: "stopping" }
      : await readiness();
    response.status(ok ? 200 : 503).json({ ok, detail });
  });
  router.all(["/livez", "/readyz"], ({ method }) => {
    throw methodNotAllowed(method, "GET, HEAD");
  });
  return router;
}
