import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { mapCode, withWww } from "../../stack/demo/scene";
import { startStack, type Stack } from "../../stack/stack";
import { until } from "../../stack/until";
import { CompiledSidecar } from "../compiled-sidecar";
import type { BenchOptions } from "../bench";
import { countCalls, type Calls } from "./calls";

/** Who puts a saved mapping on the app: this project, the way it is done today, or nobody. */
export type Way = "bridge" | "peer" | "neither";

/** What one request that saved mappings cost, and what came of it. */
export interface Saving {
  /** PHP time from the first save to the end of the request, in milliseconds. */
  phpMs: number;
  /** From the first save until every name was on the app and no action was open, in milliseconds. */
  convergedMs: number;
  calls: Calls;
}

/** The runs of each way. */
export type Savings = Record<Way, Saving[]>;

/** Milliseconds of ServerPilot's simulator for each call and each action. */
export const latencyMs = 150;
export const actionMs = 300;

const networkDomain = "bridge.localhost";

/** A WordPress network with the compiled sidecar and ServerPilot's simulator, and ways to save mappings in it. */
export class MappingsScene {
  readonly stack: Stack;
  readonly #sidecar: CompiledSidecar;
  readonly #savings = new Map<number, Promise<Savings>>();
  #batch = 0;

  constructor(stack: Stack, sidecar: CompiledSidecar) {
    this.stack = stack;
    this.#sidecar = sidecar;
  }

  async stop(): Promise<void> {
    await this.#sidecar.stop();
    await this.stack.stop();
  }

  /** Saves `count` mappings in one web request, each way several times; several rows look at the same runs. */
  savings(count: number, runs: Record<Way, number>): Promise<Savings> {
    const known = this.#savings.get(count);
    const savings = known ?? this.#saveInTurns(count, runs);
    this.#savings.set(count, savings);
    return savings;
  }

  /** Saves mappings in one web request, waits until they are on the app, and cleans up. */
  async save(way: Way, count: number): Promise<Saving> {
    const names = this.#newNames(count);
    this.stack.simulator.clearJournal();
    const answered = this.stack.wordpress.request("/", {
      method: "POST",
      headers: { "x-bench-way": way, "content-type": "text/plain" },
      body: names.join(" "),
    });
    const convergedAt = way === "neither" ? 0 : await this.#converged(names);
    const answer = await answered;
    if (answer.status !== 200) throw new Error(answer.body.slice(0, 500));
    const { startedAt, ms } = answer.json() as Record<
      "startedAt" | "ms",
      number
    >;
    if (way === "bridge") await this.#settled(names);
    const calls = countCalls(this.stack.simulator.journal());
    await this.#reset();
    return { phpMs: ms, convergedMs: convergedAt - startedAt, calls };
  }

  /** Saves mappings in several PHP processes at once; gives how many of them never came onto the app. */
  async race(way: Way, processes: number, each: number): Promise<number> {
    const names = this.#newNames(processes * each);
    const codes = Array.from({ length: processes }, (_, index) =>
      mapCode(names.slice(index * each, (index + 1) * each), 1),
    );
    await this.stack.wordpress.phpMany(codes, { env: { BENCH_WAY: way } });
    if (way === "bridge")
      await this.#converged(names, 20).catch(() => undefined);
    const onApp = new Set(this.stack.simulator.domains());
    const lost = names.filter((name) => !onApp.has(name)).length;
    if (way === "bridge" && lost === 0) await this.#settled(names);
    await this.#reset();
    return lost;
  }

  /** In turns, so that whatever else the machine does meets each way. */
  async #saveInTurns(
    count: number,
    runs: Record<Way, number>,
  ): Promise<Savings> {
    const savings: Savings = { neither: [], bridge: [], peer: [] };
    for (let run = 0; run < Math.max(...Object.values(runs)); run += 1)
      for (const way of ["neither", "bridge", "peer"] as const)
        if (run < runs[way]) savings[way].push(await this.save(way, count));
    return savings;
  }

  #newNames(count: number): string[] {
    this.#batch += 1;
    return Array.from(
      { length: count },
      (_, index) => `shop${index + 1}-${this.#batch}.example.com`,
    );
  }

  /** Waits until every name is on the app and no action is open; gives when that was. */
  async #converged(names: readonly string[], seconds = 60): Promise<number> {
    const { simulator } = this.stack;
    const wanted = withWww(...names);
    const giveUpAt = Date.now() + seconds * 1000;
    for (;;) {
      const { domains, openActions } = simulator.app();
      if (domains.length > wanted.length && openActions === 0) {
        const onApp = new Set(domains);
        if (wanted.every((name) => onApp.has(name))) return Date.now();
      }
      if (Date.now() > giveUpAt)
        throw new Error(`${names.length} names did not come onto the app`);
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }

  /** Waits until each certificate is seen and WordPress was told, so that nothing of this run is left for the next. */
  async #settled(names: readonly string[]): Promise<void> {
    const isTold = async (): Promise<boolean> => {
      const [row] = await this.stack.mariadb.rows<{ open: number }>(
        `SELECT (SELECT COUNT(*) FROM wp_domain_bridge_names WHERE state = 'secure') <> ?
              + (SELECT COUNT(*) FROM wp_domain_bridge_outbox) AS open`,
        [2 * names.length],
        this.stack.database,
      );
      return Number(row?.open) === 0;
    };
    await until("secure names that WordPress knows of", isTold, 60);
  }

  async #reset(): Promise<void> {
    const { mariadb, simulator, database } = this.stack;
    await mariadb.run(
      `DELETE FROM wp_wu_domain_mappings; DELETE FROM wp_um_double_jobs;
       DELETE FROM wp_domain_bridge_names; DELETE FROM wp_domain_bridge_outbox;
       DELETE FROM wp_domain_bridge_state WHERE name = 'autossl-enabled'`,
      [],
      database,
    );
    simulator.removeCertificate();
    simulator.setDomains([networkDomain]);
  }
}

/** Brings it up, registered and warm. */
export async function startMappingsScene({
  say,
}: Pick<BenchOptions, "say">): Promise<MappingsScene> {
  const stack = await startStack({
    say,
    wordpress: { um: "registry", plugin: true },
    simulator: {
      domains: [networkDomain],
      latencyMs,
      actionMs,
      // AutoSSL is available as soon as a name is on the app, so that its calls are counted without polls.
      autosslDelayMs: 0,
      maxCertificateNames: 300,
    },
    sidecar: { start: false },
  });
  try {
    const { wordpress, simulator, sidecar } = stack;
    simulator.pointAtServer("*");
    await wordpress.setConstants({ BENCH_SERVERPILOT_URL: simulator.url });
    await symlink(
      join(__dirname, "../php/bench.php"),
      join(wordpress.root, "wp-content/mu-plugins/bench.php"),
    );
    const { env, port } = sidecar;
    const compiled = await CompiledSidecar.start({
      dir: stack.dir,
      port,
      env: { ...env, LOG_LEVEL: "info" },
    });
    const scene = new MappingsScene(stack, compiled);
    for (const way of ["bridge", "neither", "peer", "bridge"] as const)
      await scene.save(way, 2);
    return scene;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
