import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { Child } from "./child";
import { program } from "./parts";
import { freePort } from "./ports";
import { until } from "./until";

export interface RedisOptions {
  /** Folder for its log and data; made where it is not there. */
  readonly dir: string;
  /** Whether it remembers everything over a restart; default false: it forgets everything. */
  readonly remembers?: boolean;
}

/** A private Redis on a loopback port. */
export class Redis {
  readonly port: number;
  readonly url: string;
  readonly #options: RedisOptions;
  #child: Child | null = null;

  private constructor(options: RedisOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(options: RedisOptions): Promise<Redis> {
    const redis = await Redis.prepare(options);
    await redis.start();
    return redis;
  }

  /** One that has its port but does not run yet. */
  static async prepare(options: RedisOptions): Promise<Redis> {
    await mkdir(options.dir, { recursive: true });
    return new Redis(options, await freePort());
  }

  /** Starts the stopped or killed server again on the same port. */
  async start(): Promise<void> {
    const { dir, remembers = false } = this.#options;
    const child = Child.start({
      name: "redis-server",
      command: program("redis-server") ?? "redis-server",
      args: [
        ...["--port", String(this.port), "--bind", "127.0.0.1", "--dir", dir],
        ...["--save", "", "--appendonly", remembers ? "yes" : "no"],
        ...["--appendfsync", "always"],
      ],
      logFile: join(dir, "redis.log"),
    });
    this.#child = child;
    await until("Redis", async () => {
      await child.assertRunning();
      return answers(this.port);
    });
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Ends the server as a power cut would. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  /** Stops answering without closing a connection, or goes on. */
  freeze(frozen: boolean): void {
    this.#child?.signal(frozen ? "SIGSTOP" : "SIGCONT");
  }
}

/** Whether it takes commands: while it loads its data it takes connections already. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => {
      done(data.toString().startsWith("+PONG"));
    });
    socket.once("error", () => {
      done(false);
    });
  });
}
