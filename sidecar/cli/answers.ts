import { z } from "zod";
import { CliError } from "./cli-error";

/** The parts of the sidecar's answers that the commands show; whatever else there is, is passed over. */
const explained = z.object({ message: z.string(), remedy: z.string() });
const names = z.array(z.string());

export const previewAnswer = z.object({
  checksum: z.string(),
  add: names,
  remove: names,
  adopt: names,
  disown: names,
  keep: z.number(),
  blocked: z.array(explained.extend({ name: z.string() })),
  held: explained.nullable(),
});

export const checkAnswer = z.object({
  ok: z.boolean(),
  version: z.string(),
  checks: z.array(explained.extend({ id: z.string(), ok: z.boolean() })),
});

export const statusAnswer = z.object({
  network: z.string(),
  version: z.string(),
  registered: z.boolean(),
  app: z
    .object({
      id: z.string(),
      name: z.string(),
      domainsUsed: z.number(),
      capacity: z.number(),
    })
    .nullable(),
  pass: explained.extend({
    state: z.string(),
    lastAt: z.string().nullable(),
    lastOutcome: z.string().nullable(),
    nextAt: z.string().nullable(),
  }),
  held: explained.extend({ checksum: z.string(), remove: names }).nullable(),
  suspect: explained.nullable(),
  findings: z.array(explained),
  counts: z.record(z.string(), z.number()),
  severities: z.record(z.string(), z.number()),
});

const name = explained.extend({
  name: z.string(),
  state: z.string(),
  tries: z.number(),
  nextTryAt: z.string().nullable(),
  certificateEndsAt: z.string().nullable(),
});

export const namesAnswer = z.object({
  total: z.number(),
  names: z.array(name),
});

export const nameAnswer = name.extend({
  severity: z.string(),
  actor: z.string(),
  kind: z.string(),
  siteId: z.number().nullable(),
  owned: z.boolean(),
  knownSince: z.string(),
  changedAt: z.string(),
  liveSince: z.string().nullable(),
  dns: z
    .object({
      zone: z.string().nullable(),
      registered: z.boolean(),
      provider: z.string().nullable(),
      checkedAt: z.string(),
      records: z.array(
        z.object({
          type: z.string(),
          host: z.string(),
          expected: z.string().nullable(),
          found: names,
          ok: z.boolean(),
        }),
      ),
    })
    .nullable(),
  history: z.array(
    explained.extend({
      at: z.string(),
      from: z.string().nullable(),
      to: z.string(),
    }),
  ),
});

export const historyAnswer = z.object({
  passes: z.array(
    explained.extend({
      finishedAt: z.string(),
      trigger: z.string(),
      outcome: z.string(),
      added: names,
      removed: names,
    }),
  ),
});

/** @throws CliError when the sidecar is of another version that answers differently. */
export function understood<T>(schema: z.ZodType<T>, answer: unknown): T {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  const where = error.issues[0]?.path.join(".") ?? "";
  throw new CliError(
    `The sidecar's answer is not understood (${where}).`,
    "Use the command and the sidecar in the same version.",
  );
}
