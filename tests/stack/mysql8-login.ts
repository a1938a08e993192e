import {
  constants,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
  randomBytes,
} from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";

/** LONG_PASSWORD, CONNECT_WITH_DB, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION, PLUGIN_AUTH with lengths. */
const CAPABILITIES = 0x0028_a209;
const PLUGIN = "caching_sha2_password\0";
const FAST_AUTH_SUCCESS = 3;
const FULL_AUTHENTICATION = 4;
const REQUEST_PUBLIC_KEY = 2;

/** What the client did to be let in. */
export type Login = "scramble" | "public-key" | "cleartext";

/** MySQL's packets on a socket: three bytes of length, one that counts, the rest. */
class Packets {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest = Buffer.alloc(0);
  #sequence = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  send(body: Buffer): void {
    const header = Buffer.alloc(4);
    header.writeUIntLE(body.length, 0, 3);
    header[3] = this.#sequence;
    this.#sequence += 1;
    this.#socket.write(Buffer.concat([header, body]));
  }

  async next(): Promise<Buffer> {
    while (
      this.#rest.length < 4 ||
      this.#rest.length < 4 + this.#rest.readUIntLE(0, 3)
    ) {
      const read = await this.#chunks.next();
      if (read.done === true) throw new Error("the client is gone");
      this.#rest = Buffer.concat([this.#rest, read.value]);
    }
    const end = 4 + this.#rest.readUIntLE(0, 3);
    const body = this.#rest.subarray(4, end);
    this.#sequence = this.#rest.readUInt8(3) + 1;
    this.#rest = this.#rest.subarray(end);
    return body;
  }

  /** A command's answer is counted from one. */
  restart(): void {
    this.#sequence = 1;
  }

  end(): void {
    this.#socket.end();
  }
}

/**
 * The login of MySQL 8, which no Debian release has: `caching_sha2_password` by the protocol's public description. It
 * lets one password in, remembers as MySQL does who was let in, and answers every statement with OK.
 */
export class Mysql8Login {
  readonly logins: Login[] = [];
  readonly #password: string;
  readonly #server: Server;
  readonly #keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  readonly #sockets = new Set<Socket>();
  #cached = false;

  constructor(password: string) {
    this.#password = password;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => this.#sockets.delete(socket));
      void this.#serve(new Packets(socket)).catch(() => socket.destroy());
    });
  }

  /** Listens on a socket's path, or on a free port of 127.0.0.1; gives the port, 0 for a socket. */
  async listen(path?: string): Promise<number> {
    await new Promise<void>((resolve) => {
      if (path === undefined) this.#server.listen(0, "127.0.0.1", resolve);
      else this.#server.listen(path, resolve);
    });
    const address = this.#server.address();
    return typeof address === "object" ? (address?.port ?? 0) : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(packets: Packets): Promise<void> {
    // The protocol forbids zero bytes in it.
    const scramble = Buffer.from(
      randomBytes(20).map((byte) => (byte % 127) + 1),
    );
    packets.send(greeting(scramble));
    const token = authTokenOf(await packets.next());
    const login = await this.#authenticate(packets, token, scramble);
    if (login === null) {
      packets.send(accessDenied());
      packets.end();
      return;
    }
    this.logins.push(login);
    for (;;) {
      packets.send(Buffer.from([0, 0, 0, 2, 0, 0, 0]));
      await packets.next();
      packets.restart();
    }
  }

  async #authenticate(
    packets: Packets,
    token: Buffer,
    scramble: Buffer,
  ): Promise<Login | null> {
    if (this.#cached) {
      if (!token.equals(expectedToken(this.#password, scramble))) return null;
      packets.send(Buffer.from([1, FAST_AUTH_SUCCESS]));
      return "scramble";
    }
    packets.send(Buffer.from([1, FULL_AUTHENTICATION]));
    const answer = await packets.next();
    const asksForKey = answer.length === 1 && answer[0] === REQUEST_PUBLIC_KEY;
    const sent = asksForKey
      ? this.#decrypted(await this.#afterKey(packets), scramble)
      : answer;
    if (sent.toString("utf8") !== `${this.#password}\0`) return null;
    this.#cached = true;
    return asksForKey ? "public-key" : "cleartext";
  }

  #afterKey(packets: Packets): Promise<Buffer> {
    const pem = this.#keys.publicKey.export({ type: "spki", format: "pem" });
    packets.send(Buffer.concat([Buffer.from([1]), Buffer.from(pem)]));
    return packets.next();
  }

  #decrypted(encrypted: Buffer, scramble: Buffer): Buffer {
    const key = this.#keys.privateKey;
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const mixed = privateDecrypt({ key, padding }, encrypted);
    return Buffer.from(
      mixed.map(
        (byte, index) => byte ^ (scramble[index % scramble.length] ?? 0),
      ),
    );
  }
}

function greeting(scramble: Buffer): Buffer {
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(CAPABILITIES);
  return Buffer.concat([
    Buffer.from("\x0a8.0.36\0\x01\0\0\0", "latin1"),
    scramble.subarray(0, 8),
    Buffer.from([0]),
    flags.subarray(0, 2),
    Buffer.from([255, 2, 0]),
    flags.subarray(2),
    Buffer.from([21]),
    Buffer.alloc(10),
    scramble.subarray(8),
    Buffer.from(`\0${PLUGIN}`),
  ]);
}

/** Of a HandshakeResponse41: flags, size, character set and padding are 32 bytes, then the user and the token. */
function authTokenOf(response: Buffer): Buffer {
  const at = response.indexOf(0, 32) + 1;
  return response.subarray(at + 1, at + 1 + response.readUInt8(at));
}

function expectedToken(password: string, scramble: Buffer): Buffer {
  const hash = (data: Buffer) => createHash("sha256").update(data).digest();
  const first = hash(Buffer.from(password));
  const mixed = hash(Buffer.concat([hash(first), scramble]));
  return Buffer.from(first.map((byte, index) => byte ^ (mixed[index] ?? 0)));
}

function accessDenied(): Buffer {
  return Buffer.concat([
    Buffer.from([255, 0x15, 0x04]),
    Buffer.from("#28000Access denied for user (using password: YES)"),
  ]);
}
