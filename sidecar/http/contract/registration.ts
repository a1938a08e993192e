import { z } from "zod";
import { answerSchemas, bodySchemas, hostname } from "./vocabulary";

/** `PUT /v1/networks/:id`: what WordPress knows and the sidecar needs. */
export const registrationBody = z
  .object({
    /** False once ServerPilot is disabled in UM's settings: the sidecar then leaves the app alone. */
    enabled: z.boolean().default(true),
    clientId: z.string().max(200).default(""),
    apiKey: z.string().max(200).default(""),
    appId: z.string().max(200).default(""),
    wwwPolicy: z.enum(["always", "main_only", "never"]).default("always"),
    multiPartTlds: z
      .array(z.string().max(64))
      .max(1000)
      .default([".co.uk", ".com.au", ".co.nz", ".com.br", ".co.in"]),
    wwwOverrides: z.record(hostname, z.boolean()).default({}),
    excluded: z.array(hostname).max(100_000).default([]),
    sslMaxTries: z.int().min(1).max(100).default(5),
    forceSsl: z.boolean().default(false),
    pluginVersion: z.string().max(50).default(""),
  })
  .register(bodySchemas, { id: "RegistrationBody" });

export const registrationAnswer = z
  .object({
    network: z.string(),
    registered: z.literal(true),
    version: z.string(),
    features: z.array(z.string()),
  })
  .register(answerSchemas, { id: "RegistrationAnswer" });

export type RegistrationBody = z.infer<typeof registrationBody>;
