import { z } from "zod";

const hostname = z.string().max(255);

/** `PUT /v1/networks/:id`: what WordPress knows and the sidecar needs. */
export const registrationBody = z.strictObject({
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
});

export type RegistrationBody = z.infer<typeof registrationBody>;

/** `POST /v1/networks/:id/events`: hints that something changed; the truth is read from the table. */
export const eventsBody = z.strictObject({
  events: z
    .array(
      z.strictObject({
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
});

export type EventsBody = z.infer<typeof eventsBody>;

/** `POST /v1/networks/:id/sync`. */
export const syncBody = z
  .strictObject({
    dryRun: z.boolean().default(false),
    checksum: z.string().max(100).optional(),
    force: z.boolean().default(false),
    retry: z.array(hostname).max(1000).default([]),
  })
  .refine(({ force, checksum }) => !force || checksum !== undefined, {
    path: ["checksum"],
    message: "is needed with force, so that nothing unseen is approved",
  });

/** `GET /v1/networks/:id/history`: how many passes, newest first. */
export const historyQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

/** Bodies that say nothing; there may be more to say one day, so a key is not passed over in silence. */
export const nothing = z.strictObject({});

/** Queries that say nothing, whatever a proxy or a person appends to them. */
export const anyQuery = z.object({});
