import { certificateReasons } from "./certificates";
import { databaseReasons } from "./database";
import { nameReasons } from "./names";
import { passReasons } from "./pass";
import type { ReasonText } from "./reason";
import { requestReasons } from "./requests";
import { serverPilotReasons } from "./serverpilot";
import { wordpressReasons } from "./wordpress";

export type ReasonParams = Readonly<Record<string, string | number>>;

/** Every reason that the bridge can give, each defined once, by what it is about. */
export const reasonGroups = {
  names: nameReasons,
  database: databaseReasons,
  serverpilot: serverPilotReasons,
  pass: passReasons,
  certificates: certificateReasons,
  requests: requestReasons,
  wordpress: wordpressReasons,
};

export const reasons = {
  ...nameReasons,
  ...databaseReasons,
  ...serverPilotReasons,
  ...passReasons,
  ...certificateReasons,
  ...requestReasons,
  ...wordpressReasons,
};

export type ReasonCode = keyof typeof reasons;

/** The English text of a reason with its parameters filled in. */
export function describeReason(
  code: ReasonCode,
  params: ReasonParams,
): ReasonText {
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (whole, key: string) =>
      key in params ? String(params[key]) : whole,
    );
  return {
    message: fill(reasons[code].message),
    remedy: fill(reasons[code].remedy),
  };
}

/** True for a code that this version knows. */
export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(reasons, code);
}
