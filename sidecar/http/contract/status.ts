import { z } from "zod";
import {
  answerSchemas,
  count,
  explainedShape,
  nameKind,
  nameState,
  names,
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
