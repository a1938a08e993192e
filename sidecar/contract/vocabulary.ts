import { z } from "zod";
import { actors, severities } from "../reasons/reason";
import { type ReasonCode, reasons } from "../reasons/reasons";

/** The schemas that have a name in the OpenAPI document: bodies as they may be sent, answers as they are sent. */
export const bodySchemas = z.registry<{ id: string }>();
export const answerSchemas = z.registry<{ id: string }>();

/**
 * What this sidecar understands beyond 0.1.0, in words that a plugin knows or does not: plugin and sidecar are updated
 * apart, and each sends only what the other has announced.
 */
export const features: readonly string[] = [
  "names",
  "severity",
  "dns",
  "identity",
  "network-id",
  "offers",
];

export const count = z.int().min(0);
export const names = z.array(z.string());
/** ISO 8601, UTC. */
export const time = z.iso.datetime();
export const hostname = z.string().max(255);

export const reasonCode = z
  .enum(Object.keys(reasons) as [ReasonCode, ...ReasonCode[]])
  .register(answerSchemas, { id: "ReasonCode" });

export const reasonParams = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .register(answerSchemas, { id: "ReasonParams" });

export const severity = z
  .enum(severities)
  .register(answerSchemas, { id: "Severity" });

export const actor = z.enum(actors).register(answerSchemas, { id: "Actor" });

export const explainedShape = {
  reason: reasonCode.nullable(),
  params: reasonParams,
  message: z.string(),
  remedy: z.string(),
  severity,
  actor,
};

/** A reason as it travels: code and parameters for the plugin's catalogue, English words as a fallback. */
export const explained = z
  .object(explainedShape)
  .register(answerSchemas, { id: "Explained" });

export const nameState = z
  .enum(["pending", "securing", "secure", "ssl-failed", "blocked", "removing"])
  .register(answerSchemas, { id: "NameState" });

export const nameKind = z
  .enum(["mapping", "www", "site"])
  .register(answerSchemas, { id: "NameKind" });

/** Bodies that say nothing yet. As everywhere, what a newer plugin adds is passed over. */
export const nothing = z.object({});

/** Queries that say nothing, whatever a proxy or a person appends to them. */
export const anyQuery = z.object({});

export type Explained = z.infer<typeof explained>;
