import { z } from "zod";
import {
  answerSchemas,
  explainedShape,
  nameKind,
  nameState,
  time,
} from "./vocabulary";

/** The message with which WordPress is told what changed; it answers as the sidecar answers events. */
export const notification = z
  .object({
    network: z.string(),
    correlationId: z.string(),
    address: z
      .string()
      .nullable()
      .optional()
      .describe("The address that names are to point at, where it is known."),
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
        live: z.boolean(),
        dnsRight: z
          .boolean()
          .optional()
          .describe("Whether its DNS was right when it was last checked."),
      }),
    ),
  })
  .register(answerSchemas, { id: "Notification" });

/** A plugin of 0.1.0 says only how many it accepted, and refuses all where one is bad. */
export const notificationAnswer = z
  .object({
    accepted: z.int().min(0),
    rejected: z
      .array(z.object({ seq: z.int(), reason: z.string().max(100) }))
      .default([]),
  })
  .register(answerSchemas, { id: "NotificationAnswer" });

export type NotificationBody = z.infer<typeof notification>;
