import { z } from "zod";
import {
  answerSchemas,
  bodySchemas,
  count,
  explained,
  explainedShape,
  hostname,
  names,
} from "./vocabulary";

/** `POST /v1/networks/:id/sync`. */
export const syncBody = z
  .object({
    dryRun: z.boolean().default(false),
    checksum: z.string().max(100).optional(),
    force: z.boolean().default(false),
    retry: z.array(hostname).max(1000).default([]),
  })
  .refine(({ force, checksum }) => !force || checksum !== undefined, {
    path: ["checksum"],
    message: "is needed with force, so that nothing unseen is approved",
  })
  .register(bodySchemas, { id: "SyncBody" });

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

export type Preview = z.infer<typeof preview>;
