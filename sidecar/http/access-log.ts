import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";
import type { Clock } from "../clock";
import type { Logger } from "../logger";

const CORRELATION_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Longer paths are nobody's but a scanner's. */
const LONGEST_PATH = 200;

/** The id that joins the log lines of both sides for one request. */
export function correlationIdOf(response: Response): string {
  return String(response.getHeader("x-correlation-id"));
}

/** Takes or makes the correlation id and writes one line when the answer is out; health checks only at debug level. */
export function accessLog(clock: Clock, logger: Logger): RequestHandler {
  return (request, response, next) => {
    const started = clock.now();
    const given = request.get("x-correlation-id") ?? "";
    const correlationId = CORRELATION_ID.test(given) ? given : randomUUID();
    response.set("x-correlation-id", correlationId);
    response.on("close", () => {
      const path = request.originalUrl.split("?", 1)[0] ?? "";
      const level =
        response.statusCode >= 500
          ? "warn"
          : path.startsWith("/v1/")
            ? "info"
            : "debug";
      logger[level]("request answered", {
        method: request.method,
        path: path.slice(0, LONGEST_PATH),
        status: response.statusCode,
        reason: response.locals["reason"] as unknown,
        ms: clock.now() - started,
        remote: request.socket.remoteAddress,
        correlationId,
        ...(response.writableFinished ? {} : { aborted: true }),
      });
    });
    next();
  };
}
