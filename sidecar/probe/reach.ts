import { randomBytes } from "node:crypto";
import { isIP } from "node:net";

import { isOurs, isPublic, proxyNetworkOf } from "../certificates/addresses";
import type { Clock } from "../clock";
import { createLimit } from "../concurrency";
import type {
  Address,
  ChallengeFinding,
  DnsAnswer,
  Probes,
  ReachAnswer,
  ReachRequest,
  Unreachable,
} from "../reconcile/probes";
import { httpAsk } from "./http-ask";
import {
  challengeFinding,
  follow,
  reachFinding,
  worstOf,
  type Hop,
  type Trail,
} from "./reach-finding";

/** Where plain HTTP and HTTPS are. */
export interface WebAddresses {
  http: Address;
  https: Address;
}

/** Either may be missing. */
export interface ServerAddresses {
  http?: Address | undefined;
  https?: Address | undefined;
}

export interface ReachProbeOptions {
  lookUp: Probes["lookUp"];
  clock: Clock;
  /** How long one request may take, in milliseconds (10000); with all its redirects it may take twice as long. */
  timeoutMs?: number;
  /** Names that are asked for at the same time (50). */
  concurrency?: number;
  /** PEM of the trusted CAs; default: Node's, with those of NODE_EXTRA_CA_CERTS. */
  ca?: string | undefined;
  /** Where the server is asked; default: its address, ports 80 and 443. */
  server?: ServerAddresses | undefined;
  /**
   * For tests: where everything is that names resolve to, but for addresses of ours, which are at `server`. The
   * addresses are checked all the same.
   */
  world?: WebAddresses | undefined;
}

/** How one name is asked for. */
interface Way {
  /** IP addresses of a host, the likeliest first. */
  addresses: (host: string) => Promise<readonly string[] | Unreachable>;
  /** Where to connect, or null where that would lead into a private network. */
  connectTo: (url: URL, address: string) => Address | null;
  /** Adds to a URL what is asked with it. */
  dress: (url: URL) => void;
}

const MOST_OF_EACH_KIND = 3;

/** Asks for names over HTTP and HTTPS, as the world does or at the server; whatever goes wrong is an answer. */
export function createReachProbe(
  options: ReachProbeOptions,
): Pick<Probes, "reach" | "reachAtServer" | "challenge"> {
  const limit = createLimit(options.concurrency ?? 50);
  return {
    reach: (request) => limit(() => reachByName(request, options)),
    reachAtServer: (request) =>
      limit(() =>
        askBoth(
          request,
          {
            addresses: () => Promise.resolve([request.server]),
            connectTo: (url, address) => target(url, address, options.server),
            dress: carrying(request),
          },
          options,
        ),
      ),
    challenge: (name, { ours }) =>
      limit(() => challengeByName(name, ours, options)),
  };
}

async function addressesOf(host: string, { lookUp }: ReachProbeOptions) {
  return addressesIn(await lookUp(host));
}

/** Begins at one address of the name; a redirect to its twin goes where that leads. */
function worldWay(
  name: string,
  address: string,
  ours: readonly string[],
  options: ReachProbeOptions,
): Omit<Way, "dress"> {
  const { server, world } = options;
  return {
    addresses: (host) =>
      host === name ? Promise.resolve([address]) : addressesOf(host, options),
    connectTo: (url, to) => {
      const own = isOurs(to, ours);
      if (!own && !isPublic(to)) return null;
      return target(url, to, world && own ? server : undefined, world);
    },
  };
}

/** Asks each address of a name; the worst answer counts. */
async function reachByName(
  request: ReachRequest & { ours: readonly string[] },
  options: ReachProbeOptions,
): Promise<ReachAnswer> {
  const { name, ours } = request;
  const from = await addressesOf(name, options);
  if ("kind" in from) return { http: from, https: from };
  const dress = carrying(request);
  const answers = await Promise.all(
    from.map((address) => {
      const way = { ...worldWay(name, address, ours, options), dress };
      return askBoth(request, way, options);
    }),
  );
  return {
    http: worstOf(
      answers.map(({ http }) => http),
      "reached",
    ),
    https: worstOf(
      answers.map(({ https }) => https),
      "reached",
    ),
  };
}

/** Asks for a file as the certificate authority does, at each address of a name; the worst answer counts. */
async function challengeByName(
  name: string,
  ours: readonly string[],
  options: ReachProbeOptions,
): Promise<ChallengeFinding> {
  const from = await addressesOf(name, options);
  if ("kind" in from) return from;
  const token = randomBytes(16).toString("hex");
  const start = `http://${name}/.well-known/acme-challenge/${token}`;
  const dress = (): void => undefined;
  const findings = from.map(async (address) => {
    const way = { ...worldWay(name, address, ours, options), dress };
    const { trail } = await walk(name, new URL(start), way, options);
    return challengeFinding(trail, ours);
  });
  return worstOf(await Promise.all(findings), "reachable");
}

