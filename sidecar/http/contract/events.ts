import { z } from "zod";
import { answerSchemas, bodySchemas, count, hostname } from "./vocabulary";

/** `POST /v1/networks/:id/events`: hints that something changed; the truth is read from the table. */
export const eventsBody = z
  .object({
    events: z
      .array(
        z.object({
          type: z.enum([
            "mapping.saved",
            "mapping.removed",
            "site.created",
            "site.removed",
            "settings.changed",
            "resync",
          ]),
          domain: hostname.optional(),
          siteId: z.int().min(0).optional(),
        }),
      )
      .min(1)
      .max(1000),
  })
  .register(bodySchemas, { id: "EventsBody" });

export const eventsAnswer = z
  .object({ accepted: count })
  .register(answerSchemas, { id: "EventsAnswer" });

export type EventsBody = z.infer<typeof eventsBody>;
