import { randomBytes } from "node:crypto";

/** A PEM text that looks real and is none. `line` stands on a line of its own. */
export function fakePem(title: string, line: string): string {
  const noise = (): string => randomBytes(48).toString("base64");
  const lines = [noise(), noise(), line, noise(), noise()];
  return `-----BEGIN ${title}-----\n${lines.join("\n")}\n-----END ${title}-----\n`;
}

/** A text that occurs nowhere else and passes as base64. */
export function newCanary(): string {
  return `CANARY${randomBytes(24).toString("hex")}`;
}
