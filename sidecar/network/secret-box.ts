import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import { secretKey } from "../contract/signature";

/**
 * Keeps the API key unreadable in the database that it protects: AES-256-GCM under a key that HKDF-SHA256 derives from
 * the network's secret. Sealed text: `v1.` and base64url of salt (16 bytes), IV (12), tag (16) and ciphertext.
 */
const PREFIX = "v1.";
const INFO = "domain-bridge secret-box v1";
const SALT = 16;
const IV = 12;
const TAG = 16;

function boxKey(secret: string, salt: Buffer): Buffer | null {
  const key = secretKey(secret);
  return key && Buffer.from(hkdfSync("sha256", key, salt, INFO, 32));
}

/**
 * Encrypts `plaintext` under the first secret.
 *
 * @throws RangeError when there is no usable secret; the configuration refuses that before.
 */
export function seal(secrets: readonly string[], plaintext: string): string {
  const salt = randomBytes(SALT);
  const key = boxKey(secrets[0] ?? "", salt);
  if (key === null) throw new RangeError("The secret is unusable.");
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const ciphertext = Buffer.concat([
    cipher.update(plaintext, "utf8"),
    cipher.final(),
  ]);
  const sealed = Buffer.concat([salt, iv, cipher.getAuthTag(), ciphertext]);
  return PREFIX + sealed.toString("base64url");
}

/** Decrypts with whichever secret fits; null when none does or the text was changed. */
export function open(
  secrets: readonly string[],
  sealed: string,
): string | null {
  if (!sealed.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(sealed.slice(PREFIX.length), "base64url");
  if (bytes.length < SALT + IV + TAG) return null;
  const salt = bytes.subarray(0, SALT);
  const iv = bytes.subarray(SALT, SALT + IV);
  const tag = bytes.subarray(SALT + IV, SALT + IV + TAG);
  const ciphertext = bytes.subarray(SALT + IV + TAG);
  for (const secret of secrets) {
    const key = boxKey(secret, salt);
    if (key === null) continue;
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, iv, {
        authTagLength: TAG,
      }).setAuthTag(tag);
      return (
        decipher.update(ciphertext, undefined, "utf8") + decipher.final("utf8")
      );
    } catch {
      // Not the secret that sealed it: the next one may be.
    }
  }
  return null;
}
