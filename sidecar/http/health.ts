import { createHash, timingSafeEqual } from "node:crypto";
import { type Request, Router } from "express";
import type { Clock } from "../clock";
import { Refusal, methodNotAllowed } from "./problems";

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

export interface MetricsPage {
  page(): Promise<string>;
  readonly contentType: string;
}

/** `/metrics`, for whoever has the token; without one, for this machine alone: the page tells how many names there are. */
export function metricsRouter(
  metrics: MetricsPage,
  token: string | undefined,
): Router {
  const router = Router();
  router.get("/metrics", async (request, response) => {
    if (token !== undefined) refuseWithoutToken(request, token);
    else refuseOthers(request);
    const page = await metrics.page();
    response.set("content-type", metrics.contentType).send(page);
  });
  router.all("/metrics", ({ method }) => {
    throw methodNotAllowed(method, "GET, HEAD");
  });
  return router;
}

function refuseWithoutToken(request: Request, token: string): void {
  const [, given = ""] =
    /^Bearer +(\S+)$/i.exec(request.get("authorization") ?? "") ?? [];
  const hash = (text: string): Buffer =>
    createHash("sha256").update(text).digest();
  // Hashes have one length, so that the comparison tells nothing of the token's.
  if (timingSafeEqual(hash(given), hash(token))) return;
  const headers = { "www-authenticate": "Bearer" };
  throw new Refusal(401, "metrics-token-wrong", {}, headers);
}

/** What a proxy on this machine passes on comes from somewhere else. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-real-ip"];

function refuseOthers(request: Request): void {
  const address = request.socket.remoteAddress ?? "";
  const isLocal = /^(::ffff:)?127\.|^::1$/.test(address);
  const isForwarded = FORWARDED.some((name) => request.headers[name]);
  if (!isLocal || isForwarded) throw new Refusal(403, "metrics-forbidden");
}

interface Reachable {
  /** @throws where its database does not answer. */
  touchDatabase(): Promise<void>;
}

/** How long the databases may take in all, in milliseconds. */
const PATIENCE_MS = 3000;

/** How long one question may go unanswered before more databases are asked, in milliseconds. */
const WAVE_MS = 250;

/**
 * Ready when the database of at least one network answers. The one that answered last is asked first, and then twice as
 * many each time, so that neither a fleet's databases are all asked at once nor do many that hang keep it waiting.
 */
export function createReadiness(
  networks: () => readonly Reachable[],
  clock: Clock,
): () => Promise<Readiness> {
  let last: Reachable | undefined;
  const ask = async (network: Reachable): Promise<void> => {
    await network.touchDatabase();
    last = network;
  };
  return async () => {
    const others = networks().filter((network) => network !== last);
    const all = last && others.length < networks().length ? [last] : [];
    all.push(...others);
    const giveUpAt = clock.now() + PATIENCE_MS;
    const answers: Promise<void>[] = [];
    let ok = false;
    for (let size = 1; !ok && answers.length < all.length; size *= 2) {
      const from = answers.length;
      answers.push(...all.slice(from, from + size).map(ask));
      const isLast = answers.length === all.length;
      ok = await anyAnswers(
        answers,
        isLast ? giveUpAt - clock.now() : WAVE_MS,
        clock,
      );
    }
    return { ok, detail: ok ? "ready" : "no network's database answers" };
  };
}

async function anyAnswers(
  answers: readonly Promise<void>[],
  ms: number,
  clock: Clock,
): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => {
      resolve(false);
    });
    const end = (ok: boolean) => () => {
      cancel();
      resolve(ok);
    };
    Promise.any(answers).then(end(true), end(false));
  });
}
