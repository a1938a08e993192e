import { z } from "zod";
import { answerSchemas, reasonCode, reasonParams } from "./vocabulary";

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
