import { z } from "zod";
import {
  answerSchemas,
  count,
  explainedShape,
  names,
  time,
} from "./vocabulary";

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
