import { z } from "zod";
import { answerSchemas } from "./vocabulary";

/** `GET /livez` and `GET /readyz`. */
export const health = z
  .object({ ok: z.boolean(), detail: z.unknown().optional() })
  .register(answerSchemas, { id: "Health" });
