import { setTimeout as wait } from "node:timers/promises";

import express from "express";
import type { Request, Response, Router } from "express";

import { answerCall, basicCredentials } from "./api";
import type { ApiDeps } from "./api";
import type { Fault } from "./faults";
import type { Journal } from "./journal";

interface ApiRouterDeps extends ApiDeps {
  journal: Journal;
  /** Cuts all waiting short when the simulator stops. */
  stopping: AbortSignal;
}

const emptyBody = Buffer.alloc(0);

/** The API over HTTP: latency, faults and the journal around `answerCall`. */
export function createApiRouter(deps: ApiRouterDeps): Router {
  const router = express.Router();
  router.use(express.raw({ type: () => true, limit: "1mb" }));
  router.use(async (req, res) => {
    try {
      await answer(deps, req, res);
    } catch (error) {
      if (!deps.stopping.aborted) throw error;
    }
  });
  return router;
}

async function answer(
  deps: ApiRouterDeps,
  req: Request,
  res: Response,
): Promise<void> {
  const { journal, faults, stopping } = deps;
  const { method, path } = req;
  const body = Buffer.isBuffer(req.body) ? req.body : emptyBody;
  const account = basicCredentials(req.headers.authorization)?.user ?? null;
  const fault = faults.strikeCall({ method, path, account });
  const entry = journal.add({
    method,
    path,
    account,
    body: readable(body),
    faulted: fault?.kind ?? null,
  });
  const { latencyMs } = deps.settings;
  await wait(latencyMs / 2, undefined, { signal: stopping });

  if (fault?.kind === "never") {
    journal.finish(entry, null);
    return;
  }
  if (fault?.kind !== "reset" && fault && isWholeAnswer(fault)) {
    await wait(latencyMs / 2, undefined, { signal: stopping });
    journal.finish(entry, sendFault(res, fault));
    return;
  }
  if (fault?.kind !== "reset") {
    const { authorization, "content-type": contentType } = req.headers;
    const done = answerCall(deps, {
      method,
      path,
      authorization,
      contentType,
      body,
    });
    await wait(
      latencyMs / 2 + (fault?.kind === "slow" ? fault.ms : 0),
      undefined,
      { signal: stopping },
    );
    if (fault?.kind !== "applied-not-answered") {
      journal.finish(entry, done.status);
      res.status(done.status).json(done.body);
      return;
    }
  }
  journal.finish(entry, null);
  req.socket.resetAndDestroy();
}

function isWholeAnswer({ kind }: Fault): boolean {
  return kind === "status" || kind === "html" || kind === "malformed";
}

function sendFault(res: Response, fault: Fault): number {
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
