import { runFleet, type FleetRun } from "./fleet/fleet-run";
import { startFleetScene, type FleetScene } from "./fleet/fleet-scene";
import { startMappingsScene, type MappingsScene } from "./mappings/scene";
import type { SceneName } from "./row";

interface Scene {
  stop(): Promise<void>;
}

export interface BenchOptions {
  /** The short version: fewer runs and a smaller fleet. */
  short: boolean;
  say: (line: string) => void;
}

/** What the rows share: how thorough to be, and scenes that are set up once, when the first row asks for them. */
export class Bench {
  readonly short: boolean;
  readonly say: (line: string) => void;
  #fleetRun: Promise<FleetRun> | undefined;
  readonly #scenes = new Map<SceneName, Promise<Scene>>();

  constructor({ short, say }: BenchOptions) {
    this.short = short;
    this.say = say;
  }

  /** How often something is done: at least five times for a median, except in the short version. */
  runs(full: number, short: number): number {
    return this.short ? short : full;
  }

  /** A WordPress network with a sidecar. */
  mappings(): Promise<MappingsScene> {
    return this.#scene("mappings", () => startMappingsScene(this));
  }

  /** Databases of many networks, without WordPress. */
  fleet(): Promise<FleetScene> {
    return this.#scene("fleet", () => startFleetScene(this));
  }

  /** The whole fleet in the hands of one sidecar; measured once, when the first row asks for it. */
  fleetRun(): Promise<FleetRun> {
    this.#fleetRun ??= runFleet(this);
    return this.#fleetRun;
  }

  /** Ends a scene, if it was set up. */
  async close(name: SceneName): Promise<void> {
    const scene = this.#scenes.get(name);
    this.#scenes.delete(name);
    await (await scene?.catch(() => undefined))?.stop();
  }

  #scene<T extends Scene>(name: SceneName, start: () => Promise<T>) {
    const known = this.#scenes.get(name) as Promise<T> | undefined;
    const scene = known ?? start();
    this.#scenes.set(name, scene);
    return scene;
  }
}
