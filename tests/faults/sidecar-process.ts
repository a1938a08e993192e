import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, type Client } from "../../sidecar/cli/client";
import { httpTransport } from "../../sidecar/cli/transport";
import { systemClock } from "../../sidecar/clock";
import { readConfig } from "../../sidecar/config/config";
import { Child } from "../stack/child";
import { projectDir } from "../stack/places";
import { until } from "../stack/until";
import type { Build } from "./build";

/** One of several sidecars of a network, compiled, with a clock of its own that can be set. */
export class SidecarProcess {
  readonly name: string;
  readonly port: number;
  readonly logFile: string;
  readonly #build: Build;
  readonly env: Readonly<Record<string, string>>;
  readonly #clockFile: string;
  #child: Child | null = null;
  #meantToRun = false;
  /** What has to be said of it at the end: that it ended although nobody ended it. */
  readonly deaths: string[] = [];
  /** Lines of the log that have been judged. */
  linesJudged = 0;

  constructor(options: {
    name: string;
    dir: string;
    port: number;
    build: Build;
    env: Readonly<Record<string, string>>;
  }) {
    const { name, dir, port, build, env } = options;
    this.name = name;
    this.port = port;
    this.logFile = join(dir, `${name}.log`);
    this.#clockFile = join(dir, `${name}.clock`);
    this.#build = build;
    this.env = {
      HOST: "127.0.0.1",
      ...env,
      PORT: String(port),
      CLOCK_FILE: this.#clockFile,
    };
    this.shiftClock(0);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  /** Signed calls, as the command line makes them. */
  get client(): Client {
    const url = `http://127.0.0.1:${this.port}`;
    const config = readConfig({ ...this.env });
    return createClient(config, { url }, httpTransport, systemClock);
  }

  /** Starts it without waiting for anything; `log` may be a device that is always full. */
  launch(log: string = this.logFile): void {
    // Two faults at once may both want it to run again.
    if (this.isRunning) return;
    this.noteDeath();
    this.#meantToRun = true;
    this.#child = Child.start({
      name: this.name,
      command: process.execPath,
      args: ["--require", this.#build.clock, this.#build.program, "serve"],
      cwd: projectDir,
      env: this.env,
      logFile: log,
    });
  }

  async start(): Promise<void> {
    this.launch();
    await this.isUp();
  }

  /** Resolves when it answers `/livez`. */
  async isUp(seconds = 20): Promise<void> {
    await until(
      `${this.name} to live`,
      async () => {
        const url = `http://127.0.0.1:${this.port}/livez`;
        const answer = await fetch(url).catch(() => null);
        return answer?.ok ?? false;
      },
      seconds,
    );
  }

  /** Sends it a signal; false where it does not run. */
  signal(signal: NodeJS.Signals): boolean {
    if (!this.isRunning) return false;
    this.#child?.signal(signal);
    return true;
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    this.noteDeath();
    this.#meantToRun = false;
    await this.#child?.kill();
  }

  /** Asks it to end (SIGTERM) and waits. */
  async stop(): Promise<void> {
    this.noteDeath();
    this.#meantToRun = false;
    await this.#child?.stop(25);
  }

  /** Notes whether it has ended by itself. */
  noteDeath(): void {
    if (!this.#meantToRun || this.isRunning) return;
    this.#meantToRun = false;
    this.deaths.push(`${this.name} ended by itself`);
  }

  /** Sets its wall clock off by so many milliseconds. */
  shiftClock(ms: number): void {
    writeFileSync(this.#clockFile, String(ms));
  }

  async log(): Promise<string> {
    return readFile(this.logFile, "utf8").catch(() => "");
  }
}