/** By HTTP and by HTTPS, which is not asked again where HTTP has led to it. */
async function askBoth(
  request: ReachRequest,
  way: Way,
  options: ReachProbeOptions,
): Promise<ReachAnswer> {
  const { name } = request;
  if (isIP(name) !== 0 || !URL.canParse(`https://${name}/`)) {
    const none = unreachable("no-address", null, "not a host name");
    return { http: none, https: none };
  }
  const start = new URL(`https://${name}/`);
  const plain = await walk(name, new URL(`http://${name}/`), way, options);
  way.dress(start);
  const secure = plain.asked.has(start.href)
    ? plain
    : await walk(name, start, way, options);
  return {
    http: reachFinding(plain.trail, request),
    https: reachFinding(secure.trail, request),
  };
}

/** Follows redirects from `start` on, by hand; `asked` are the URLs on the way, as `href`. */
async function walk(
  name: string,
  start: URL,
  way: Way,
  options: ReachProbeOptions,
): Promise<{ trail: Trail; asked: ReadonlySet<string> }> {
  const { clock, timeoutMs = 10_000 } = options;
  const until = clock.now() + 2 * timeoutMs;
  const asked = new Set<string>();
  let url = start;
  way.dress(url);
  for (;;) {
    asked.add(url.href);
    const left = Math.min(timeoutMs, until - clock.now());
    const hop = await ask(url, way, options, left);
    if ("kind" in hop)
      return { trail: { end: "unreachable", failure: hop }, asked };
    const trail = follow(hop, name, way.dress, asked);
    if (trail.end !== null) return { trail, asked };
    url = trail.next;
  }
}

/** Asks at the first address of the URL's host that this machine has a way to. */
async function ask(
  url: URL,
  way: Way,
  { clock, ca }: ReachProbeOptions,
  timeoutMs: number,
): Promise<Hop | Unreachable> {
  const addresses = await way.addresses(url.hostname);
  if ("kind" in addresses) return addresses;
  let failure = unreachable("no-address", null, "no address");
  for (const address of addresses) {
    const to = way.connectTo(url, address);
    if (to === null)
      return unreachable("private-address", address, "not connected to");
    const answer = await httpAsk({ url, to, clock, timeoutMs, ca });
    if (answer.kind === "http") return { url, address, answer };
    failure = unreachable(answer.why, address, answer.detail);
    if (answer.why !== "no-route") break;
  }
  return failure;
}

/** Some of a name's addresses: one of each proxy network, for there all are alike, and a few of the others. */
function addressesIn(dns: DnsAnswer): readonly string[] | Unreachable {
  if (dns.kind === "unanswered") return unreachable("dns", null, dns.detail);
  if (dns.kind === "missing")
    return unreachable("no-address", null, dns.cname ?? "no record");
  const proxies = new Set<string>();
  const telling = (addresses: readonly string[]): string[] =>
    [...addresses]
      .sort()
      .filter((address) => {
        const proxy = proxyNetworkOf(address);
        if (proxy === null) return true;
        const isNew = !proxies.has(proxy);
        proxies.add(proxy);
        return isNew;
      })
      .slice(0, MOST_OF_EACH_KIND);
  return [...telling(dns.addresses), ...telling(dns.ipv6)];
}

/** Adds UM's nonce for the host, and something that no cache has seen yet, so that the answer is of today. */
function carrying({ nonces }: ReachRequest): Way["dress"] {
  const unseen = randomBytes(8).toString("hex");
  return (url) => {
    const nonce = nonces[url.hostname];
    if (nonce !== undefined)
      url.searchParams.set("async_check_dns_nonce", nonce);
    url.searchParams.set("domain_bridge", unseen);
  };
}

/** The first of `instead` that says where it is, else the address itself. */
function target(
  { protocol }: URL,
  host: string,
  ...instead: (ServerAddresses | undefined)[]
): Address {
  const scheme = protocol === "https:" ? "https" : "http";
  const said = instead.map((places) => places?.[scheme]).find(Boolean);
  return said ?? { host, port: scheme === "https" ? 443 : 80 };
}

function unreachable(
  why: Unreachable["why"],
  address: string | null,
  detail: string,
): Unreachable {
  return { kind: "unreachable", why, address, detail };
}
