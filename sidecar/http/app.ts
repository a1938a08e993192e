import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type Response,
} from "express";
import type { Clock } from "../clock";
import type { Logger } from "../logger";
import { accessLog, correlationIdOf, type Answered } from "./access-log";
import type { Networks } from "./authenticate";
import { healthRouter, type Readiness } from "./health";
import { documentRouter } from "./document";
import { climb } from "./ladder";
import { createLimits, type Limits } from "./limits";
import { metricsRouter, type MetricsPage } from "./metrics";
import { methodNotAllowed, problemOf, Refusal, refusalOf } from "./refusal";
import { createReplayMemory } from "./replay-memory";
import { networkRoutes, type Route } from "./routes";

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
    response.locals["reason"] = shown.reason;
    response
      .status(shown.status)
      .set(shown.headers)
      .type("application/problem+json")
      .send(JSON.stringify(problemOf(shown)));
  };
}
