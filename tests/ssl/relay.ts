import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A change as WordPress is told of it; the fields that the tests read. */
export interface Change {
  seq: number;
  name: string;
  state: string;
  previous: string | null;
  reason: string | null;
}

interface Message {
  changes: Change[];
  /** Null where WordPress was away, or its answer was lost. */
  status: number | null;
}

/** `away`: WordPress does not listen. `lose`: it takes the messages, but its answer to one of a secure name is lost. */
type RelayMode = "pass" | "away" | "lose";

/** Stands between the sidecar and WordPress, and remembers what passed. */
export class Relay {
  mode: RelayMode = "pass";
  readonly messages: Message[] = [];
  readonly #server: Server;

  private constructor(server: Server, target: string) {
    this.#server = server;
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks);
        // Other routes than that of notifications are asked without changes.
        const { changes = [] } = JSON.parse(
          body.toString(),
        ) as Partial<Message>;
        const { mode } = this;
        const message: Message = { changes, status: null };
        if (changes.length > 0) this.messages.push(message);
        const { method = "GET", url = "/", headers } = request;
        const signed = Object.entries(headers).filter(
          ([name]) => name.startsWith("webhook-") || name === "content-type",
        );
        const forwarded =
          mode === "away"
            ? Promise.reject(new Error("away"))
            : fetch(target + url, {
                method,
                body,
                headers: Object.fromEntries(signed) as Record<string, string>,
              });
        forwarded
          .then(async (answer) => {
            const text = await answer.text();
            if (
              mode === "lose" &&
              changes.some(({ state }) => state === "secure")
            )
              throw new Error("lost");
            message.status = answer.status;
            response.statusCode = answer.status;
            response.setHeader("content-type", "application/json").end(text);
          })
          .catch(() => request.socket.destroy());
      });
    });
  }

  static async start(target: string): Promise<Relay> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Relay(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The changes that WordPress accepted, in the order in which it did. */
  accepted(): Change[] {
    return this.messages
      .filter(({ status }) => status === 200)
      .flatMap(({ changes }) => changes);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
