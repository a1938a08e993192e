import type { Client } from "../../../sidecar/cli/client";
import { readStatus, sidecarClient, type Status } from "../sidecar-client";
import type { Stack } from "../stack";
import { until } from "../until";

/** One thing that the bridge promises, tried on the real parts. */
export interface Scenario {
  title: string;
  run: (scene: Scene) => Promise<void>;
}

/** Tells of one expectation: what was expected, and what was seen. */
export type Report = (line: {
  ok: boolean;
  expected: string;
  seen: string;
}) => void;

/** The stage of the demo's checks: a stack, what its app's list must be by now, and a place to report to. */
export class Scene {
  readonly stack: Stack;
  /** The app's list as it must be, in order. */
  expected: string[];
  readonly #report: Report;

  constructor(stack: Stack, expected: string[], report: Report) {
    this.stack = stack;
    this.expected = expected;
    this.#report = report;
  }

  get client(): Client {
    return sidecarClient(this.stack.sidecar);
  }

  status(): Promise<Status> {
    return readStatus(this.client);
  }

  /** Runs PHP in WordPress as the super admin. */
  php(code: string): Promise<unknown> {
    return this.stack.wordpress.php(code);
  }

  /** Maps domains to a site, all in one request. */
  async map(domains: readonly string[], siteId = 1): Promise<void> {
    await this.php(mapCode(domains, siteId));
  }

  /** Reports an expectation that can be told at once. */
  tell(ok: boolean, expected: string, seen: string): void {
    this.#report({ ok, expected, seen });
  }

  /** Waits until the app's list is exactly what it must be, and reports it with the time that it took. */
  async appBecomes(
    what: string,
    add: string[] = [],
    remove: string[] = [],
    seconds = 15,
  ): Promise<void> {
    const gone = new Set(remove);
    this.expected = [
      ...this.expected.filter((name) => !gone.has(name)),
      ...add,
    ];
    const startedAt = Date.now();
    const { simulator } = this.stack;
    const same = () =>
      JSON.stringify(simulator.domains()) === JSON.stringify(this.expected);
    await until(what, same, seconds).catch(() => undefined);
    const took = ((Date.now() - startedAt) / 1000).toFixed(1);
    const seen = same()
      ? `exactly that, in order, after ${took} s`
      : describeDifference(this.expected, simulator.domains());
    this.tell(
      same(),
      `${what}: the app has ${this.expected.length} names`,
      seen,
    );
  }

  /** Asks for a pass and reports whether it wrote the list. */
  async secondPassWritesNothing(): Promise<void> {
    await this.quiet();
    const before = this.listWrites();
    await this.pass();
    const writes = this.listWrites() - before;
    this.tell(writes === 0, "a second pass writes nothing", `${writes} writes`);
  }

  /** Starts a pass and waits for its end. */
  async pass(): Promise<Status> {
    const { now } = await this.status();
    await this.client.call("POST", "/sync", {});
    return until("the pass to end", async () => {
      const status = await this.status();
      const { state, lastAt } = status.pass;
      return state === "idle" && lastAt !== null && lastAt > now && status;
    });
  }

  /** Waits until no pass runs or waits. */
  async quiet(): Promise<void> {
    await until(
      "a quiet sidecar",
      async () => (await this.status()).pass.state === "idle",
    );
  }

  /** How often the list has been written so far. */
  listWrites(): number {
    return this.stack.simulator
      .journal()
      .filter(
        ({ method, path }) => method === "POST" && /^\/apps\/[^/]+$/.test(path),
      ).length;
  }
}

/** PHP that maps domains with UM's own function. */
export function mapCode(domains: readonly string[], siteId: number): string {
  const list = domains.map((domain) => `'${domain}'`).join(", ");
  return `foreach ( array( ${list} ) as $name ) {
    $made = wu_create_domain( array( 'domain' => $name, 'blog_id' => ${siteId}, 'active' => true ) );
    if ( is_wp_error( $made ) ) { throw new Exception( $name . ': ' . $made->get_error_message() ); }
  }`;
}

/** A name with the `www.` that goes with it. */
export function withWww(...names: string[]): string[] {
  return names.flatMap((name) => [name, `www.${name}`]);
}

function describeDifference(
  expected: readonly string[],
  seen: readonly string[],
): string {
  const missing = expected.filter((name) => !seen.includes(name));
  const extra = seen.filter((name) => !expected.includes(name));
  if (missing.length + extra.length === 0)
    return `the same names in another order or repeated: ${seen.join(" ")}`;
  return `${seen.length} names; missing: ${missing.join(" ") || "none"}; too many: ${extra.join(" ") || "none"}`;
}
