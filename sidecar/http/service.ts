import type { CheckReport } from "./contract/check";
import type { EventsBody } from "./contract/events";
import type { HistoryAnswer } from "./contract/history";
import type { RegistrationBody } from "./contract/registration";
import type { StatusAnswer } from "./contract/status";
import type { Preview } from "./contract/sync";

/** What the HTTP layer asks of a network; `network.ts` implements it. */
export interface NetworkService {
  readonly id: string;
  /** The secrets that requests may be signed with, first the one in force. */
  readonly secrets: readonly string[];
  /** Most requests that are let in; undefined: the default. */
  readonly requestsPerMinute?: number | undefined;
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
  status(): Promise<StatusAnswer>;
  history(limit: number): Promise<HistoryAnswer>;
  /** Keeps a request's id in the network's database; false when it was there already. */
  claimRequest(webhookId: string): Promise<boolean>;
}

export interface SyncRequest {
  checksum?: string | undefined;
  force: boolean;
  /** Names whose certificate is looked at now, whatever their schedule says. */
  retry: readonly string[];
}
