import { setTimeout as wait } from "node:timers/promises";

import express from "express";
import type { Request, Response, Router } from "express";

import {
  actionView,
  appDetailsView,
  appView,
  serverView,
  sslView,
} from "./api-views";
import type { ViewDeps } from "./api-views";
import { deleteSsl, writeDomains, writeSsl } from "./api-writes";
import type { WriteContext } from "./api-writes";
import { Refusal } from "./domains";
import type { Call, CallFault, Faults } from "./faults";
import type { Journal } from "./journal";
import type { Action, App, Reading } from "./types";
import type { World } from "./world";

interface ApiRequest extends Call {
  authorization: string | undefined;
  contentType: string | undefined;
  body: Buffer;
  /** Whether it is done long after it was sent. */
  late: boolean;
}

interface ApiAnswer {
  status: number;
  body: unknown;
  /** How a read shows what is not so. */
  reading?: Reading | undefined;
}

interface ApiDeps extends ViewDeps {
  faults: Faults;
  journal: Journal;
  /** Cuts all waiting short when the simulator stops. */
  stopping: AbortSignal;
}

const emptyBody = Buffer.alloc(0);

/** The API over HTTP: latency, faults and the journal around the calls themselves. */
export function createApiRouter(deps: ApiDeps): Router {
  const router = express.Router();
  router.use(express.raw({ type: () => true, limit: "1mb" }));
  router.use(async (req, res) => {
    try {
      await serve(deps, req, res);
    } catch (error) {
      if (!deps.stopping.aborted) throw error;
    }
  });
  return router;
}

async function serve(
  deps: ApiDeps,
  req: Request,
  res: Response,
): Promise<void> {
  const { journal, faults, stopping, world } = deps;
  const request = requestOf(req);
  const { method, path, account } = request;
  const fault = faults.strikeCall({ method, path, account });
  const entry = journal.add({
    method,
    path,
    account,
    body: readable(request.body),
    faulted: fault?.kind ?? null,
  });
  const half = world.settings.latencyMs / 2;
  await wait(half, undefined, { signal: stopping });

  if (fault && isWholeAnswer(fault)) {
    noteTrouble(world, path);
    await wait(half, undefined, { signal: stopping });
    journal.finish(entry, sendFault(res, fault));
    return;
  }
  if (fault && fault.kind !== "slow") {
    doUnanswered(deps, request, fault);
    noteTrouble(world, path);
    const hangs = fault.kind === "never" || fault.hangs;
    const done = fault.kind === "applied-not-answered";
    await wait(done ? half : 0, undefined, { signal: stopping });
    journal.finish(entry, null);
    if (!hangs) req.socket.resetAndDestroy();
    return;
  }
  const answer = answerCall(deps, request);
  await wait(half + (fault?.ms ?? 0), undefined, { signal: stopping });
  entry.faulted ??= answer.reading ?? null;
  journal.finish(entry, answer.status);
  res.status(answer.status).json(answer.body);
}

function requestOf(req: Request): ApiRequest {
  const { authorization, "content-type": contentType } = req.headers;
  return {
    method: req.method,
    path: req.path,
    account: basicCredentials(authorization)?.user ?? null,
    authorization,
    contentType,
    body: Buffer.isBuffer(req.body) ? req.body : emptyBody,
    late: false,
  };
}

/** Does a call that is not answered, now or later, or does not. */
function doUnanswered(
  deps: ApiDeps,
  request: ApiRequest,
  { kind, laterMs }: CallFault,
): void {
  const { world } = deps;
  const { unanswered, unansweredMs } = world.settings;
  const chosen = kind === "unanswered" ? unanswered : null;
  if (kind === "applied-not-answered" || chosen === "applied") {
    answerCall(deps, request);
  } else if (kind === "applied-later" || chosen === "later") {
    const at = world.clock() + (laterMs ?? unansweredMs);
    const late = { ...request, late: true };
    world.later(appIdOf(request.path), at, () => {
      answerCall(deps, late);
    });
  }
}

function noteTrouble(world: World, path: string): void {
  const app = world.app(appIdOf(path));
  if (app) world.noteFor(app, "trouble");
}

function appIdOf(path: string): string {
  return /^\/apps\/([^/]+)/.exec(path)?.[1] ?? "";
}

function isWholeAnswer({ kind }: CallFault): boolean {
  return kind === "status" || kind === "html" || kind === "malformed";
}

