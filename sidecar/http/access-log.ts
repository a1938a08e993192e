import { randomUUID } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import type { Clock } from "../clock";
import type { Logger } from "../logger";

const CORRELATION_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Longer paths are nobody's but a scanner's. */
const LONGEST_PATH = 200;

/** The id that joins the log lines of both sides for one request. */
export function correlationIdOf(response: Response): string {
  return String(response.getHeader("x-correlation-id"));
}

/** An answered request in the words of the metrics: `route` is the address's pattern. */
export interface Answered {
  method: string;
  route: string;
  status: number;
  ms: number;
}

/**
 * Takes or makes the correlation id, sets the headers of every answer, and writes one line when the answer is out;
 * health checks only at debug level.
 */
export function accessLog(
  clock: Clock,
  logger: Logger,
  onAnswer: (answered: Answered) => void,
): RequestHandler {
  return (request, response, next) => {
    const started = clock.now();
    const given = request.get("x-correlation-id") ?? "";
    const correlationId = CORRELATION_ID.test(given) ? given : randomUUID();
    response.setHeader("x-correlation-id", correlationId);
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");
    response.on("close", () => {
      const path = request.originalUrl.split("?", 1)[0] ?? "";
      const level =
        response.statusCode >= 500
          ? "warn"
          : path.startsWith("/v1/")
            ? "info"
            : "debug";
      const method = request.method;
      const status = response.statusCode;
      const ms = clock.now() - started;
      onAnswer({ method, route: routeOf(request), status, ms });
      logger[level]("request answered", {
        method,
        path: path.slice(0, LONGEST_PATH),
        status,
        reason: response.locals["reason"] as unknown,
        ms,
        remote: request.socket.remoteAddress,
        correlationId,
        ...(response.writableFinished ? {} : { aborted: true }),
      });
    });
    next();
  };
}

/** The pattern of the address, which has no hostname and no id in it; addresses that there are not are all one. */
function routeOf(request: Request): string {
  const route = request.route as { path?: unknown } | undefined;
  return typeof route?.path === "string" ? route.path : "unknown";
}
