import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateEncrypt,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

import forge from "node-forge";

/** Who signs a certificate: the CA that clients are told to trust, a CA that nobody knows, or its own key. */
export type Signer = "authority" | "stranger" | "self";

export interface CertificateSpec {
  names: string[];
  ips?: string[];
  /** Wall-clock milliseconds. */
  notBefore: number;
  notAfter: number;
  signer: Signer;
}

interface Issued {
  cert: string;
  key: string;
}

interface Key {
  pem: string;
  private: KeyObject;
  public: forge.pki.rsa.PublicKey;
}

interface Ca {
  key: Key;
  subject: forge.pki.CertificateField[];
  pem: string;
}

const DAY = 86_400_000;
const MAX_KEPT = 2000;
const ALT_DNS = 2;
const ALT_IP = 7;
/** ASN.1 DigestInfo of SHA-256, which RSASSA-PKCS1-v1_5 puts before the digest (RFC 8017, 9.2). */
const digestInfo = Buffer.from("3031300d060960864801650304020105000420", "hex");

/** Makes certificates; keys are made once, on first use, and shared by all certificates. */
class Authority {
  readonly #cas = new Map<Signer, Ca>();
  readonly #issued = new Map<string, Issued>();
  #leaf: Key | undefined;

  /** The CA's certificate, for `NODE_EXTRA_CA_CERTS`. */
  get caPem(): string {
    return this.#ca("authority").pem;
  }

  /** Takes the CA's key and certificate from a file, or leaves them there: who trusts it does so after a restart too. */
  keepIn(file: string): void {
    if (existsSync(file)) {
      const text = readFileSync(file, "utf8");
      this.#cas.set("authority", {
        key: keyOf(createPrivateKey(text)),
        subject: caSubject("authority"),
        pem: text.slice(text.indexOf("-----BEGIN CERTIFICATE-----")),
      });
    } else {
      const { key, pem } = this.#ca("authority");
      writeFileSync(file, key.pem + pem, { mode: 0o600 });
    }
  }

  /** The same answer for the same specification. */
  issue(spec: CertificateSpec): Issued {
    const id = JSON.stringify(spec);
    const known = this.#issued.get(id);
    if (known) return known;
    if (this.#issued.size >= MAX_KEPT) this.#issued.clear();
    const issued = this.#make(spec);
    this.#issued.set(id, issued);
    return issued;
  }

  #make(spec: CertificateSpec): Issued {
    const leaf = (this.#leaf ??= newKey());
    const subject = [
      {
        shortName: "CN",
        value: (spec.names[0] ?? spec.ips?.[0] ?? "nobody").slice(0, 64),
      },
    ];
    const altNames = [
      ...spec.names.map((value) => ({ type: ALT_DNS, value })),
      ...(spec.ips ?? []).map((ip) => ({ type: ALT_IP, ip })),
    ];
    const extensions = [
      { name: "keyUsage", digitalSignature: true, keyEncipherment: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames },
    ];
    const ca =
      spec.signer === "self" ? { key: leaf, subject } : this.#ca(spec.signer);
    return {
      cert: signed({
        ...spec,
        subject,
        extensions,
        publicKey: leaf.public,
        ca,
      }),
      key: leaf.pem,
    };
  }

  #ca(signer: Exclude<Signer, "self">): Ca {
    const known = this.#cas.get(signer);
    if (known) return known;
    const key = newKey();
    const subject = caSubject(signer);
    const extensions = [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ];
    const validity = {
      notBefore: Date.now() - DAY,
      notAfter: Date.now() + 3650 * DAY,
    };
    const pem = signed({
      ...validity,
      subject,
      extensions,
      publicKey: key.public,
      ca: { key, subject },
    });
    const ca = { key, subject, pem };
    this.#cas.set(signer, ca);
    return ca;
  }
}

interface ToSign {
  subject: forge.pki.CertificateField[];
  notBefore: number;
  notAfter: number;
  extensions: unknown[];
  publicKey: forge.pki.rsa.PublicKey;
  ca: Pick<Ca, "key" | "subject">;
}

let serial = Date.now();

function signed({
  subject,
  notBefore,
  notAfter,
  extensions,
  publicKey,
  ca,
}: ToSign): string {
  const cert = forge.pki.createCertificate();
  serial += 1;
  // Positive and without needless zeros in front, as DER wants integers.
  cert.serialNumber = `01${serial.toString(16).padStart(16, "0")}`;
  cert.validity = {
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
  };
  cert.publicKey = publicKey;
  cert.setSubject(subject);
  cert.setIssuer(ca.subject);
  cert.setExtensions(extensions);
  cert.sign(nativeSigner(ca.key.private), forge.md.sha256.create());
  return forge.pki.certificateToPem(cert);
}

/** Signs by OpenSSL in a millisecond, where forge's own arithmetic takes long enough to be felt with many names. */
function nativeSigner(key: KeyObject): forge.pki.rsa.PrivateKey {
  const sign = (digest: forge.md.MessageDigest): string => {
    const info = Buffer.concat([
      digestInfo,
      Buffer.from(digest.digest().getBytes(), "latin1"),
    ]);
    return privateEncrypt(
      { key, padding: constants.RSA_PKCS1_PADDING },
      info,
    ).toString("latin1");
  };
  return { sign } as unknown as forge.pki.rsa.PrivateKey;
}

function newKey(): Key {
  return keyOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
}

function keyOf(key: KeyObject): Key {
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  const spki = createPublicKey(key)
    .export({ type: "spki", format: "pem" })
    .toString();
  return { pem, private: key, public: forge.pki.publicKeyFromPem(spki) };
}

function caSubject(
  signer: Exclude<Signer, "self">,
): forge.pki.CertificateField[] {
  return [{ shortName: "CN", value: `Simulated ${signer}` }];
}

let shared: Authority | undefined;

/** The process's one authority: making its keys is the slow part. */
export function sharedAuthority(): Authority {
  return (shared ??= new Authority());
}
