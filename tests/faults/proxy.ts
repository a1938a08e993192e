import { once } from "node:events";
import {
  connect,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";

/** How a proxy treats connections: on, closed at once, or accepted and never answered. */
export type ProxyMode = "pass" | "refuse" | "hang";

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Stands between a client and a server, and can take each from the other. */
export class Proxy {
  mode: ProxyMode = "pass";
  readonly #server: Server;
  readonly #target: Target;
  readonly #sockets = new Set<Socket>();

  protected constructor(target: Target) {
    this.#target = target;
    this.#server = createServer((client) => {
      this.#accept(client);
    });
  }

  static async start(target: Target): Promise<Proxy> {
    const proxy = new Proxy(target);
    await proxy.listen();
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Ends the connections that there are. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  protected async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Looks at a connection that is passed on. */
  protected watch?(client: Socket, server: Socket): void;

  #accept(client: Socket): void {
    this.#keep(client);
    if (this.mode === "refuse") client.destroy();
    if (this.mode !== "pass") return;
    const server = connect(this.#target.port, this.#target.host);
    this.#keep(server);
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on("close", () => other.destroy());
    this.watch?.(client, server);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
