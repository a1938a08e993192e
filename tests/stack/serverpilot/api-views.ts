import type { Action, App, Served, Server, Settings, Ssl } from "./types";

/** Makes the PEM texts of a certificate that is served. */
export type PemOf = (served: Pick<Served, "names" | "issuedAt">) => {
  cert: string;
  cacerts: string;
};

export interface ViewDeps {
  settings: Settings;
  pemOf: PemOf;
  privateKey: string;
}

/** `ssl` as the API shows it, private key included. */
export function sslView(
  app: App,
  ssl: Ssl,
  { pemOf, privateKey }: ViewDeps,
): Record<string, unknown> {
  const pem = pemOf(
    app.served ?? { names: app.covered, issuedAt: app.datecreated * 1000 },
  );
  return { key: privateKey, ...pem, auto: ssl.auto, force: ssl.force };
}

/** An app as lists and writes show it. */
export function appView(app: App, deps: ViewDeps): Record<string, unknown> {
  return {
    id: app.id,
    datecreated: app.datecreated,
    name: app.name,
    sysuserid: app.sysuserid,
    domains: [...app.domains],
    ssl: app.ssl && sslView(app, app.ssl, deps),
    serverid: app.serverId,
    runtime: app.runtime,
  };
}

/** An app's details: the only place that shows `autossl`. */
export function appDetailsView(
  app: App,
  deps: ViewDeps,
): Record<string, unknown> {
  const view = appView(app, deps);
  const available = app.covered.length > 0;
  const { autosslField } = deps.settings;
  if (
    autosslField === "never" ||
    (autosslField === "when-available" && !available)
  )
    return view;
  return {
    ...view,
    autossl: available
      ? { available, domains: [...app.covered] }
      : { available },
  };
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
    deny_unknown_domains: true,
    available_runtimes: ["php8.1", "php8.2", "php8.3", "php8.4"],
    lastaddress: server.lastaddress,
    lastconn: Math.floor(now / 1000),
    datecreated: server.datecreated,
  };
}
