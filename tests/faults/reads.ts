import type { Simulator } from "../stack/serverpilot/simulator";

/** How often a name was shown before the sidecars are taken to believe that it is there. */
const BELIEVED = 2;

/**
 * Follows what the reads of the app have shown, to find writes that one lying read was enough for: names that were seen
 * before are missing in the last read, no second one has said so, and yet a list without them, or with them added anew,
 * was sent.
 */
export class Reads {
  readonly #tell: (text: string) => void;
  /** How many reads in a row have shown each name. */
  #shown = new Map<string, number>();
  /** Names that were believed to be there, by how many reads in a row have not shown them. */
  #missing = new Map<string, number>();

  constructor(simulator: Simulator, tell: (text: string) => void) {
    this.#tell = tell;
    let before = simulator.domains();
    simulator.onDomains((change) => {
      before = [...change.before];
    });
    simulator.onRequest(({ method, path, status, faulted, body }) => {
      if (!/^\/apps\/[^/]+$/.test(path)) return;
      if (method === "POST" && status === 200) this.#write(listOf(body));
      if (method !== "GET" || status !== 200) return;
      if (faulted === "empty-list") this.#read([]);
      else if (faulted === "old-list") this.#read(before);
      else this.#read(simulator.domains());
    });
    simulator.onArrival(({ method, path, body }) => {
      if (method === "POST" && /^\/apps\/[^/]+$/.test(path))
        this.#judge(listOf(body));
    });
  }

  forget(): void {
    this.#shown.clear();
    this.#missing.clear();
  }

  #read(list: readonly string[]): void {
    const names = new Set(list);
    for (const name of names) this.#missing.delete(name);
    for (const [name, times] of this.#missing)
      this.#missing.set(name, times + 1);
    for (const [name, times] of this.#shown)
      if (!names.has(name) && times >= BELIEVED) this.#missing.set(name, 1);
    this.#shown = new Map(
      [...names].map((name) => [name, (this.#shown.get(name) ?? 0) + 1]),
    );
  }

  #judge(sent: readonly string[]): void {
    const once = [...this.#missing].filter(([, times]) => times === 1);
    if (once.length === 0) return;
    const names = once.map(([name]) => name).join(" ");
    this.#tell(`one read without ${names} was enough to send ${sent.length}`);
  }

  /** What a write leaves out is not expected any more. */
  #write(sent: readonly string[]): void {
    const names = new Set(sent);
    for (const name of this.#shown.keys())
      if (!names.has(name)) this.#shown.delete(name);
    this.#missing.clear();
  }
}

function listOf(body: unknown): string[] {
  const domains = (body as { domains?: unknown } | null)?.domains;
  return Array.isArray(domains) ? domains.map(String) : [];
}
