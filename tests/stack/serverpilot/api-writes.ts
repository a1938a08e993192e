import { sameNames } from "./autossl";
import { acceptedList, Refusal } from "./domains";
import type { Call, Faults } from "./faults";
import type { Action, App, Ssl } from "./types";
import type { World } from "./world";

/** What a write works on. */
export interface WriteContext {
  world: World;
  faults: Faults;
  call: Call;
  app: App;
  /** Whether it is done long after it was sent. */
  late: boolean;
}

type Body = Record<string, unknown>;

function only(body: Body, ...allowed: string[]): void {
  const strange = Object.keys(body).find((key) => !allowed.includes(key));
  if (strange !== undefined)
    throw new Refusal(400, `unknown parameter: ${strange}`);
}

function begin(
  { world, faults, call, app }: WriteContext,
  onSuccess: () => void,
  onError?: () => void,
): Action {
  if (world.settings.conflictWhileOpen && app.open.length > 0) {
    throw new Refusal(409, "another action is still under way on this app");
  }
  const planned = world.nextActionTrouble();
  const struck = faults.strikeAction(call)?.kind;
  const kind = struck ?? (planned && (`action-${planned}` as const));
  const noId = kind === "action-no-id" ? "no-id" : null;
  return world.startAction(app, {
    outcome: kind === "action-error" ? "error" : "success",
    never: kind === "action-never-ends",
    hidden: kind === "action-unknown" ? "unknown" : noId,
    onSuccess,
    ...(onError && { onError }),
  });
}

/** Starts the action of a change that takes effect at once or at the action's success, as the settings say. */
function change(
  context: WriteContext,
  apply: () => void,
  revert?: () => void,
): Action {
  if (context.world.settings.applyOn === "success")
    return begin(context, apply);
  const action = begin(context, () => undefined, revert);
  apply();
  return action;
}

/** `POST /apps/:id`: replaces the list of domains. No action where the list is the same. */
export function writeDomains(
  context: WriteContext,
  body: Body,
): Action | undefined {
  only(body, "domains");
  const { app, world, late } = context;
  const { settings, names } = world;
  const domains = acceptedList(body["domains"], app, settings, names);
  const sent = body["domains"] as string[];
  const before = app.domains;
  if (isSameList(domains, before)) return undefined;
  const action = change(
    context,
    () => {
      world.setDomains(app, domains, late ? "late-write" : "write", sent);
    },
    () => {
      const { listOnError } = world.settings;
      if (listOnError === "reverted" && isSameList(app.domains, domains))
        world.setDomains(app, before, "revert");
    },
  );
  world.noteFor(app, "write");
  return action;
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** `POST /apps/:id/ssl`: enables AutoSSL or sets ForceSSL, never both. */
export function writeSsl(
  context: WriteContext,
  body: Body,
): Action | undefined {
  const { app } = context;
  if ("auto" in body) {
    only(body, "auto");
    if (body["auto"] !== true) throw new Refusal(400, "auto must be true");
    return enableAutossl(context);
  }
  only(body, "force");
  const force = body["force"];
  if (typeof force !== "boolean")
    throw new Refusal(400, "force must be a boolean");
  if (!app.ssl) throw new Refusal(400, "SSL is not enabled for this app");
  return app.ssl.force === force
    ? undefined
    : changeSsl(context, { auto: app.ssl.auto, force });
}

/** `DELETE /apps/:id/ssl`: turns AutoSSL off or removes the custom certificate. */
export function deleteSsl(context: WriteContext): Action | undefined {
  const { app } = context;
  if (!app.ssl) return undefined;
  return change(context, () => {
    app.ssl = null;
    app.served = null;
  });
}

function changeSsl(context: WriteContext, ssl: Ssl): Action {
  const { app } = context;
  const before = app.ssl;
  return change(
    context,
    () => (app.ssl = ssl),
    () => (app.ssl = before),
  );
}

function enableAutossl(context: WriteContext): Action | undefined {
  const { app, world } = context;
  if (app.ssl && !app.ssl.auto)
    throw new Refusal(400, "the app has a custom SSL certificate");
  if (app.covered.length === 0)
    throw new Refusal(400, "AutoSSL is not available for this app");
  const names = [...app.covered];
  if (world.settings.autoAgain === "nothing") {
    if (app.ssl && app.served && sameNames(app.served.names, names))
      return undefined;
  } else if (world.issued.isExhausted(names, world.clock())) {
    throw new Refusal(
      400,
      "too many certificates (5) already issued for this exact set of names in the last 168 hours",
    );
  }
  const action = changeSsl(context, {
    auto: true,
    force: app.ssl?.force ?? false,
  });
  const { onSuccess } = action;
  action.onSuccess = () => {
    onSuccess?.();
    // SSL may have been deleted meanwhile.
    if (app.ssl?.auto) world.serve(app, names, false);
  };
  return action;
}
