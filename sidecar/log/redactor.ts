const REDACTED = "[redacted]";

/** Shorter values stand in too many innocent words; the configuration takes no such secret except a poor DB password. */
const SHORTEST = 4;

/** Deeper structures than any log line needs are cut, so that a cycle or a giant cannot hang the process. */
const DEEPEST = 8;

const SECRET_KEY =
  /passw(or)?d|passphrase|secret|authorization|cookie|token|api[-_]?key|private[-_]?key|signature|^key$/i;

/** Secrets that are recognised by their form, known or not; each with a quick test that a text must pass before it is searched. */
const FORMS: readonly [RegExp, RegExp, string][] = [
  [
    /-BEGIN /,
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
    REDACTED,
  ],
  [
    /(basic|bearer)\s/i,
    /\b(Basic|Bearer)\s+[\w+/=.~-]{8,}/gi,
    `$1 ${REDACTED}`,
  ],
  [/whsec_/, /\bwhsec_[A-Za-z0-9+/]{8,}={0,2}/g, REDACTED],
  [/:\/\//, /(\w:\/\/[^\s/:@]*):[^\s/@]+@/g, `$1:${REDACTED}@`],
];

/** No form is shorter. */
const SHORTEST_FORM = 7;

/** Buckets for the beginnings of known values: with thousands of values most positions of a text still meet an empty one. */
const BUCKETS = 1 << 16;

/** Knows the secrets of the process and takes them out of whatever is about to be logged. */
export class Redactor {
  /** Known values by their first characters: one look per position, however many networks there are. */
  readonly #values = new Map<string, Set<string>>();
  readonly #starts = new Uint8Array(BUCKETS);

  /** Adds a value and the ways in which it is written inside URLs and headers. */
  add(value: string): void {
    const forms = [value, encodeURIComponent(Buffer.from(value).toString())];
    if (value.startsWith("whsec_")) forms.push(value.slice("whsec_".length));
    if (value.length >= 8) forms.push(Buffer.from(value).toString("base64"));
    for (const form of forms) {
      if (form.length < SHORTEST) continue;
      const start = form.slice(0, SHORTEST);
      const known = this.#values.get(start) ?? new Set();
      this.#values.set(start, known.add(form));
      this.#starts[bucketAt(form, 0)] = 1;
    }
  }

  /** The text without secrets. */
  text(text: string): string {
    const known = this.#withoutKnown(text);
    if (known.length < SHORTEST_FORM) return known;
    return FORMS.reduce(
      (scrubbed, [hint, form, instead]) =>
        hint.test(scrubbed) ? scrubbed.replace(form, instead) : scrubbed,
      known,
    );
  }

  /** A plain copy of any value, fit for JSON and without secrets. Never throws. */
  value(value: unknown, key = "", depth = 0): unknown {
    if (value !== undefined && value !== null && SECRET_KEY.test(key)) {
      return REDACTED;
    }
    if (typeof value === "string") return this.text(value);
    if (typeof value === "bigint") return String(value);
    if (typeof value === "function" || typeof value === "symbol") return;
    if (typeof value !== "object" || value === null) return value;
    if (depth >= DEEPEST) return "[deeper]";
    try {
      return this.#object(value, depth + 1);
    } catch {
      return "[unreadable]";
    }
  }

  #object(value: object, depth: number): unknown {
    if (value instanceof Error) return this.#error(value, depth);
    if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? null : value.toISOString();
    }
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map) return this.#object([...value], depth);
    if (value instanceof Set) return this.#object([...value], depth);
    if (Array.isArray(value)) {
      return value.map((item) => this.value(item, "", depth));
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        this.text(key),
        this.value(item, key, depth),
      ]),
    );
  }

  /** Only what is known to be harmless: HTTP clients hang the whole request, credentials included, on their errors. */
  #error(error: Error, depth: number): unknown {
    const { code, reason, params, cause } = error as Error & {
      code?: unknown;
      reason?: unknown;
      params?: unknown;
    };
    return this.#object(
      {
        name: error.name,
        message: error.message,
        code,
        reason,
        params,
        stack: error.stack,
        cause,
      },
      depth,
    );
  }

  #withoutKnown(text: string): string {
    let out = "";
    let from = 0;
    let at = 0;
    while (at <= text.length - SHORTEST) {
      const length =
        this.#starts[bucketAt(text, at)] === 0 ? 0 : this.#longestAt(text, at);
      if (length === 0) {
        at += 1;
        continue;
      }
      out += text.slice(from, at) + REDACTED;
      at += length;
      from = at;
    }
    return from === 0 ? text : out + text.slice(from);
  }

  #longestAt(text: string, at: number): number {
    let longest = 0;
    for (const value of this.#values.get(text.slice(at, at + SHORTEST)) ?? []) {
      if (value.length > longest && text.startsWith(value, at)) {
        longest = value.length;
      }
    }
    return longest;
  }
}

/** The bucket of the {@link SHORTEST} characters from `at` on. */
function bucketAt(text: string, at: number): number {
  let hash = 0;
  for (let index = at; index < at + SHORTEST; index += 1)
    hash = Math.imul(hash, 31) + text.charCodeAt(index);
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
}
