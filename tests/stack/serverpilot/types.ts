/** The clock of the world, in milliseconds since 1970. */
export type Clock = () => number;

export interface Account {
  clientId: string;
  apiKey: string;
  /** The answer to every call: 402 = no valid credit card, 403 = protected resource. */
  refusal: 402 | 403 | null;
}

export interface Server {
  id: string;
  name: string;
  clientId: string;
  /** What the API names as the server's address. */
  lastaddress: string;
  /** The server's IPv6 address; an AAAA record that names another keeps a certificate away. */
  address6: string;
  /** Further addresses that lead to the server: floating ones, a load balancer's. The API does not name them. */
  addresses: string[];
  /** Whether requests for names on no app are refused; else the alphabetically first app gets them. */
  denyUnknownDomains: boolean;
  datecreated: number;
}

export interface Action {
  id: string;
  clientId: string;
  serverId: string;
  appId: string;
  status: "open" | "success" | "error";
  startedAt: number;
  /** When it ends by the world's clock; Infinity = never. */
  endsAt: number;
  outcome: "success" | "error";
  /** `no-id`: the write's answer does not name it. `unknown`: it is named, and 404 when it is asked for. */
  hidden: "no-id" | "unknown" | null;
  onSuccess?: () => void;
  onError?: () => void;
}

export interface Ssl {
  auto: boolean;
  force: boolean;
}

/** What the server presents for an app's names. */
export interface Served {
  names: string[];
  custom: boolean;
  /** Wall-clock milliseconds, for a TLS client has no other clock. */
  issuedAt: number;
}

/** What a read of an app shows where it does not show how things are. */
export type Reading =
  | "old-list"
  | "empty-list"
  | "no-autossl"
  | "autossl-true"
  | "ssl-without-auto";

export interface App {
  id: string;
  name: string;
  clientId: string;
  serverId: string;
  sysuserid: string;
  datecreated: number;
  runtime: string;
  domains: string[];
  /** The list before its last change. */
  before: string[];
  /** When each domain came onto the app, by `hostnameOf` its entry. */
  addedAt: Map<string, number>;
  /** The names in the AutoSSL certificate that is available, deployed or not. */
  covered: string[];
  ssl: Ssl | null;
  served: Served | null;
  /** Actions that are still open. */
  open: Action[];
  /** What the next reads show: so many of them, or until a time of the world's clock. Null once a read was as it should. */
  odd: { shows: Reading; reads: number; until: number } | null;
  /** Origin that requests for the app's names are passed to; null = a page of the simulator's own. */
  backend: string | null;
}
