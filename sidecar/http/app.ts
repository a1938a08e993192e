import { randomUUID } from "node:crypto";
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import type { Clock } from "../clock";
import type { Logger } from "../log/logger";
import {
  type MetricsPage,
  type Readiness,
  healthRouter,
  metricsRouter,
} from "./health";
import { type Limits, createLimits } from "./limits";
import { documentRouter } from "./openapi";
import { Refusal, methodNotAllowed, problemOf, refusalOf } from "./problems";
import { type Route, networkRoutes } from "./routes";
import { type Networks, climb, createReplayMemory } from "./verification";

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
      // 401 and 409: the client is set up for another sidecar than this one, until a person corrects it.
      const isWrong =
        response.statusCode >= 500 || [401, 409].includes(response.statusCode);
      const level = isWrong
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
        ...(isWrong ? { remedy: response.locals["remedy"] as unknown } : {}),
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

export interface AppDeps {
  networks: Networks;
  version: string;
  clock: Clock;
  logger: Logger;
  ready: () => Promise<Readiness>;
  /** True once the process was asked to stop. */
  stopping: () => boolean;
  metrics: MetricsPage & { answered(request: Answered): void };
  /** Whoever has it may read the metrics; undefined: this machine may. */
  metricsToken?: string | undefined;
  limits?: Limits;
}

/** Largest body, in bytes: 1000 events are about a tenth of it. */
export const BODY_LIMIT = 1024 * 1024;

/** The sidecar's HTTP interface. */
export function createApp(deps: AppDeps): Express {
  const { clock, version } = deps;
  const logger = deps.logger.child({ component: "http" });
  const ladder = {
    ...deps,
    limits: deps.limits ?? createLimits(),
    memory: createReplayMemory(clock),
  };

  const app = express();
  app.disable("x-powered-by").disable("etag");
  app.enable("case sensitive routing").enable("strict routing");
  app.set("query parser", "simple");
  app.use(
    accessLog(clock, logger, (answered) => {
      deps.metrics.answered(answered);
    }),
  );
  // Signatures are over the bytes as they came, so nothing is decompressed or parsed before they are verified.
  const raw = express.raw({
    type: () => true,
    limit: BODY_LIMIT,
    inflate: false,
  });
  const serve =
    (routeFor: (method: string) => Route | Refusal) =>
    async (request: Request<{ id: string }>, response: Response) => {
      const answer = await climb(
        request,
        correlationIdOf(response),
        routeFor(request.method),
        ladder,
      );
      response.status(answer.status).json(answer.body);
    };
  for (const route of networkRoutes(version)) {
    const allowed = route.method === "get" ? "GET, HEAD" : route.method;
    const address = app.route(`/v1/networks/:id${route.path}`);
    address[route.method](
      raw,
      serve(() => route),
    );
    address.all(
      raw,
      serve((method) => methodNotAllowed(method, allowed.toUpperCase())),
    );
  }
  app.use(
    "/v1/networks/:id",
    raw,
    serve(() => new Refusal(404, "route-unknown")),
  );
  app.use(healthRouter(deps));
  app.use(metricsRouter(deps.metrics, deps.metricsToken));
  app.use(documentRouter(version));
  app.use(() => {
    throw new Refusal(404, "route-unknown");
  });
  app.use(refuse(logger));
  return app;
}

/** Every error becomes a problem body; a bug is logged and shows nothing. */
function refuse(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const refusal = refusalOf(error);
    if (refusal === null) {
      const correlationId = correlationIdOf(response);
      logger.error("a request met a bug", { error, correlationId });
    }
    if (response.headersSent) {
      next(error);
      return;
    }
    const shown = refusal ?? new Refusal(500, "internal-error");
    const problem = problemOf(shown);
    response.locals["reason"] = shown.reason;
    response.locals["remedy"] = problem.remedy;
    response
      .status(shown.status)
      .set(shown.headers)
      .type("application/problem+json")
      .send(JSON.stringify(problem));
  };
}
