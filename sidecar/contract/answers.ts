import { z } from "zod";
import {
  answerSchemas,
  count,
  explained,
  explainedShape,
  nameKind,
  nameState,
  names,
  reasonCode,
  reasonParams,
  severity,
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
    knownSince: time,
    changedAt: time,
    /** When it was secure for the first time since it was mapped. */
    liveSince: time.nullable(),
    /** The records that it needs beside those that it has; null before the first check. */
    dns: z
      .object({
        zone: z.string().nullable(),
        registered: z.boolean(),
        provider: z.string().nullable(),
        checkedAt: time,
        records: z.array(
          z.object({
            type: z.enum(["A", "AAAA", "CNAME", "CAA"]),
            host: z.string(),
            expected: z
              .string()
              .nullable()
              .describe("What has to be there; null: it has to be deleted."),
            found: names,
            ok: z.boolean(),
          }),
        ),
      })
      .nullable(),
  })
  .register(answerSchemas, { id: "Name" });

const flag = z
  .enum(["0", "1"])
  .default("0")
  .transform((value) => value === "1");

/** `GET /v1/networks/:id/names`: which names, in which order. */
export const namesQuery = z.object({
  search: z.string().max(255).default(""),
  state: nameState.optional(),
  needs: z.literal("action").optional(),
  order: z
    .enum(["name", "state", "next", "certificate", "urgency"])
    .default("urgency"),
  desc: flag,
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  only: z
    .string()
    .max(30_000)
    .default("")
    .transform((list) => list.split(",").filter(Boolean))
    .refine((list) => list.length <= 100, "names at most 100"),
});

export const namesAnswer = z
  .object({ total: count, names: z.array(nameView) })
  .register(answerSchemas, { id: "Names" });

/** `GET /v1/networks/:id/names/:name`: all that is known of one name. */
export const nameAnswer = z
  .object({
    ...nameView.shape,
    history: z.array(
      z.object({
        at: time,
        from: nameState.nullable(),
        to: nameState,
        ...explainedShape,
      }),
    ),
  })
  .register(answerSchemas, { id: "NameWithHistory" });

/** `GET /v1/networks/:id/status`: a plugin of 0.1.0 wants the names there, a later one asks for them by page. */
export const statusQuery = z.object({
  names: z
    .enum(["0", "1"])
    .default("1")
    .transform((value) => value === "1"),
});

const held = z.object({
  checksum: z.string(),
  remove: names,
  ...explainedShape,
});

/** `GET /v1/networks/:id/status`. */
export const statusAnswer = z
  .object({
    network: z.string(),
    version: z.string(),
    features: z.array(z.string()),
    registered: z.boolean(),
    /** By this a plugin recognises its own registration; empty where it could not prove itself. */
    mark: z.string(),
    now: time,
    address: z
      .string()
      .nullable()
      .describe("The address that names are to point at, where it is known."),
    app: appView.nullable(),
    pass: z.object({
      state: z.enum(["idle", "waiting", "running"]),
      lastAt: time.nullable(),
      lastOutcome: z.enum(["ok", "held", "failed"]).nullable(),
      ...explainedShape,
      nextAt: time.nullable(),
    }),
    held: held.nullable(),
    /** Nothing shows that the network belongs to the app: approved with this checksum. */
    suspect: z.object({ checksum: z.string(), ...explainedShape }).nullable(),
    /** What is wrong with the app itself. */
    findings: z.array(explained),
    counts: z.record(nameState, count),
    severities: z.record(severity, count),
    withoutPlace: count.describe("Wanted names that the app has no room for."),
    names: z.array(nameView).optional(),
  })
  .register(answerSchemas, { id: "Status" });

export type AppView = z.infer<typeof appView>;
export type NameView = z.infer<typeof nameView>;
export type StatusAnswer = z.infer<typeof statusAnswer>;
export type NamesQuery = z.infer<typeof namesQuery>;
export type NamesAnswer = z.infer<typeof namesAnswer>;
export type NameAnswer = z.infer<typeof nameAnswer>;

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
