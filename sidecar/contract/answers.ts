import { z } from "zod";
import {
  answerSchemas,
  count,
  explainedShape,
  nameKind,
  nameState,
  names,
  reasonCode,
  reasonParams,
  time,
} from "./vocabulary";

const appView = z
  .object({
    id: z.string(),
    name: z.string(),
    serverId: z.string(),
    serverName: z.string().nullable(),
    serverAddress: z.string().nullable(),
    domainsUsed: count,
    capacity: count,
    autossl: z
      .object({ available: z.boolean(), enabled: z.boolean(), domains: names })
      .nullable(),
    customCertificate: z.boolean(),
    seenAt: time,
  })
  .register(answerSchemas, { id: "App" });

const nameView = z
  .object({
    name: z.string(),
    state: nameState,
    ...explainedShape,
    tries: count,
    nextTryAt: time.nullable(),
    certificateEndsAt: time.nullable(),
    siteId: z.int().nullable(),
    kind: nameKind,
    owned: z.boolean(),
    changedAt: time,
  })
  .register(answerSchemas, { id: "Name" });

/** `GET /v1/networks/:id/status`. */
export const statusAnswer = z
  .object({
    network: z.string(),
    version: z.string(),
    features: z.array(z.string()),
    registered: z.boolean(),
    now: time,
    app: appView.nullable(),
    pass: z.object({
      state: z.enum(["idle", "waiting", "running"]),
      lastAt: time.nullable(),
      lastOutcome: z.enum(["ok", "held", "failed"]).nullable(),
      ...explainedShape,
      nextAt: time.nullable(),
    }),
    held: z
      .object({ checksum: z.string(), remove: names, ...explainedShape })
      .nullable(),
    counts: z.record(nameState, count),
    names: z.array(nameView),
  })
  .register(answerSchemas, { id: "Status" });

export type AppView = z.infer<typeof appView>;
export type NameView = z.infer<typeof nameView>;
export type StatusAnswer = z.infer<typeof statusAnswer>;

/** `GET /v1/networks/:id/history`: how many passes, newest first. */
export const historyQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

const passView = z
  .object({
    id: z.int(),
    startedAt: time,
    finishedAt: time,
    trigger: z.string(),
    correlationId: z.string(),
    outcome: z.enum(["ok", "held", "failed"]),
    ...explainedShape,
    added: names,
    removed: names,
    calls: count,
  })
  .register(answerSchemas, { id: "Pass" });

export const historyAnswer = z
  .object({ passes: z.array(passView) })
  .register(answerSchemas, { id: "History" });

export type PassView = z.infer<typeof passView>;
export type HistoryAnswer = z.infer<typeof historyAnswer>;

/** `POST /v1/networks/:id/check`: each connection by itself. */
export const checkReport = z
  .object({
    ok: z.boolean(),
    version: z.string(),
    checks: z.array(
      z.object({
        id: z.enum([
          "database",
          "table",
          "credentials",
          "app",
          "server",
          "wordpress",
        ]),
        ok: z.boolean(),
        ...explainedShape,
      }),
    ),
  })
  .register(answerSchemas, { id: "CheckReport" });

export type CheckReport = z.infer<typeof checkReport>;

/** `GET /livez` and `GET /readyz`. */
export const health = z
  .object({ ok: z.boolean(), detail: z.unknown().optional() })
  .register(answerSchemas, { id: "Health" });

/** RFC 9457; `code` is what a client decides by. */
export const problem = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: reasonCode,
    params: reasonParams.optional(),
    remedy: z.string(),
  })
  .register(answerSchemas, { id: "Problem" });

export type Problem = z.infer<typeof problem>;
