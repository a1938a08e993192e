import { z } from "zod";
import { reasons, type ReasonCode } from "../reasons";

/** What the sidecar answers, as schemas: the service's types and the OpenAPI document are both made from them. */

/** The schemas that have a name in the OpenAPI document. */
export const answerSchemas = z.registry<{ id: string }>();

const count = z.int().min(0);
const names = z.array(z.string());
/** ISO 8601, UTC. */
const time = z.iso.datetime();

const reasonCode = z
  .enum(Object.keys(reasons) as [ReasonCode, ...ReasonCode[]])
  .register(answerSchemas, { id: "ReasonCode" });

const reasonParams = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .register(answerSchemas, { id: "ReasonParams" });

const explainedShape = {
  reason: reasonCode.nullable(),
  params: reasonParams,
  message: z.string(),
  remedy: z.string(),
};

/** A reason as it travels: code and parameters for the plugin's catalogue, English words as a fallback. */
const explained = z
  .object(explainedShape)
  .register(answerSchemas, { id: "Explained" });

const nameState = z
  .enum(["pending", "securing", "secure", "ssl-failed", "blocked", "removing"])
  .register(answerSchemas, { id: "NameState" });

const nameKind = z
  .enum(["mapping", "www", "site"])
  .register(answerSchemas, { id: "NameKind" });

export const registrationAnswer = z
  .object({
    network: z.string(),
    registered: z.literal(true),
    version: z.string(),
  })
  .register(answerSchemas, { id: "RegistrationAnswer" });

export const eventsAnswer = z
  .object({ accepted: count })
  .register(answerSchemas, { id: "EventsAnswer" });

export const syncStarted = z
  .object({ started: z.literal(true) })
  .register(answerSchemas, { id: "SyncStarted" });

export const preview = z
  .object({
    checksum: z.string(),
    add: names,
    remove: names,
    adopt: names,
    disown: names,
    keep: count,
    blocked: z.array(z.object({ name: z.string(), ...explainedShape })),
    result: names.describe("The app's whole list after the plan."),
    held: explained.nullable(),
  })
  .register(answerSchemas, { id: "Preview" });

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

export const appView = z
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

export const statusAnswer = z
  .object({
    network: z.string(),
    version: z.string(),
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

/** The message with which WordPress is told what changed; it answers with {@link eventsAnswer}. */
export const notification = z
  .object({
    network: z.string(),
    correlationId: z.string(),
    changes: z.array(
      z.object({
        seq: z.int().min(1),
        correlationId: z.string(),
        name: z.string(),
        kind: nameKind,
        siteId: z.int().nullable(),
        state: nameState,
        previous: nameState.nullable(),
        ...explainedShape,
        at: time,
        certificateEndsAt: time.nullable(),
      }),
    ),
  })
  .register(answerSchemas, { id: "Notification" });

export type Problem = z.infer<typeof problem>;
export type NotificationBody = z.infer<typeof notification>;
export type Explained = z.infer<typeof explained>;
export type Preview = z.infer<typeof preview>;
export type CheckReport = z.infer<typeof checkReport>;
export type AppView = z.infer<typeof appView>;
export type StatusAnswer = z.infer<typeof statusAnswer>;
export type NameView = z.infer<typeof nameView>;
export type PassView = z.infer<typeof passView>;
export type HistoryAnswer = z.infer<typeof historyAnswer>;