function sendFault(res: Response, fault: CallFault): number {
  const status = fault.status ?? (fault.kind === "status" ? 500 : 200);
  res.status(status);
  if (fault.retryAfter !== undefined)
    res.set("Retry-After", String(fault.retryAfter));
  if (fault.kind === "html")
    res
      .type("html")
      .send("<html><body><h1>Down for maintenance</h1></body></html>");
  else if (fault.kind === "malformed")
    res.type("json").send('{"data": {"domains": ["');
  else res.json({ error: { message: fault.message ?? "an injected fault" } });
  return status;
}

function readable(body: Buffer): unknown {
  const text = body.toString();
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The user and password of a Basic `Authorization` header, or null. */
function basicCredentials(
  header: string | undefined,
): { user: string; password: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  const [, user, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ??
    [];
  return user === undefined || password === undefined
    ? null
    : { user, password };
}

/** Does one call of the API and says what it answers. Source of the rules: ServerPilot's API document. */
function answerCall(deps: ApiDeps, request: ApiRequest): ApiAnswer {
  try {
    return route(
      deps,
      request,
      authenticate(deps.world, request.authorization),
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      status: error.status,
      body: { error: { message: error.message } },
    };
  }
}

function authenticate(world: World, authorization: string | undefined): string {
  const credentials = basicCredentials(authorization);
  const account = world.accounts.get(credentials?.user ?? "");
  if (!credentials || account?.apiKey !== credentials.password)
    throw new Refusal(401, "invalid credentials");
  if (account.refusal === 402)
    throw new Refusal(402, "the account has no valid credit card");
  if (account.refusal === 403)
    throw new Refusal(403, "the resource is protected");
  return account.clientId;
}

function route(
  deps: ApiDeps,
  request: ApiRequest,
  clientId: string,
): ApiAnswer {
  const { world, faults } = deps;
  const { method, path, account, late } = request;
  const call: Call = { method, path, account };
  const [, kind = "", id = "", sub] =
    /^\/(apps|actions|servers)\/([^/]+)(?:\/(ssl))?$/.exec(path) ?? [];
  const answer = (data: unknown, action?: Action): ApiAnswer => ({
    status: 200,
    body:
      action && action.hidden !== "no-id"
        ? { actionid: action.id, data }
        : { data },
  });
  if (path === "/apps" && method === "GET")
    return answer(appsOf(world, clientId).map((app) => appView(app, deps)));
  if (kind === "apps") {
    const app = owned(world.app(id), clientId);
    const context: WriteContext = { world, faults, app, call, late };
    if (sub === undefined) {
      if (method === "GET") {
        const reading = faults.strikeRead(call)?.kind ?? world.takeOddRead(app);
        const { status, body } = answer(appDetailsView(app, deps, reading));
        return { status, body, reading };
      }
      if (method === "POST") {
        const action = writeDomains(context, jsonBody(request));
        return answer(appView(app, deps), action);
      }
    } else {
      if (method === "POST") {
        const action = writeSsl(context, jsonBody(request));
        return answer(sslData(app, deps), action);
      }
      if (method === "DELETE") return answer({}, deleteSsl(context));
    }
  } else if (sub === undefined && method === "GET") {
    if (kind === "actions") {
      const action = owned(world.action(id), clientId);
      if (action.hidden !== "unknown") return answer(actionView(action));
    }
    if (kind === "servers")
      return answer(
        serverView(owned(world.servers.get(id), clientId), world.clock()),
      );
  }
  throw new Refusal(404, "no such resource");
}

function appsOf(world: World, clientId: string): App[] {
  world.settleAll();
  return [...world.apps.values()].filter((app) => app.clientId === clientId);
}

function sslData(app: App, deps: ApiDeps): Record<string, unknown> {
  return app.ssl ? sslView(app, app.ssl, deps) : {};
}

function owned<T extends { clientId: string }>(
  thing: T | undefined,
  clientId: string,
): T {
  if (thing?.clientId !== clientId) throw new Refusal(404, "no such resource");
  return thing;
}

function jsonBody({ contentType, body }: ApiRequest): Record<string, unknown> {
  if (!/^application\/json\b/i.test(contentType ?? ""))
    throw new Refusal(400, "the content type must be application/json");
  const value = parseJson(body.toString());
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, "the body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
