import { z } from "zod";
import {
  type CheckReport,
  type HistoryAnswer,
  type NameAnswer,
  type NamesAnswer,
  type NamesQuery,
  type StatusAnswer,
  checkReport,
  historyAnswer,
  historyQuery,
  nameAnswer,
  namesAnswer,
  namesQuery,
  statusAnswer,
  statusQuery,
} from "../contract/answers";
import {
  type EventsBody,
  type Preview,
  type RegistrationBody,
  eventsAnswer,
  eventsBody,
  preview,
  registrationAnswer,
  registrationBody,
  syncBody,
  syncStarted,
} from "../contract/requests";
import { anyQuery, features, nothing } from "../contract/vocabulary";
import { Refusal } from "./problems";

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
  /** @param withNames as a plugin of 0.1.0 wants it. */
  status(withNames: boolean): Promise<StatusAnswer>;
  names(query: NamesQuery): Promise<NamesAnswer>;
  /** @throws PermanentError `name-unknown` (404). */
  name(name: string): Promise<NameAnswer>;
  history(limit: number): Promise<HistoryAnswer>;
  /** Keeps a request's id in the network's database; false when it was there already. */
  claimRequest(webhookId: string): Promise<boolean>;
}

export interface SyncRequest {
  checksum?: string | undefined;
  force: boolean;
  /** Names that are tried anew now, whatever their schedule says. */
  retry: readonly string[];
  /** The network's own domain is put back on the app. */
  addNetworkDomain: boolean;
}

/** A verified request as its handler sees it. */
interface Call {
  network: NetworkService;
  /** The rest of the address, such as the name in `/names/:name`. */
  params: Readonly<Record<string, string>>;
  correlationId: string;
}

export interface Answer {
  status: number;
  body: unknown;
}

/**
 * Where a request's id is remembered: harmless requests in memory, those that decide something in the network's
 * database, so that restarts and other sidecars know it; `preferred` does without while the database is away.
 */
export type Replay = "none" | "memory" | "database" | "database-preferred";

export interface Route {
  method: "get" | "put" | "post";
  /** Below `/v1/networks/:id`. */
  path: "" | `/${string}`;
  /** Its name and one sentence for the OpenAPI document. */
  id: string;
  summary: string;
  /** What the body (of a GET: the query) must be. */
  input: z.ZodType;
  /** What is answered when all is well, by status. */
  answers: Readonly<Record<number, z.ZodType>>;
  replay: Replay | ((input: unknown) => Replay);
  /**
   * Checks the body (of a GET: the query) and returns what remains to be done.
   *
   * @throws Refusal 422
   */
  prepare: (input: unknown) => (call: Call) => Promise<Answer>;
}

const MOST_ISSUES = 5;
const LONGEST_DETAIL = 500;

function accepting<T>(
  schema: z.ZodType<T>,
  handle: (input: T, call: Call) => Promise<Answer>,
): Pick<Route, "input" | "prepare"> {
  const prepare: Route["prepare"] = (input) => {
    const { success, data, error } = schema.safeParse(input);
    if (success) return (call) => handle(data, call);
    const detail = error.issues
      .slice(0, MOST_ISSUES)
      .map(({ path, message }) =>
        [path.join("."), message].filter(Boolean).join(": "),
      )
      .join("; ");
    throw new Refusal(422, "body-invalid", {
      detail: detail.slice(0, LONGEST_DETAIL),
    });
  };
  return { input: schema, prepare };
}

const isDryRun = z.looseObject({ dryRun: z.literal(true) });

/** Every address of a network, in the order of the README. */
export function networkRoutes(version: string): Route[] {
  return [...writingRoutes(version), ...readingRoutes()];
}

/** Those that have the sidecar do something. */
function writingRoutes(version: string): Route[] {
  return [
    registerRoute(version),
    {
      method: "post",
      path: "/events",
      id: "sendEvents",
      summary: "Hints that something changed; the sidecar looks again.",
      answers: { 202: eventsAnswer },
      replay: "memory",
      ...accepting(
        eventsBody,
        async ({ events }, { network, correlationId }) => {
          await network.accept(events, correlationId);
          return { status: 202, body: { accepted: events.length } };
        },
      ),
    },
    {
      method: "post",
      path: "/sync",
      id: "sync",
      summary: "Starts a pass, or with dryRun shows what a pass would do.",
      answers: { 200: preview, 202: syncStarted },
      replay: (input) =>
        isDryRun.safeParse(input).success ? "none" : "database",
      ...accepting(
        syncBody,
        async ({ dryRun, ...wish }, { network, correlationId }) => {
          if (dryRun) return { status: 200, body: await network.preview() };
          await network.sync(wish, correlationId);
          return { status: 202, body: { started: true } };
        },
      ),
    },
    {
      method: "post",
      path: "/check",
      id: "check",
      summary: "Tries each connection by itself.",
      answers: { 200: checkReport },
      replay: "database-preferred",
      ...accepting(nothing, async (_, { network }) => ({
        status: 200,
        body: await network.check(),
      })),
    },
  ];
}

function registerRoute(version: string): Route {
  return {
    method: "put",
    path: "",
    id: "register",
    summary:
      "Registers the network: its credentials, its app and its settings. Starts a pass.",
    answers: { 200: registrationAnswer },
    replay: "database",
    ...accepting(registrationBody, async (body, { network, correlationId }) => {
      await network.register(body, correlationId);
      return {
        status: 200,
        body: {
          network: network.id,
          registered: true,
          version,
          features: [...features],
        },
      };
    }),
  };
}

/** Those that show what it knows. */
function readingRoutes(): Route[] {
  return [
    {
      method: "get",
      path: "/status",
      id: "readStatus",
      summary: "The network at a glance; with names=0 small whatever its size.",
      answers: { 200: statusAnswer },
      replay: "none",
      ...accepting(statusQuery, async ({ names }, { network }) => ({
        status: 200,
        body: await network.status(names),
      })),
    },
    {
      method: "get",
      path: "/names",
      id: "readNames",
      summary: "A page of the names, searched and sorted.",
      answers: { 200: namesAnswer },
      replay: "none",
      ...accepting(namesQuery, async (query, { network }) => ({
        status: 200,
        body: await network.names(query),
      })),
    },
    {
      method: "get",
      path: "/names/:name",
      id: "readName",
      summary: "All that is known of one name, with its history.",
      answers: { 200: nameAnswer },
      replay: "none",
      ...accepting(anyQuery, async (_, { network, params }) => ({
        status: 200,
        body: await network.name(params["name"] ?? ""),
      })),
    },
    {
      method: "get",
      path: "/history",
      id: "readHistory",
      summary: "The last passes that did something, newest first.",
      answers: { 200: historyAnswer },
      replay: "none",
      ...accepting(historyQuery, async ({ limit }, { network }) => ({
        status: 200,
        body: await network.history(limit),
      })),
    },
  ];
}
