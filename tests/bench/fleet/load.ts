import { connect } from "node:net";

const CONNECTIONS = 16;

/**
 * Sends prepared requests over a few connections that stay open, one request at a time on each, as cheaply as Node can,
 * so that the server is what is measured.
 *
 * @returns milliseconds until the last answer.
 * @throws Error where an answer is not 202.
 */
export async function sendAll(
  port: number,
  requests: readonly Buffer[],
): Promise<number> {
  const queue = requests.values();
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(CONNECTIONS, requests.length) }, () =>
      sendOver(port, queue),
    ),
  );
  return performance.now() - startedAt;
}

function sendOver(
  port: number,
  queue: Iterator<Buffer, undefined>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const next = (): void => {
      const { value, done } = queue.next();
      if (done) socket.end(resolve);
      else socket.write(value);
    };
    socket.once("connect", next).once("error", reject);
    let received = "";
    // Answers are far smaller than a packet and none is sent before it is asked for.
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const head = received.indexOf("\r\n\r\n");
      if (head === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
      if (received.length < head + 4 + length) return;
      if (!received.startsWith("HTTP/1.1 202")) {
        socket.destroy(new Error(received.slice(0, 600)));
        return;
      }
      received = "";
      next();
    });
  });
}
