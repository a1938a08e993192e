import { certificatesOf } from "./autossl";
import { shownList } from "./domains";
import type { Action, App, Reading, Served, Server, Ssl } from "./types";
import type { World } from "./world";

/** Makes the PEM texts of a certificate that is served. */
export type PemOf = (served: Pick<Served, "names" | "issuedAt">) => {
  cert: string;
  cacerts: string;
};

export interface ViewDeps {
  world: World;
  pemOf: PemOf;
  privateKey: string;
}

/** `ssl` as the API shows it, private key included; of several certificates the first. */
export function sslView(
  app: App,
  ssl: Ssl,
  { world, pemOf, privateKey }: ViewDeps,
): Record<string, unknown> {
  const served = app.served ?? {
    names: app.covered,
    issuedAt: app.datecreated * 1000,
  };
  const [names = []] = certificatesOf(served, world.settings);
  const { cert, cacerts } = pemOf({ names, issuedAt: served.issuedAt });
  return { key: privateKey, cert, cacerts, auto: ssl.auto, force: ssl.force };
}

/** An app as lists and writes show it. */
export function appView(app: App, deps: ViewDeps): Record<string, unknown> {
  const { settings, names } = deps.world;
  return {
    id: app.id,
    datecreated: app.datecreated,
    name: app.name,
    sysuserid: app.sysuserid,
    domains: shownList(app.domains, settings, names),
    ssl: app.ssl && sslView(app, app.ssl, deps),
    serverid: app.serverId,
    runtime: app.runtime,
  };
}

/** An app's details: the only place that shows `autossl`. With `reading`, not as things are. */
export function appDetailsView(
  app: App,
  deps: ViewDeps,
  reading?: Reading,
): Record<string, unknown> {
  const { settings, names } = deps.world;
  const view = appView(app, deps);
  const autossl = autosslView(app, deps);
  if (autossl !== null) view["autossl"] = autossl;
  switch (reading) {
    case "old-list":
      view["domains"] = shownList(app.before, settings, names);
      break;
    case "empty-list":
      view["domains"] = [];
      break;
    case "no-autossl":
      delete view["autossl"];
      break;
    case "autossl-true":
      view["autossl"] = true;
      break;
    case "ssl-without-auto":
      if (app.ssl) delete (view["ssl"] as Record<string, unknown>)["auto"];
      break;
    case undefined:
      break;
  }
  return view;
}

function autosslView(
  app: App,
  { world }: ViewDeps,
): Record<string, unknown> | null {
  const { settings, names } = world;
  const available = app.covered.length > 0;
  const { autosslField: field } = settings;
  if (field === "never" || (field === "when-available" && !available))
    return null;
  return available
    ? { available, domains: shownList(app.covered, settings, names) }
    : { available };
}

export function actionView(action: Action): Record<string, unknown> {
  const { id, serverId, status, startedAt } = action;
  return {
    id,
    serverid: serverId,
    status,
    datecreated: Math.floor(startedAt / 1000),
  };
}

export function serverView(
  server: Server,
  now: number,
): Record<string, unknown> {
  return {
    id: server.id,
    name: server.name,
    plan: "business",
    autoupdates: true,
    firewall: true,
    deny_unknown_domains: server.denyUnknownDomains,
    available_runtimes: ["php8.1", "php8.2", "php8.3", "php8.4"],
    lastaddress: server.lastaddress,
    lastconn: Math.floor(now / 1000),
    datecreated: server.datecreated,
  };
}
