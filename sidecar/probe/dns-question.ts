import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";

import type { Clock } from "../clock";
import {
  answerTo,
  question,
  type QuestionType,
  type Records,
} from "./dns-message";

export interface AskOptions {
  clock: Clock;
  /** Ends the question. */
  signal: AbortSignal;
  /** After how many milliseconds it is asked again, because a packet may be lost. */
  repeatMs: number;
}

/**
 * Asks one DNS server one question, over TCP where the answer does not fit into a packet. A socket of its own with a
 * port and an id by chance, connected to the server: nobody else is heard, and none but the question's own answer.
 * (Node's own resolver shows no record's owner, and believes the address of another name.)
 *
 * @param server `address` or `address:port`, IPv6 in brackets where a port follows.
 * @throws the signal's reason, or the socket's error.
 */
export async function askServer(
  server: string,
  name: string,
  type: QuestionType,
  options: AskOptions,
): Promise<Records> {
  const asked = { id: randomInt(0x10000), name, type };
  const at = addressOf(server);
  const message = question(asked.id, name, type);
  const { records, truncated } = await overUdp(at, message, asked, options);
  return truncated ? overTcp(at, message, asked, options.signal) : records;
}

interface At {
  address: string;
  port: number;
}

type Asked = Parameters<typeof answerTo>[1];

function overUdp(
  { address, port }: At,
  message: Buffer,
  asked: Asked,
  { clock, signal, repeatMs }: AskOptions,
): Promise<NonNullable<ReturnType<typeof answerTo>>> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    const send = (): void => {
      socket.send(message, (error) => {
        if (error) fail(error);
      });
    };
    let stop = (): void => undefined;
    const end = (): void => {
      stop();
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners().on("error", () => undefined);
      socket.close();
    };
    const fail = (error: Error): void => {
      end();
      reject(error);
    };
    const onAbort = (): void => {
      fail(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort);
    socket.on("error", fail).on("message", (received) => {
      const answer = answerTo(received, asked);
      if (!answer) return;
      end();
      resolve(answer);
    });
    socket.connect(port, address, () => {
      send();
      stop = clock.after(repeatMs, send);
    });
  });
}

/** RFC 1035, 4.2.2: over TCP two bytes of length precede each message. */
function overTcp(
  { address, port }: At,
  message: Buffer,
  asked: Asked,
  signal: AbortSignal,
): Promise<Records> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal });
    let received = Buffer.alloc(0);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.write(Buffer.concat([length, message]));
    socket.on("error", reject).on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const end = 2 + received.readUInt16BE(0);
      if (received.length < end) return;
      socket.destroy();
      const answer = answerTo(received.subarray(2, end), asked);
      if (answer) resolve(answer.records);
      else reject(new Error("not an answer to the question"));
    });
    socket.on("close", () => {
      reject(new Error("closed without an answer"));
    });
  });
}

function addressOf(server: string): At {
  const [, inBrackets, plain, port] =
    /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
  return {
    address: inBrackets ?? plain ?? server,
    port: port === undefined ? 53 : Number(port),
  };
}
