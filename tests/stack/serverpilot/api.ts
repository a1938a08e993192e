import { Refusal } from "./api-refusal";
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
import type { Faults } from "./faults";
import type { Action, App } from "./types";
import type { World } from "./world";

interface ApiRequest {
  method: string;
  /** Without the leading `/v1`. */
  path: string;
  authorization: string | undefined;
  contentType: string | undefined;
  body: Buffer;
}

interface ApiAnswer {
  status: number;
  body: unknown;
}

export interface ApiDeps extends ViewDeps {
  world: World;
  faults: Faults;
}

/** The user and password of a Basic `Authorization` header, or null. */
export function basicCredentials(
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
export function answerCall(deps: ApiDeps, request: ApiRequest): ApiAnswer {
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
  const { method, path } = request;
  const [, kind = "", id = "", sub] =
    /^\/(apps|actions|servers)\/([^/]+)(?:\/(ssl))?$/.exec(path) ?? [];
  const answer = (data: unknown, action?: Action): ApiAnswer => ({
    status: 200,
    body: action ? { actionid: action.id, data } : { data },
  });
  if (kind === "apps") {
    const app = owned(world.app(id), clientId);
    const context: WriteContext = {
      world,
      faults,
      app,
      call: { method, path, account: clientId },
    };
    if (sub === undefined) {
      if (method === "GET") return answer(appDetailsView(app, deps));
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
    if (kind === "actions")
      return answer(actionView(owned(world.action(id), clientId)));
    if (kind === "servers")
      return answer(
        serverView(owned(world.servers.get(id), clientId), world.clock()),
      );
  }
  throw new Refusal(404, "no such resource");
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
