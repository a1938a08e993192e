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
    /** `WU_SERVER_PILOT_FORCE_SSL` is `proxied`: ForceSSL also where names are behind a proxy. */
    forceSslProxied: z.boolean().default(false),
    pluginVersion: z.string().max(50).default(""),
    /** A nonce that the plugin has written into the sidecar's own `state` table; empty from a plugin of 0.1.0. */
    proof: z.string().max(64).default(""),
    /** What the plugin answers beyond 0.1.0. */
    offers: z.array(z.string().max(50)).max(50).default([]),
    /** WordPress's id of the network; null: the only one there is. */
    networkId: z.int().min(1).nullable().default(null),
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

/** `POST /v1/networks/:id/sync`. */
export const syncBody = z
  .object({
    dryRun: z.boolean().default(false),
    checksum: z.string().max(100).optional(),
    force: z.boolean().default(false),
    retry: z.array(hostname).max(1000).default([]),
    addNetworkDomain: z
      .boolean()
      .default(false)
      .describe("Puts the network's own domain back on the app."),
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
