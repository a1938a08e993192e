import type { Server as HttpServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";

import { hostnameOf } from "./domains";
import type { App } from "./types";
import type { World } from "./world";

/** A port that can be closed, so that connections are refused, and opened again. */
export interface Port {
  port: number;
  setListening: (listening: boolean) => Promise<void>;
}

/** Opens a port of a server, 0 = a free one; closing it also ends its connections. Throws where it is taken. */
export async function openPort(
  server: NetServer | HttpServer,
  at: { host: string; port: number },
): Promise<Port> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket
      .on("close", () => sockets.delete(socket))
      .on("error", () => undefined);
  });
  let { port } = at;
  const listen = async (): Promise<void> => {
    server.listen(port, at.host);
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const close = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  return {
    port,
    setListening: async (listening) => {
      if (listening && !server.listening) await listen();
      if (!listening && server.listening) await close();
    },
  };
}

/**
 * The app that answers requests for `host`, or undefined where the server refuses them. A listed name wins over the
 * `www.` that comes with a name, and that over a wildcard; among several apps the one whose name is alphabetically first
 * on its server. Names on no app go to the alphabetically first app of the first server, unless it denies them.
 */
export function appServing(world: World, host: string): App | undefined {
  const name = hostnameOf(host);
  const apps = [...world.apps.values()];
  for (const isFor of [isListed, isTwin, isWildcard]) {
    const found = firstOf(
      world,
      apps.filter((app) => isFor(app, name)),
    );
    if (found) return found;
  }
  const [server] = world.servers.values();
  if (!server || server.denyUnknownDomains) return undefined;
  return firstOf(
    world,
    apps.filter((app) => app.serverId === server.id && app.domains.length > 0),
  );
}

function isListed(app: App, host: string): boolean {
  return app.addedAt.has(host);
}

function isTwin(app: App, host: string): boolean {
  return host.startsWith("www.") && app.addedAt.has(host.slice(4));
}

function isWildcard(app: App, host: string): boolean {
  const labels = host.split(".");
  return labels.some(
    (_, from) =>
      from > 0 && app.addedAt.has(`*.${labels.slice(from).join(".")}`),
  );
}

/** The app on the first server, there the one whose name is alphabetically first. */
function firstOf(world: World, apps: readonly App[]): App | undefined {
  if (apps.length < 2) return apps[0];
  const servers = [...world.servers.keys()];
  const placeOf = ({ serverId }: Pick<App, "serverId">): number =>
    servers.indexOf(serverId);
  return apps.toSorted(
    (one, other) =>
      placeOf(one) - placeOf(other) ||
      Number(one.name > other.name) - Number(one.name < other.name),
  )[0];
}
