import type {
  ChallengeFinding,
  ReachFinding,
  ReachRequest,
  Unreachable,
} from "../reconcile/probes";
import { isOurs } from "../certificates/addresses";
import type { HttpAnswer } from "./http-ask";

/** An answer, and what was asked where to get it. */
export interface Hop {
  url: URL;
  /** The IP address that answered. */
  address: string;
  answer: HttpAnswer;
}

/** Where following redirects ended; `last` is the hop before, where nothing more came. */
export type Trail =
  | { end: "answer"; last: Hop }
  | { end: "left"; last: Hop; to: URL }
  | { end: "loop"; last: Hop }
  | { end: "unreachable"; failure: Unreachable };

const REDIRECTS = [301, 302, 303, 307, 308];
/** Browsers and Let's Encrypt bear more, but no site that works has more between a name and its twin. */
const MOST_HOPS = 6;

/**
 * What follows from an answer: the next URL, where it is a redirect that stays with the name or its twin, else the end.
 *
 * @param dress adds to the next URL what is asked with it.
 * @param asked the URLs so far, as `href`.
 */
export function follow(
  hop: Hop,
  name: string,
  dress: (url: URL) => void,
  asked: ReadonlySet<string>,
): Trail | { end: null; next: URL } {
  const to = redirectOf(hop);
  if (to === null) return { end: "answer", last: hop };
  if (to.port !== "" || ![name, twinOf(name)].includes(to.hostname))
    return { end: "left", last: hop, to };
  dress(to);
  return asked.has(to.href) || asked.size >= MOST_HOPS
    ? { end: "loop", last: hop }
    : { end: null, next: to };
}

/** Where a redirect leads, without fragment; null for what is no redirect on the web. */
function redirectOf({ url, answer }: Hop): URL | null {
  const { status, location } = answer;
  if (!REDIRECTS.includes(status) || location === null) return null;
  if (!URL.canParse(location, url.href)) return null;
  const to = new URL(location, url);
  to.hash = "";
  return /^https?:$/.test(to.protocol) ? to : null;
}

/** `www.` and the name, and the other way round. */
export function twinOf(name: string): string {
  return name.startsWith("www.") ? name.slice(4) : `www.${name}`;
}

/** Whether a trail that began at a name with UM's nonce reached the network; see `ReachFinding` for what each means. */
export function reachFinding(
  trail: Trail,
  { mapping, networkDomain }: ReachRequest,
): ReachFinding {
  if (trail.end === "unreachable") return trail.failure;
  const met = metOf(trail.last);
  const { body, challenge } = trail.last.answer;
  if (trail.end === "loop") return { kind: "redirect-loop", ...met };
  if (trail.end === "left") {
    const { to } = trail;
    const signUp =
      to.pathname.endsWith("/wp-signup.php") && to.searchParams.has("new");
    const home = [networkDomain, twinOf(networkDomain)].includes(to.hostname);
    return signUp || home
      ? {
          kind: "not-this-network",
          ...met,
          unrouted: true,
          location: to.origin + to.pathname,
          otherMapping: null,
        }
      : { kind: "redirected-elsewhere", ...met, host: to.host };
  }
  const answered = met.status === 200 ? mappingIn(body) : null;
  if (
    answered?.id === String(mapping.id) &&
    answered.domain === mapping.domain.toLowerCase()
  )
    return { kind: "reached", ...met };
  return isRefusal(met.status)
    ? { kind: "error-page", ...met, challenge }
    : {
        kind: "not-this-network",
        ...met,
        unrouted: false,
        location: null,
        otherMapping: answered,
      };
}

/** Whether a trail that began at an authority's challenge came to the server; see `ChallengeFinding`. */
export function challengeFinding(
  trail: Trail,
  ours: readonly string[],
): ChallengeFinding {
  if (trail.end === "unreachable") return trail.failure;
  const met = metOf(trail.last);
  if (trail.end === "loop") return { kind: "redirect-loop", ...met };
  if (trail.end === "left")
    return { kind: "redirected-elsewhere", ...met, host: trail.to.host };
  if (isRefusal(met.status)) return { kind: "blocked", ...met };
  return {
    kind: isOurs(met.address, ours) ? "reachable" : "answered-elsewhere",
    ...met,
  };
}

/**
 * The finding to tell of a name's addresses, of which there is at least one: the first that is not good. An address of
 * a kind that this machine has no way to says nothing, unless there is no other.
 *
 * @param good the kind that is wished for.
 */
export function worstOf<F extends { kind: string; why?: string }>(
  findings: readonly F[],
  good: F["kind"],
): F {
  const badness = ({ kind, why }: F): number =>
    why === "no-route" ? 0 : kind === good ? 1 : 2;
  return findings.reduce((worst, next) =>
    badness(next) > badness(worst) ? next : worst,
  );
}

/** 404 and 410 are pages like any other: somebody is there, and does not know the path. */
function isRefusal(status: number): boolean {
  return status >= 400 && status !== 404 && status !== 410;
}

/** UM's answer to its nonce: the mapping as JSON. */
function mappingIn(body: string): { id: string; domain: string } | null {
  try {
    const { id, domain } = (JSON.parse(body) ?? {}) as Record<string, unknown>;
    return (typeof id === "number" || typeof id === "string") &&
      typeof domain === "string"
      ? { id: String(id), domain: domain.toLowerCase() }
      : null;
  } catch {
    return null;
  }
}

function metOf({ address, answer: { status, certificate } }: Hop): {
  address: string;
  status: number;
  certificate: string | null;
} {
  return { address, status, certificate };
}
