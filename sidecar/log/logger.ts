import type { Writable } from "node:stream";
import { createLogger as createWinston, format, transports } from "winston";
import { Redactor } from "./redactor";

type Meta = Readonly<Record<string, unknown>>;
type Level = "error" | "warn" | "info" | "debug";

/** What every part of the sidecar logs with. Errors go into `meta` (`{ error }`). */
export interface Logger {
  error(message: string, meta?: Meta): void;
  warn(message: string, meta?: Meta): void;
  info(message: string, meta?: Meta): void;
  debug(message: string, meta?: Meta): void;
  /** A logger whose lines all carry the context, such as component and network. */
  child(context: Meta): Logger;
  /** Secrets that become known at run time, such as a registered API key. */
  readonly redact: { add(value: string): void };
}

/** Keys of a line that `meta` must not overwrite. */
const OWN_KEYS = new Set(["timestamp", "level", "message"]);

/** A line for people: when, how bad, what, and the rest as `key=value`. */
const pretty = format.printf(({ timestamp, level, message, ...rest }) => {
  const more = Object.entries(rest)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${String(timestamp)} ${level.padEnd(5)} ${[String(message), ...more].join("  ")}`;
});

/** Takes out of each line what the redactor knows, after it has learned the secrets of the moment. */
function redactionBy(redactor: Redactor, secrets: () => readonly string[]) {
  const seen = new Set<string>();
  return format((info) => {
    for (const secret of secrets()) {
      if (seen.has(secret)) continue;
      seen.add(secret);
      redactor.add(secret);
    }
    for (const key of Object.keys(info)) {
      info[key] = redactor.value(info[key], key);
    }
    return info;
  });
}

/**
 * A logger of JSON lines, or of lines for people. `secrets` is asked again for every line, so that it may grow; known
 * values, values under keys such as `password`, and private keys never reach the stream. A stream that fails (disk
 * full, reader gone) loses lines, never the process.
 */
export function createLogger({
  level,
  secrets,
  stream = process.stdout,
  isPretty = false,
}: {
  level: Level;
  isPretty?: boolean;
  secrets: () => readonly string[];
  stream?: Writable;
}): Logger {
  const redactor = new Redactor();
  const redaction = redactionBy(redactor, secrets);
  // Without a listener a broken pipe would end the process.
  if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
  const winston = createWinston({
    level,
    exitOnError: false,
    format: format.combine(
      format.timestamp(),
      redaction(),
      isPretty ? pretty : format.json(),
    ),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston's own types disagree here
    transports: [new transports.Stream({ stream, eol: "\n" })],
  });
  winston.on("error", ignore);

  const withContext = (context: Meta): Logger => {
    const log =
      (lineLevel: Level) =>
      (message: string, meta: Meta = {}): void => {
        // winston formats first and filters afterwards.
        if (!winston.isLevelEnabled(lineLevel)) return;
        winston.log({
          level: lineLevel,
          message,
          ...asFields(context),
          ...asFields(meta),
        });
      };
    return {
      error: log("error"),
      warn: log("warn"),
      info: log("info"),
      debug: log("debug"),
      child: (more) => withContext({ ...context, ...more }),
      redact: redactor,
    };
  };
  return withContext({});
}

/** The same where no key is one of the line's own; else a copy in which those have another name. */
function asFields(meta: Meta): Meta {
  if (!Object.keys(meta).some((key) => OWN_KEYS.has(key))) return meta;
  return Object.fromEntries(
    Object.entries(meta).map(([key, value]) => [
      OWN_KEYS.has(key) ? `${key}_` : key,
      value,
    ]),
  );
}

function ignore(): void {
  // Nowhere is left to say it.
}
