import type { CaaRecord } from "node:dns";

import type { CaaAnswer } from "../reconcile/probes";
import type { Ask } from "./resolver";
import { ancestors } from "./zone";

const AUTHORITY = "letsencrypt.org";

/** RFC 8659, 3: the records of the nearest ancestor that has any count, the name itself first; resolvers follow CNAMEs. */
export async function askCaa(ask: Ask, name: string): Promise<CaaAnswer> {
  for (const at of ancestors(name)) {
    const reply = await ask((put) =>
      put((resolver) => resolver.resolveCaa(at)),
    );
    if (reply.kind === "unanswered")
      return { kind: "unanswered", at, detail: reply.detail };
    if (reply.kind === "records") {
      const properties = reply.records.map(propertyOf);
      return {
        kind: "caa",
        forbids: forbids(properties),
        at,
        values: properties.map(
          ({ critical, tag, value }) => `${critical} ${tag} "${value}"`,
        ),
      };
    }
  }
  return { kind: "caa", forbids: false, at: null, values: [] };
}

interface Property {
  /** The flags; 128 = an authority that does not know the tag must not issue. */
  critical: number;
  tag: string;
  value: string;
}

/** Node gives the tag as the name of a field; from version 24 on it says beside it that the record is a CAA one. */
function propertyOf({ critical, ...rest }: CaaRecord): Property {
  const fields = Object.entries(rest).filter(([key]) => key !== "type");
  const [tag = "", value = ""] = fields[0] ?? [];
  return { critical, tag, value };
}

/** Tags that Let's Encrypt knows, or must ignore, besides `issue` (RFC 8659, 4; RFC 9495). */
const otherTags = [
  "issuewild",
  "iodef",
  "contactemail",
  "contactphone",
  "issuemail",
];

/** Whether records forbid Let's Encrypt to issue for a name that is no wildcard, by the HTTP-01 method. */
function forbids(properties: readonly Property[]): boolean {
  const tagged = properties.map((property) => ({
    ...property,
    tag: property.tag.toLowerCase(),
  }));
  const unknown = tagged.some(
    ({ critical, tag }) =>
      critical >= 128 && tag !== "issue" && !otherTags.includes(tag),
  );
  const issuers = tagged.filter(({ tag }) => tag === "issue");
  return (
    unknown ||
    (issuers.length > 0 && !issuers.some(({ value }) => allows(value)))
  );
}

/**
 * Whether an `issue` value allows Let's Encrypt. Its parameters narrow that down (RFC 8657): methods without http-01,
 * or an ACME account, which is hardly ServerPilot's.
 */
function allows(value: string): boolean {
  const [issuer = "", ...parameters] = value
    .split(";")
    .map((part) => part.trim());
  return (
    issuer.toLowerCase() === AUTHORITY &&
    parameters.every((parameter) => {
      const [key = "", setting = ""] = parameter
        .split("=")
        .map((part) => part.trim());
      switch (key.toLowerCase()) {
        case "validationmethods":
          return setting.split(",").includes("http-01");
        case "accounturi":
          return false;
        default:
          return true;
      }
    })
  );
}
