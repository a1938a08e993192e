import { z } from "zod";

import type { Settings } from "./types";

/** ServerPilot's documented limit of domains on one app. */
export const MAX_DOMAINS = 300;

const defaultSettings: Readonly<Settings> = {
  latencyMs: 150,
  actionMs: 300,
  autosslDelayMs: 1000,
  applyOn: "accept",
  conflictWhileOpen: false,
  autoDeploy: false,
  allowWildcards: false,
  maxCertificateNames: 100,
  certificateDays: 90,
  autosslField: "always",
};

const ms = z.number().min(0);

/** Any part of the settings, as the control interface takes them. */
export const settingsSchema = z
  .strictObject({
    latencyMs: ms,
    actionMs: ms,
    autosslDelayMs: ms,
    applyOn: z.enum(["accept", "success"]),
    conflictWhileOpen: z.boolean(),
    autoDeploy: z.boolean(),
    allowWildcards: z.boolean(),
    maxCertificateNames: z.number().int().min(1),
    certificateDays: z.number(),
    autosslField: z.enum(["always", "when-available", "never"]),
  })
  .partial();

/** The known settings among `options`, over the defaults. */
export function settingsFrom(options: Partial<Settings>): Settings {
  const settings = { ...defaultSettings };
  for (const key of Object.keys(defaultSettings) as (keyof Settings)[]) {
    if (options[key] !== undefined)
      Object.assign(settings, { [key]: options[key] });
  }
  return settings;
}
