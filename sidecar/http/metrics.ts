import { createHash, timingSafeEqual } from "node:crypto";
import { Router, type Request } from "express";
import { methodNotAllowed, Refusal } from "./refusal";

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
