import type { Socket } from "node:net";
import { Proxy, type Target } from "./proxy";

/** A statement on its way to the server, and the server's id of its connection. */
export interface Statement {
  readonly sql: string;
  readonly connectionId: number;
}

const COM_QUERY = 3;

/** Stands between a sidecar and MariaDB and hears every statement before the server does. */
export class DatabaseProxy extends Proxy {
  readonly #listeners = new Set<(statement: Statement) => void>();

  static override async start(target: Target): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(target);
    await proxy.listen();
    return proxy;
  }

  /** Calls `listener` for every statement; returns the way to stop that. */
  onStatement(listener: (statement: Statement) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected override watch(client: Socket, server: Socket): void {
    let connectionId = 0;
    server.once("data", (greeting: Buffer) => {
      // Packet header (4), protocol (1), version up to a zero byte, connection id. Source: MySQL's protocol, "HandshakeV10".
      const end = greeting.indexOf(0, 5);
      if (end > 0) connectionId = greeting.readUInt32LE(end + 1);
    });
    let rest = Buffer.alloc(0);
    client.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4) {
        const length = rest.readUIntLE(0, 3);
        if (rest.length < 4 + length) return;
        if (rest[4] === COM_QUERY && rest[3] === 0) {
          const sql = rest.toString("utf8", 5, 4 + length);
          for (const listener of this.#listeners)
            listener({ sql, connectionId });
        }
        rest = rest.subarray(4 + length);
      }
    });
  }
}
