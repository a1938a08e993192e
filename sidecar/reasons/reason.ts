/** From “all is well” to “a live site is broken”; colours, orders, counts, e-mails and exit codes follow from it. */
export const severities = [
  "ok",
  "waiting",
  "warning",
  "action",
  "critical",
] as const;
export type Severity = (typeof severities)[number];

/** Whose step is next: who owns the domain, who runs the network, who runs the server, or nobody's (it goes on by itself). */
export const actors = [
  "customer",
  "network-admin",
  "operator",
  "nobody",
] as const;
export type Actor = (typeof actors)[number];

/** A reason's English words: what is the matter and what to do. `{name}` is replaced by the parameter of that name. */
export interface ReasonText {
  message: string;
  remedy: string;
}

export interface Reason extends ReasonText {
  severity: Severity;
  actor: Actor;
}

export type ReasonTexts = Readonly<Record<string, Reason>>;
