/** The clock of the world, in milliseconds since 1970. */
export type Clock = () => number;

/** Knobs of the world that can be turned while it runs. Times are milliseconds. */
export interface Settings {
  /** Time that every API call takes. */
  latencyMs: number;
  /** How long an action stays `open`. */
  actionMs: number;
  /** From "on the app and DNS points at the server" to "in the AutoSSL certificate". */
  autosslDelayMs: number;
  /** Whether a write takes effect when it is accepted or when its action succeeds. */
  applyOn: "accept" | "success";
  /** Whether a write is refused with 409 while another write's action is open. */
  conflictWhileOpen: boolean;
  /** Whether a grown AutoSSL certificate is served without another `{"auto": true}`. */
  autoDeploy: boolean;
  /** Whether `*.example.com` passes as a domain of an app. */
  allowWildcards: boolean;
  /** Names that fit in one AutoSSL certificate. */
  maxCertificateNames: number;
  /** Days that a certificate lasts. */
  certificateDays: number;
  /** Whether app details carry `autossl`: always, only once a certificate exists, or never. */
  autosslField: "always" | "when-available" | "never";
}

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
  lastaddress: string;
  /** The server's IPv6 address; an AAAA record that names another keeps a certificate away. */
  address6: string;
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

export interface App {
  id: string;
  name: string;
  clientId: string;
  serverId: string;
  sysuserid: string;
  datecreated: number;
  runtime: string;
  domains: string[];
  /** When each domain came onto the app. */
  addedAt: Map<string, number>;
  /** The names in the AutoSSL certificate that is available, deployed or not. */
  covered: string[];
  ssl: Ssl | null;
  served: Served | null;
  /** Actions that are still open. */
  open: Action[];
}
