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

export type NotificationBody = z.infer<typeof notification>;
