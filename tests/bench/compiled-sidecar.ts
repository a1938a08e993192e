import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { NODE_OPTIONS } from "../../sidecar/cli/init-systemd";
import { Child } from "../stack/child";
import { projectDir } from "../stack/places";
import { freePort } from "../stack/ports";
import { run } from "../stack/run";

/** How a sidecar is started. */
interface CompiledSidecarOptions {
  dir: string;
  env: Readonly<Record<string, string>>;
  port?: number;
}

let compiled: Promise<unknown> | undefined;

/** The sidecar as it is shipped: compiled, with the options of its systemd unit and its log in a file. */
export class CompiledSidecar {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds from the start of the process until `/readyz` said yes. */
  readonly readyMs: number;
  readonly #child: Child;

  private constructor(
    child: Child,
    port: number,
    env: Readonly<Record<string, string>>,
    readyMs: number,
  ) {
    this.#child = child;
    this.port = port;
    this.env = env;
    this.readyMs = readyMs;
  }

  /** @throws CommandFailed where it does not compile, Error with the end of its log where it does not become ready. */
  static async start(
    options: CompiledSidecarOptions,
  ): Promise<CompiledSidecar> {
    compiled ??= run(process.execPath, [
      join(projectDir, "node_modules/typescript/bin/tsc"),
      "-p",
      join(projectDir, "sidecar/tsconfig.json"),
    ]);
    await compiled;
    const port = options.port ?? (await freePort());
    const env = {
      ...{ HOST: "127.0.0.1", PORT: String(port), NODE_OPTIONS },
      ...options.env,
    };
    const startedAt = performance.now();
    const child = Child.start({
      name: "the compiled sidecar",
      command: process.execPath,
      args: ["dist/cli/index.js", "serve"],
      cwd: projectDir,
      env,
      logFile: join(options.dir, `sidecar-${port}.log`),
    });
    await ready(child, port);
    return new CompiledSidecar(child, port, env, performance.now() - startedAt);
  }

  get pid(): number {
    return this.#child.pid ?? NaN;
  }

  async stop(): Promise<void> {
    await this.#child.stop(25);
  }
}

async function ready(child: Child, port: number): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    await child.assertRunning();
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(
      () => null,
    );
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    if (performance.now() > giveUpAt)
      throw new Error("the compiled sidecar was not ready in a minute");
    await delay(10);
  }
}
