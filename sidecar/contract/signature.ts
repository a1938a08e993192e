import { createHmac, timingSafeEqual } from "node:crypto";
import type { ReasonCode, ReasonParams } from "../reasons/reasons";

/**
 * The signature of requests both ways: the Standard Webhooks scheme with the method and the target added. Signed bytes:
 * `id.timestamp.METHOD target.rawBody`, the target being path and query exactly as on the request line.
 */
interface SignedParts {
  id: string;
  /** Unix time in seconds. */
  timestamp: number | string;
  method: string;
  target: string;
  body: Buffer | string;
}

export interface SignatureHeaders {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
}

type Verified =
  | { ok: true; id: string; timestamp: number }
  | { ok: false; reason: ReasonCode; params: ReasonParams };

/** How far the clocks of both sides may be apart, in seconds. */
export const TOLERANCE_SECONDS = 300;

/** More signatures than any change of secret needs; the bound keeps a hostile header cheap. */
const MOST_SIGNATURES = 16;

/** A dot would make the signed bytes ambiguous. */
const ID = /^[A-Za-z0-9_-]{1,128}$/;
const TIMESTAMP = /^\d{1,12}$/;

/**
 * The key of a secret: the decoded bytes (24 to 64) of `whsec_<base64>`, else the UTF-8 bytes of a string of at least
 * 32 characters; null for a secret that is neither.
 */
export function secretKey(secret: string): Buffer | null {
  if (!secret.startsWith("whsec_")) {
    return Array.from(secret).length >= 32 ? Buffer.from(secret, "utf8") : null;
  }
  const encoded = secret.slice("whsec_".length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const key = Buffer.from(encoded, "base64");
  return key.length >= 24 && key.length <= 64 ? key : null;
}

function signature(key: Buffer, parts: SignedParts): string {
  const hmac = createHmac("sha256", key)
    .update(
      `${parts.id}.${parts.timestamp}.${parts.method} ${parts.target}.`,
      "utf8",
    )
    .update(parts.body);
  return `v1,${hmac.digest("base64")}`;
}

/**
 * The headers that sign a request with every secret.
 *
 * @throws RangeError when a secret is unusable; the configuration refuses such secrets before.
 */
export function sign(
  parts: SignedParts & { secrets: readonly string[] },
): SignatureHeaders {
  const signatures = parts.secrets.map((secret) => {
    const key = secretKey(secret);
    if (key === null) throw new RangeError("The secret is unusable.");
    return signature(key, parts);
  });
  return {
    "webhook-id": parts.id,
    "webhook-timestamp": String(parts.timestamp),
    "webhook-signature": signatures.join(" "),
  };
}

/**
 * Checks a request's age, then its signature against every secret, in constant time. `headers` are as Node gives them
 * (lower-case names); `nowMs` is milliseconds since the epoch.
 */
export function verify(request: {
  secrets: readonly string[];
  headers: Readonly<Record<string, string | string[] | undefined>>;
  method: string;
  target: string;
  body: Buffer | string;
  nowMs: number;
}): Verified {
  const id = request.headers["webhook-id"];
  const timestamp = request.headers["webhook-timestamp"];
  const given = request.headers["webhook-signature"];
  if (!id || !timestamp || !given) {
    return { ok: false, reason: "signature-missing", params: {} };
  }
  const invalid = {
    ok: false,
    reason: "signature-invalid",
    params: {},
  } as const;
  if (
    typeof id !== "string" ||
    typeof timestamp !== "string" ||
    typeof given !== "string" ||
    !ID.test(id) ||
    !TIMESTAMP.test(timestamp)
  ) {
    return invalid;
  }

  const offMs = Math.abs(request.nowMs - Number(timestamp) * 1000);
  if (offMs > TOLERANCE_SECONDS * 1000) {
    const params = { seconds: Math.round(offMs / 1000) };
    return { ok: false, reason: "signature-expired", params };
  }
  return matches(request.secrets, { ...request, id, timestamp }, given)
    ? { ok: true, id, timestamp: Number(timestamp) }
    : invalid;
}

/** Compares every pair, so that the time says nothing about which one fits. */
function matches(
  secrets: readonly string[],
  parts: SignedParts,
  header: string,
): boolean {
  const given = header.split(" ", MOST_SIGNATURES);
  let found = 0;
  for (const secret of secrets) {
    const key = secretKey(secret);
    if (key === null) continue;
    const expected = signature(key, parts);
    for (const candidate of given) {
      found += Number(equal(expected, candidate));
    }
  }
  return found > 0;
}

function equal(expected: string, given: string): boolean {
  const bytes = Buffer.from(given);
  return (
    bytes.length === expected.length &&
    timingSafeEqual(bytes, Buffer.from(expected))
  );
}
