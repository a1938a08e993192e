import { z } from "zod";
import { TransientError } from "../errors";
import type {
  ActionStatus,
  AppOfAccount,
  AppState,
  Server,
} from "../reconcile/ports";

/*
 * Objects are stripped to what is named here: the private key (`ssl.key`) that ServerPilot sends with every app ends at
 * this door. A list that is missing is an error, never an empty list.
 */

/** What is said of SSL in another shape than the documented one: certificates are not judged by it, domains go on. */
const UNREADABLE = "unreadable";

const ssl = z
  .object({
    auto: z.boolean(),
    force: z.boolean().nullish(),
    cert: z.string().nullish(),
  })
  .transform(({ auto, force, cert }) => ({
    auto,
    force: force ?? false,
    custom: !auto && (cert ?? "") !== "",
  }))
  .nullish()
  .catch(UNREADABLE as never);

const autossl = z
  .object({ available: z.boolean(), domains: z.array(z.string()).nullish() })
  .transform(({ available, domains }) => ({
    available,
    domains: domains ?? [],
  }))
  .nullish()
  .catch(UNREADABLE as never);

const app = z.object({
  data: z
    .object({
      id: z.string().min(1),
      name: z.string().nullish(),
      serverid: z.string().min(1),
      runtime: z.string().nullish(),
      domains: z.array(z.string()),
      ssl,
      autossl,
    })
    .transform((data): AppState => ({
      id: data.id,
      name: data.name ?? "",
      serverId: data.serverid,
      runtime: data.runtime ?? "",
      domains: data.domains,
      sslUnreadable: isUnreadable(data.ssl) || isUnreadable(data.autossl),
      ssl: isUnreadable(data.ssl) ? null : (data.ssl ?? null),
      autossl: isUnreadable(data.autossl) ? null : (data.autossl ?? null),
    })),
});

function isUnreadable(value: unknown): boolean {
  return value === UNREADABLE;
}

/** An app that says nothing of itself takes no name. */
const apps = z.object({
  data: z.array(
    z
      .object({
        id: z.string().min(1),
        name: z.string().nullish(),
        serverid: z.string().nullish(),
        domains: z.array(z.string()).nullish(),
      })
      .transform((data): AppOfAccount => ({
        id: data.id,
        name: data.name ?? "",
        serverId: data.serverid ?? "",
        domains: data.domains ?? [],
      })),
  ),
});

const written = z.object({
  actionid: z.string().min(1).nullish(),
  data: z.object({}),
});

const action = z.object({
  data: z.object({ status: z.enum(["open", "success", "error"]) }),
});

const server = z.object({
  data: z.object({
    id: z.string().min(1),
    name: z.string().nullish(),
    lastaddress: z.string().nullish(),
  }),
});

/** @throws TransientError `serverpilot-unreadable`, as do the other readers here. */
export function readApp(body: unknown): AppState {
  return check(app, body).data;
}

export function readApps(body: unknown): AppOfAccount[] {
  return check(apps, body).data;
}

/** The answer to any write; `actionId` is null where ServerPilot had nothing to configure. */
export function readWritten(body: unknown): { actionId: string | null } {
  return { actionId: check(written, body).actionid ?? null };
}

export function readAction(body: unknown): ActionStatus {
  return check(action, body).data.status;
}

export function readServer(body: unknown): Server {
  const { id, name, lastaddress } = check(server, body).data;
  const address = lastaddress?.trim() ?? "";
  return { id, name: name ?? "", lastAddress: address === "" ? null : address };
}

/** ServerPilot's own words in an error body, or an empty string. */
export function readErrorMessage(body: unknown): string {
  const error = z.object({ error: z.object({ message: z.string() }) });
  const parsed = error.safeParse(body);
  return parsed.success ? parsed.data.error.message : "";
}

/** Names the field that is wrong and never its value, which could be the private key. */
function check<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw new TransientError("serverpilot-unreadable", {
    detail: path === "" ? "body" : path,
  });
}
