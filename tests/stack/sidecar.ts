import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Child } from "./child";
import { projectDir } from "./places";
import { until } from "./until";

/** Environment variables of the sidecar; null takes one away. */
export type SidecarEnv = Readonly<Record<string, string | null>>;

/** The sidecar as a process of its own, with a log file in the stack's folder. */
export class Sidecar {
  readonly url: string;
  readonly port: number;
  readonly logFile: string;
  #env: Readonly<Record<string, string>>;
  #child: Child | null = null;

  constructor(
    dir: string,
    port: number,
    env: Readonly<Record<string, string>>,
    name = "sidecar",
  ) {
    this.port = port;
    this.url = `http://localhost:${port}`;
    this.logFile = join(dir, `${name}.log`);
    this.#env = { HOST: "127.0.0.1", PORT: String(port), ...env };
  }

  /** Its environment, to start further sidecars or the command line with. */
  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  /** Changes its environment; holds from the next start on. */
  setEnv(changes: SidecarEnv): void {
    const merged = Object.entries({ ...this.#env, ...changes });
    this.#env = Object.fromEntries(
      merged.filter((entry): entry is [string, string] => entry[1] !== null),
    );
  }

  /**
   * Starts it and waits until it is ready, or only until it lives, where a part that it needs is away.
   *
   * @throws Error with the end of its log where it ends instead.
   */
  async start(waitFor: "readyz" | "livez" = "readyz"): Promise<void> {
    const child = Child.start({
      name: "the sidecar",
      command: process.execPath,
      args: ["--import", "tsx", "sidecar/cli/index.ts", "serve"],
      cwd: projectDir,
      env: this.#env,
      logFile: this.logFile,
    });
    this.#child = child;
    await until(`the sidecar's /${waitFor}`, async () => {
      await child.assertRunning();
      const answer = await fetch(
        `http://127.0.0.1:${this.port}/${waitFor}`,
      ).catch(() => null);
      return answer?.ok ?? false;
    });
  }

  /** Asks it to end (SIGTERM) and waits. */
  async stop(): Promise<void> {
    await this.#child?.stop(25);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Everything it has logged, over all its starts. */
  async log(): Promise<string> {
    return readFile(this.logFile, "utf8").catch(() => "");
  }
}
