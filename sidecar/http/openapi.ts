import { Router } from "express";
import { z } from "zod";
import { health, problem } from "../contract/answers";
import { notification, notificationAnswer } from "../contract/notification";
import { answerSchemas, bodySchemas } from "../contract/vocabulary";
import { methodNotAllowed } from "./problems";
import { type Route, networkRoutes } from "./routes";

export type Json = Record<string, unknown>;

const path = (id: string): string => `#/components/schemas/${id}`;

/** The schema as it stands in the document: a reference where it has a name. */
export function schemaOf(schema: z.ZodType): Json {
  const { id } = answerSchemas.get(schema) ?? bodySchemas.get(schema) ?? {};
  return id === undefined
    ? strip(z.toJSONSchema(schema, { io: "input", override: tidy }))
    : { $ref: path(id) };
}

/** A body of the schema, in JSON. */
export function content(schema: z.ZodType): Json {
  return { "application/json": { schema: schemaOf(schema) } };
}

/** Every schema with a name: bodies as they may be sent (defaults left out), answers as they are sent. */
export function components(): Json {
  const bodies = z.toJSONSchema(bodySchemas, {
    io: "input",
    uri: path,
    override: tidy,
  });
  const answers = z.toJSONSchema(answerSchemas, {
    io: "output",
    uri: path,
    override: tidy,
  });
  const all = Object.entries({ ...bodies.schemas, ...answers.schemas });
  return Object.fromEntries(all.map(([id, schema]) => [id, strip(schema)]));
}

/** Takes out what zod adds and nobody reads: a date-time's long pattern, JavaScript's largest integers. */
function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) {
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** The document says once for all which dialect and which address its schemas have. */
function strip(schema: object): Json {
  return Object.fromEntries(
    Object.entries(schema).filter(
      ([key]) => key !== "$schema" && key !== "$id",
    ),
  );
}

/** The refusals of the ladder (see ladder.ts), by status. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "The body is not JSON.",
  401: "The signature or token is missing or wrong, or the signature too old.",
  403: "Only this machine may ask.",
  404: "The network or the address is unknown.",
  405: "The method is not possible here.",
  409: "A replay, a network that is not registered, or a plan that has changed.",
  413: "The body is too large.",
  415: "The content type is not application/json.",
  422: "The body or query is not as described.",
  429: "Too many requests.",
  500: "A bug.",
  502: "ServerPilot or WordPress says no.",
  503: "The database or ServerPilot is away, or the sidecar is stopping.",
};

const OF_READS = [401, 404, 405, 409, 413, 422, 429, 500, 502, 503];
const OF_WRITES = [400, 415, ...OF_READS];

const SIGNATURE = [
  "Standard Webhooks with method and target added. The header webhook-signature is a list, with spaces between, of",
  "v1,<base64 HMAC-SHA256> over {webhook-id}.{webhook-timestamp}.{METHOD} {path and query}.{raw body}.",
  "A timestamp (unix seconds) is good for five minutes either way, an id once.",
].join(" ");

const ID = "^[A-Za-z0-9_-]{1,64}$";

const NETWORK_ID = {
  name: "id",
  in: "path",
  required: true,
  schema: { type: "string", pattern: ID },
};

const CORRELATION_ID = {
  name: "x-correlation-id",
  in: "header",
  description: "Joins the log lines of both sides; answered as it came.",
  schema: { type: "string", pattern: ID },
};

/** The OpenAPI 3.1 document, made from the schemas that requests are checked with and answers are typed by. */
export function openApiDocument(version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Domain Bridge for ServerPilot: the sidecar",
      description:
        "Keeps a ServerPilot app's domains and certificate in step with the domain mappings of an Ultimate Multisite network.",
      version,
      license: { name: "GPL-2.0-or-later", identifier: "GPL-2.0-or-later" },
    },
    servers: [{ url: "/" }],
    paths: { ...unsignedPaths(), ...networkPaths(version) },
    webhooks: { notification: { post: notificationOperation() } },
    components: {
      schemas: components(),
      securitySchemes: {
        signature: {
          type: "apiKey",
          in: "header",
          name: "webhook-signature",
          description: SIGNATURE,
        },
        metricsToken: { type: "http", scheme: "bearer" },
      },
    },
  };
}

function networkPaths(version: string): Record<string, Json> {
  const paths: Record<string, Json> = {};
  for (const route of networkRoutes(version)) {
    const path = `/v1/networks/{id}${route.path.replace(/:(\w+)/g, "{$1}")}`;
    const own = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    }));
    paths[path] ??= { parameters: [NETWORK_ID, ...own, CORRELATION_ID] };
    paths[path][route.method] = networkOperation(route);
  }
  return paths;
}

function networkOperation(route: Route): Json {
  const { id, summary, method, input, answers } = route;
  const isRead = method === "get";
  return {
    operationId: id,
    summary,
    security: [{ signature: [] }],
    ...(isRead
      ? { parameters: queryParameters(input) }
      : { requestBody: { required: true, content: content(input) } }),
    responses: {
      ...answered(answers),
      ...refused(isRead ? OF_READS : OF_WRITES),
    },
  };
}

function queryParameters(query: z.ZodType): Json[] {
  const { properties = {} } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    schema,
  }));
}

function unsignedPaths(): Record<string, Json> {
  const read = (
    operationId: string,
    summary: string,
    responses: Json,
    security: Json[] = [],
  ): Json => ({
    get: {
      operationId,
      summary,
      security,
      responses: { ...responses, ...refused([405]) },
    },
  });
  const ok = (media: string, type: string): Json => ({
    200: { description: "OK", content: { [media]: { schema: { type } } } },
  });
  return {
    "/livez": read(
      "live",
      "Whether the process answers.",
      answered({ 200: health }),
    ),
    "/readyz": read(
      "ready",
      "Whether the database of at least one network answers.",
      answered({ 200: health, 503: health }),
    ),
    "/metrics": read(
      "metrics",
      "For Prometheus: with METRICS_TOKEN set for whoever has it, else for this machine.",
      { ...ok("text/plain", "string"), ...refused([401, 403]) },
      [{ metricsToken: [] }, {}],
    ),
    "/openapi.json": read(
      "openapi",
      "This document.",
      ok("application/json", "object"),
    ),
  };
}

/** What the sidecar sends to WordPress, signed as requests to the sidecar are. */
function notificationOperation(): Json {
  return {
    operationId: "notify",
    summary: "Tells WordPress what changed, in order and at least once.",
    security: [{ signature: [] }],
    parameters: [CORRELATION_ID],
    requestBody: { required: true, content: content(notification) },
    responses: answered({ 200: notificationAnswer }),
  };
}

function answered(answers: Readonly<Record<number, z.ZodType>>): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const description = answerSchemas.get(schema)?.id ?? "Done.";
      return [status, { description, content: content(schema) }];
    }),
  );
}

function refused(statuses: readonly number[]): Json {
  const body = {
    "application/problem+json": { schema: schemaOf(problem) },
  };
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: REFUSALS[status], content: body },
    ]),
  );
}

/** `/openapi.json`: what the sidecar can be asked and what it answers. It holds nothing that is secret. */
export function documentRouter(version: string): Router {
  let document: unknown;
  const router = Router();
  router.get("/openapi.json", (_request, response) => {
    document ??= openApiDocument(version);
    response.json(document);
  });
  router.all("/openapi.json", ({ method }) => {
    throw methodNotAllowed(method, "GET, HEAD");
  });
  return router;
}
