import type { ReasonCode, ReasonParams } from "../reasons";
import type { EventsBody, RegistrationBody } from "./schemas";

/** What the HTTP layer asks of a network; `network.ts` implements it. */
export interface NetworkService {
  readonly id: string;
  /** The secrets that requests may be signed with, first the one in force. */
  readonly secrets: readonly string[];
  /** @throws TransientError | PermanentError with a database reason (503). */
  register(
    registration: RegistrationBody,
    correlationId: string,
  ): Promise<void>;
  /** @throws PermanentError `network-not-registered` (409). */
  accept(events: EventsBody["events"], correlationId: string): Promise<void>;
  preview(): Promise<Preview>;
  /** @throws PermanentError `plan-changed` (409) when `checksum` is not the current plan's. */
  sync(request: SyncRequest, correlationId: string): Promise<void>;
  check(): Promise<CheckReport>;
  status(): Promise<unknown>;
  history(limit: number): Promise<unknown>;
  /** Keeps a request's id in the network's database; false when it was there already. */
  claimRequest(webhookId: string): Promise<boolean>;
}

export interface SyncRequest {
  checksum?: string | undefined;
  force: boolean;
  /** Names whose certificate is looked at now, whatever their schedule says. */
  retry: readonly string[];
}

/** A reason as it travels: code and parameters for the plugin's catalogue, English words as a fallback. */
export interface Explained {
  reason: ReasonCode | null;
  params: ReasonParams;
  message: string;
  remedy: string;
}

export interface Preview {
  checksum: string;
  add: string[];
  remove: string[];
  adopt: string[];
  disown: string[];
  keep: number;
  blocked: (Explained & { name: string })[];
  /** The app's whole list after the plan. */
  result: string[];
  held: Explained | null;
}

export interface CheckReport {
  ok: boolean;
  version: string;
  checks: (Explained & {
    id: "database" | "table" | "credentials" | "app" | "server" | "wordpress";
    ok: boolean;
  })[];
}
