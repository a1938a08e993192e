import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { unwatch, watch } from "./watchdog";

/** Options of a long-running child. */
export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that takes stdout and stderr. */
  readonly logFile: string;
  /** What asks it to end; its workers get it too. */
  readonly stopSignal?: NodeJS.Signals;
}

const living = new Set<Child>();

// However this process ends, nothing of it goes on running; the watchdog covers SIGKILL.
process.on("exit", () => {
  for (const child of living) child.signal("SIGKILL");
});

/** A child process in a process group of its own, ended with its whole group and by its id only. */
export class Child {
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(options: ChildOptions) {
    this.#options = options;
    const log = openSync(options.logFile, "a");
    this.#process = spawn(options.command, [...options.args], {
      detached: true,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", log, log],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    closeSync(log);
    living.add(this);
    const group = this.#process.pid;
    if (group !== undefined) watch(group);
    this.#ended = new Promise((resolve) => {
      const done = () => {
        living.delete(this);
        if (group !== undefined) unwatch(group);
        resolve();
      };
      this.#process.once("exit", done).once("error", done);
    });
  }

  static start(options: ChildOptions): Child {
    return new Child(options);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return living.has(this);
  }

  /** Sends a signal to the whole group; nothing happens where it has ended. */
  signal(signal: NodeJS.Signals): void {
    try {
      if (this.pid !== undefined) process.kill(-this.pid, signal);
    } catch {
      // The group is gone already.
    }
  }

  /** Asks it to end and waits; after `graceSeconds` it is killed. */
  async stop(graceSeconds = 15): Promise<void> {
    this.signal(this.#options.stopSignal ?? "SIGTERM");
    await Promise.race([
      this.#ended,
      delay(graceSeconds * 1000, undefined, { ref: false }),
    ]);
    await this.kill();
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#ended;
  }

  /** @throws Error with the end of its log where it has ended by itself. */
  async assertRunning(): Promise<void> {
    if (this.isRunning) return;
    const log = await readFile(this.#options.logFile, "utf8").catch(() => "");
    throw new Error(
      `${this.#options.name} has ended (exit code ${String(this.#process.exitCode)}):\n${log.slice(-3000)}`,
    );
  }
}
