import { z } from "zod";

const ms = z.number().min(0);
const count = z.number().int().min(0);

/** Every setting of the world; all can be changed while it runs. Times are milliseconds. */
const schema = z.strictObject({
  /** Time that every API call takes. */
  latencyMs: ms,
  /** How long an action stays `open`. */
  actionMs: ms,
  /** From "on the app and DNS points at the server" to "in the AutoSSL certificate". */
  autosslDelayMs: ms,

  // The list
  /** Names with capital letters. */
  capitals: z.enum(["keep", "lower", "refuse"]),
  /** Names in Unicode; `unicode` keeps them as Punycode and shows every Punycode name in Unicode. */
  unicode: z.enum(["refuse", "keep", "punycode", "unicode"]),
  /** Names that are in the list twice, however they are spelled. */
  repeats: z.enum(["refuse", "keep", "drop"]),
  order: z.enum(["keep", "sort"]),
  /** Whether `www.` of every name comes onto the app by itself. */
  wwwTwin: z.enum(["as-sent", "added"]),
  /** A list over 300 names; `keep-what-is-there` lets it pass where all of its names are on the app already. */
  overLimit: z.enum(["refuse", "keep-what-is-there"]),
  /** What a refused name does to a write (`names` of the control interface say which names are). */
  refusedWith: z.union([
    z.literal(400),
    z.literal(409),
    z.literal(422),
    z.literal("dropped"),
  ]),
  /** Whether the words of such a refusal contain the name. */
  refusedWords: z.enum(["name", "none"]),
  /** How many writes a refused name strikes; 0 = all. */
  refusedTimes: count,

  // Writes and their actions
  /** Whether a write takes effect when it is accepted or when its action succeeds. */
  applyOn: z.enum(["accept", "success"]),
  /** Whether a write is refused with 409 while another write's action is open. */
  conflictWhileOpen: z.boolean(),
  /** What becomes of a write that the fault `unanswered` strikes. */
  unanswered: z.enum(["applied", "later", "never"]),
  /** How much later `later` is, by the world's clock. */
  unansweredMs: ms,
  /** Whether a list that was applied stays when its action ends in `error`. */
  listOnError: z.enum(["kept", "reverted"]),
  /** Every so many actions is a troubled one; 0 = none. */
  actionTroubleEvery: count,
  actionTrouble: z.enum(["error", "never-ends", "no-id", "unknown"]),

  // Reads
  /** What reads of an app show for a while, and after what. */
  oddRead: z.enum([
    "none",
    "old-list",
    "empty-list",
    "no-autossl",
    "autossl-true",
    "ssl-without-auto",
  ]),
  /** `trouble` = a call of the app that a fault struck, or an action that ended in error. */
  oddReadAfter: z.enum(["write", "trouble"]),
  /** How many reads show it, where `oddReadMs` is 0. */
  oddReads: count,
  /** For how long they show it, by the world's clock. */
  oddReadMs: ms,
  /** Whether app details carry `autossl`: always, only once a certificate exists, or never. */
  autosslField: z.enum(["always", "when-available", "never"]),

  // Certificates
  /** Names that fit in one AutoSSL certificate. */
  maxCertificateNames: z.number().int().min(1),
  /** More names than that: only so many are covered, or there are several certificates. */
  overfull: z.enum(["partial", "split"]),
  /** Whether a grown AutoSSL certificate is served without another `{"auto": true}`. */
  autoDeploy: z.boolean(),
  /** `{"auto": true}` while AutoSSL is on and covers the same names: nothing, or a new certificate. */
  autoAgain: z.enum(["nothing", "issue"]),
  /** Days that a certificate lasts. */
  certificateDays: z.number(),
});

export type Settings = z.output<typeof schema>;

/** Any part of the settings, as the control interface takes them. */
export const settingsSchema = schema.partial();

/** The most documented behaviour, else the strictest of requests and the most lenient of answers. */
export const defaultSettings: Readonly<Settings> = {
  latencyMs: 150,
  actionMs: 300,
  autosslDelayMs: 1000,
  capitals: "keep",
  unicode: "refuse",
  repeats: "refuse",
  order: "keep",
  wwwTwin: "as-sent",
  overLimit: "refuse",
  refusedWith: 400,
  refusedWords: "name",
  refusedTimes: 0,
  applyOn: "accept",
  conflictWhileOpen: false,
  unanswered: "applied",
  unansweredMs: 120_000,
  listOnError: "kept",
  actionTroubleEvery: 0,
  actionTrouble: "error",
  oddRead: "none",
  oddReadAfter: "write",
  oddReads: 1,
  oddReadMs: 0,
  autosslField: "always",
  maxCertificateNames: 100,
  overfull: "partial",
  autoDeploy: false,
  autoAgain: "nothing",
  certificateDays: 90,
};

/** The known settings among `options`, over the defaults. */
export function settingsFrom(options: Partial<Settings>): Settings {
  const settings = { ...defaultSettings };
  for (const key of Object.keys(defaultSettings) as (keyof Settings)[]) {
    if (options[key] !== undefined)
      Object.assign(settings, { [key]: options[key] });
  }
  return settings;
}
