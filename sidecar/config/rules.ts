import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { secretKey } from "../contract/signature";
import type { Address } from "../reconcile/probes";
import { z } from "zod";

/** How a value is written: `rule` completes “must be …”; `parse` answers undefined where the value breaks it. */
export interface Rule<T> {
  rule: string;
  parse: (value: string) => T | undefined;
  /** A secret's value is never shown in a problem. */
  secret?: true;
}

const LONGEST_SHOWN = 80;

function shown({ secret }: Rule<unknown>, value: string): string {
  // An address that carries a password is a secret too, whatever variable it stands in.
  return secret || value.includes("@")
    ? "breaks this rule (its value is not shown)"
    : `is ${JSON.stringify(value.slice(0, LONGEST_SHOWN))}`;
}

/** A text under a rule; an empty value counts as not set, because that is how docker compose passes on a missing one. */
export function optional<T>(rule: Rule<T>) {
  return z
    .string()
    .optional()
    .transform((value, context): T | undefined => {
      if (value === undefined || value === "") return undefined;
      const parsed = rule.parse(value);
      if (parsed === undefined) {
        context.addIssue({
          code: "custom",
          message: `must be ${rule.rule}, but ${shown(rule, value)}`,
        });
        return z.NEVER;
      }
      return parsed;
    });
}

/** The default is given as a person would write it, so that the documentation shows it in the variable's own unit. */
export function withDefault<T>(rule: Rule<T>, written: string) {
  const value = rule.parse(written);
  if (value === undefined)
    throw new TypeError(`the default ${written} must be ${rule.rule}`);
  return optional(rule)
    .transform((parsed): T => parsed ?? value)
    .meta({ default: written });
}

export function required<T>(rule: Rule<T>) {
  return optional(rule)
    .transform((parsed, context): T => {
      if (parsed !== undefined) return parsed;
      context.addIssue({
        code: "custom",
        message: `must be ${rule.rule}, but is not set`,
      });
      return z.NEVER;
    })
    .meta({ default: "required" });
}

export const anyText: Rule<string> = {
  rule: "a text that is not empty",
  parse: (value) => value,
};

export const secretText: Rule<string> = { ...anyText, secret: true };

export const hostName: Rule<string> = {
  rule: "a host name or an IP address",
  parse: (value) =>
    isIP(value) || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value)
      ? value
      : undefined,
};

export function matching(rule: string, pattern: RegExp): Rule<string> {
  return {
    rule,
    parse: (value) => (pattern.test(value) ? value : undefined),
  };
}

export function oneOf<T extends string>(...allowed: T[]): Rule<T> {
  return {
    rule: `one of ${allowed.join(", ")}`,
    parse: (value) => allowed.find((item) => item === value),
  };
}

export function wholeNumber(min: number, max: number): Rule<number> {
  return {
    rule: `a whole number from ${min} to ${max}`,
    parse: (value) =>
      /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max
        ? Number(value)
        : undefined,
  };
}

function milliseconds(value: string, min: number, max: number) {
  const seconds = /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
  return seconds >= min && seconds <= max
    ? Math.round(seconds * 1000)
    : undefined;
}

/** Seconds, with decimals where a test wants them, as milliseconds. */
export function seconds(min: number, max: number): Rule<number> {
  return {
    rule: `a number of seconds from ${min} to ${max}`,
    parse: (value) => milliseconds(value, min, max),
  };
}

export function url(...schemes: string[]): Rule<string> {
  return {
    rule: `an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}, without user, password, query and fragment`,
    parse(value) {
      const parsed = URL.canParse(value) ? new URL(value) : undefined;
      return parsed &&
        schemes.includes(parsed.protocol.slice(0, -1)) &&
        !parsed.username &&
        !parsed.password &&
        !/[?#\s]/.test(value)
        ? value.replace(/\/+$/, "")
        : undefined;
    },
  };
}

/** Redis's address may carry its password, so it is never shown. */
export const redisUrl: Rule<string> = {
  rule: "an address that begins with redis:// or rediss://",
  parse: (value) =>
    URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol)
      ? value
      : undefined,
  secret: true,
};

/** `host:port` or `[IPv6]:port`. */
export const hostPort: Rule<Address> = {
  rule: "host:port, with an IPv6 address in brackets",
  parse(value) {
    const [, v6, name, digits] =
      /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
    const host = v6 ?? name ?? "";
    const port = Number(digits);
    const fits = v6 === undefined ? hostName.parse(host) : isIP(host) === 6;
    return fits && port >= 1 && port <= 65_535 ? { host, port } : undefined;
  },
};

/** Two of them: for plain HTTP and for HTTPS. */
export const webAddresses: Rule<{ http: Address; https: Address }> = {
  rule: "host:port,host:port for HTTP and HTTPS",
  parse(value) {
    const [http, https, ...more] = value
      .split(",")
      .map((item) => hostPort.parse(item.trim()));
    return http && https && more.length === 0 ? { http, https } : undefined;
  },
};

/** IP addresses as `Resolver.setServers` takes them, with commas or spaces between. */
export const dnsServers: Rule<readonly string[]> = {
  rule: "IP addresses, each with :port if need be, with commas between",
  parse(value) {
    const list = value.split(/[\s,]+/).filter(Boolean);
    const fits = list.every((item) => {
      const withPort = hostPort.parse(item);
      return isIP(item) !== 0 || (withPort && isIP(withPort.host) !== 0);
    });
    return fits && list.length > 0 ? list : undefined;
  },
};

/** The content of a file of certificates, so that a reload takes a file that was changed. */
export const certificates: Rule<string> = {
  rule: "the path of a file with certificates in PEM form that can be read",
  parse(path) {
    try {
      const pem = readFileSync(path, "utf8");
      return new X509Certificate(pem).raw.length > 0 ? pem : undefined;
    } catch {
      return undefined;
    }
  },
};

export const ipAddress: Rule<string> = {
  rule: "an IP address",
  parse: (value) => (isIP(value) === 0 ? undefined : value),
};

/** With commas or spaces between. */
export const ipAddresses: Rule<readonly string[]> = {
  rule: "IP addresses with commas between",
  parse(value) {
    const list = value.split(/[\s,]+/).filter(Boolean);
    const fits = list.every((item) => isIP(item) !== 0);
    return fits && list.length > 0 ? list : undefined;
  },
};

/** One or more secrets with spaces between, the first one in force. */
export const secretList: Rule<readonly string[]> = {
  rule: "whsec_ and the base64 of 24 to 64 bytes, or at least 32 characters (several secrets with spaces between, each by this rule)",
  parse(value) {
    const list = value.split(/\s+/).filter(Boolean);
    return list.length > 0 && list.every((item) => secretKey(item) !== null)
      ? list
      : undefined;
  },
  secret: true,
};
