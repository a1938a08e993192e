import { isIP } from "node:net";
import { toASCII } from "tr46";
import type { ReasonCode, ReasonParams } from "../reasons/reasons";

export type NormalisedHostname =
  | { ok: true; name: string }
  | { ok: false; reason: ReasonCode; params: ReasonParams };

type Refusal = Extract<NormalisedHostname, { ok: false }>;

/** RFC 1035, 2.3.4 (the final dot and the length octets are not counted here). */
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;
/** More is not even converted: no host name of 253 ASCII characters comes from so many. */
const LONGEST_INPUT = 2000;

/**
 * As browsers convert, but for the rules about directions, by which `3d.דוגמה.example` would be none and which resolvers do
 * not know. `node:url` answers differently from one Node to the next: 24 takes `xn--a`, which stands for nothing.
 */
const UTS46 = { checkJoiners: true } as const;

/** What nearly all names look like, and what the whole way below leaves as it is; `xn--` labels have to be checked. */
const PLAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

function isPlain(raw: string): boolean {
  return raw.length <= LONGEST_NAME && PLAIN.test(raw) && !raw.includes("xn--");
}

/**
 * The host name in what somebody typed or stored: lower-case ASCII (IDN by UTS 46), without scheme, user, port, path and
 * final dot; or the reason why there is none that ServerPilot could serve. Never throws.
 */
export function normaliseHostname(raw: string): NormalisedHostname {
  if (isPlain(raw)) return { ok: true, name: raw };
  const host = hostPart(raw);
  if (host === "") return refuse("hostname-empty");
  if (host.length > LONGEST_INPUT) return refuse("hostname-too-long");
  const early = refusalOfCharacters(host);
  if (early) return early;

  const ascii = toASCII(host, UTS46);
  if (ascii === null) return refuse("hostname-idn-invalid");
  const name = ascii.replace(/\.$/, "");
  if (name === "") return refuse("hostname-empty");
  return (
    refusalOfCharacters(name) ?? refusalOfLabels(name) ?? { ok: true, name }
  );
}

/** What stands between scheme and path; a bracketed IPv6 address keeps its brackets. */
function hostPart(raw: string): string {
  const afterScheme = raw.trim().replace(/^([a-z][a-z0-9+.-]*:)?\/\//i, "");
  const authority = (/^[^/?#\\]*/.exec(afterScheme)?.[0] ?? "").trim();
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  // An IPv6 address without brackets has no port to cut off.
  return isIP(host) === 6 ? host : host.replace(/:\d*$/, "").trim();
}

function refusalOfCharacters(host: string): Refusal | undefined {
  if (isAddress(host)) return refuse("hostname-is-ip");
  if (host.includes("*")) return refuse("hostname-wildcard");
  // Beyond ASCII, UTS 46 is the judge.
  const character = /(?![A-Za-z0-9.-])\p{ASCII}/u.exec(host)?.[0];
  return character === undefined
    ? undefined
    : refuse("hostname-invalid-character", { character: printable(character) });
}

function refusalOfLabels(name: string): Refusal | undefined {
  const labels = name.split(".");
  const bad = labels.find((label) => /^$|^-|-$/.test(label));
  if (bad !== undefined) {
    return refuse("hostname-invalid-label", { label: shorten(bad) });
  }
  const long = labels.find((label) => label.length > LONGEST_LABEL);
  if (long !== undefined) {
    return refuse("hostname-label-too-long", { label: shorten(long) });
  }
  if (name.length > LONGEST_NAME) return refuse("hostname-too-long");
  return labels.length === 1
    ? refuse("hostname-single-label", { label: name })
    : undefined;
}

/** IPv6, or anything that ends in a number, which URLs read as IPv4 (`127.1`, `0x7f.1`, `2130706433`). */
function isAddress(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return (
    isIP(bare) !== 0 ||
    (host.startsWith("[") && host.endsWith("]")) ||
    /(^|\.)(\d+|0x[\da-f]*)\.?$/i.test(host)
  );
}

function printable(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x20 || code === 0x7f
    ? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
    : character;
}

function shorten(label: string): string {
  return label.length > LONGEST_LABEL
    ? `${label.slice(0, LONGEST_LABEL)}…`
    : label;
}

function refuse(reason: ReasonCode, params: ReasonParams = {}): Refusal {
  return { ok: false, reason, params };
}

/**
 * A name of the app's list in the one form in which names are compared: ServerPilot may spell a name with capitals, in
 * Unicode or with a final dot. Wildcards and IP addresses, which are valid there, stay as they are.
 */
export function comparable(name: string): string {
  if (isPlain(name)) return name;
  const hostname = normaliseHostname(name);
  return hostname.ok ? hostname.name : name.trim().toLowerCase();
}

/** The name that stands beside a name: the same without `www.`, or with it. */
export function twinOf(name: string): string {
  return name.startsWith("www.") ? name.slice("www.".length) : `www.${name}`;
}
