import { z } from "zod";
import { answerSchemas, explainedShape } from "./vocabulary";

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
