import type { DomainsChange } from "../stack/serverpilot/world";

/** What must not have happened, and at which step it was noticed. */
export interface Violation {
  readonly step: number;
  readonly text: string;
}

/** What has been found wrong with writes, by kind. */
export interface WriteFaults {
  lost: number;
  foreignTouched: number;
  repeats: number;
  strangers: number;
  /** Names that were not on the app at rest because of another name. */
  blockedByAnother: number;
  /** Writes and disownings that followed from one read that nothing had confirmed. */
  fromOneRead: number;
}

/**
 * What the soak knows of its own doing, and the judge of every write. A name that a write put on the app was seen in the
 * table; passes come one after another; so no later write may lack it unless somebody began to remove it.
 */
export class Model {
  /** The step under way, for the violations. */
  step = 0;
  /** Names that a person put on the app and left there, in order. */
  foreign: string[] = [];
  readonly violations: Violation[] = [];
  readonly found: WriteFaults = {
    lost: 0,
    foreignTouched: 0,
    repeats: 0,
    strangers: 0,
    blockedByAnother: 0,
    fromOneRead: 0,
  };
  /** Names that ServerPilot refuses, as long as it does. */
  readonly refused = new Set<string>();
  writesChecked = 0;
  /** Names that were ever asked for, with their `www.`. */
  readonly #asked = new Set<string>();
  readonly #mayGo = new Set<string>();
  readonly #everForeign = new Set<string>();
  /** The `www.` names go and come with the policy. */
  #wwwMayGo = false;

  /** To be told before a name is mapped. */
  asks(...names: string[]): void {
    for (const name of names) this.#asked.add(name).add(`www.${name}`);
  }

  /** To be told before a name's removal begins; from then on it may be missing in writes. */
  lets(...names: string[]): void {
    for (const name of names) this.#mayGo.add(name).add(`www.${name}`);
  }

  letsWww(): void {
    this.#wwwMayGo = true;
  }

  violate(text: string): void {
    this.violations.push({ step: this.step, text });
  }

  /** To be told of a name that a person puts on the app. */
  puts(name: string): void {
    this.foreign.push(name);
    this.#everForeign.add(name);
  }

  /** Whether a name may be missing: somebody began to remove it. */
  mayGo(name: string): boolean {
    return this.#mayGo.has(name) || (this.#wwwMayGo && name.startsWith("www."));
  }

  /** Whether it stands beside a name by ServerPilot's own doing, which nobody takes off a person's name. */
  isForeignTwin(name: string): boolean {
    return name.startsWith("www.") && this.#everForeign.has(name.slice(4));
  }

  /**
   * Judges a change of the app's list; edits in the panel are the soak's own, and what ServerPilot takes back is its own.
   * What was sent is judged, for ServerPilot may drop names and add others.
   */
  judge({ before, after, by, sent }: DomainsChange): void {
    if (by === "panel" || by === "revert") return;
    this.writesChecked += 1;
    const list = sent ?? after;
    const names = new Set(list.map((name) => name.toLowerCase()));
    if (names.size !== list.length)
      this.#find("repeats", `a write repeats a name: ${list.join(" ")}`);
    const had = new Set(before);
    for (const name of names)
      if (!had.has(name) && !this.#isKnown(name))
        this.#find("strangers", `a write adds ${name}, which nobody mapped`);
    if (by === "late-write") this.#acceptLate(after);
    else this.#judgeDropped(before, names);
  }

  /** Counts a name that something else keeps from the app. */
  blocks(name: string, why: string): void {
    this.#find("blockedByAnother", `${name} is not on the app: ${why}`);
  }

  /** Counts what one read alone has destroyed. */
  tookOneRead(text: string): void {
    this.#find("fromOneRead", text);
  }

  #judgeDropped(before: readonly string[], names: ReadonlySet<string>): void {
    for (const name of this.foreign)
      if (!names.has(name))
        this.#find("foreignTouched", `a write drops the foreign ${name}`);
    for (const name of before) {
      const isMine = this.foreign.includes(name) || this.isForeignTwin(name);
      if (!names.has(name) && !isMine && !this.mayGo(name))
        this.#find("lost", `a write drops ${name}, which is mapped`);
    }
  }

  /**
   * A write that arrives long after it was sent has the list of that time, and nobody can keep it from undoing what a
   * person did since; what it takes off or brings back of a person's is so from now on.
   */
  #acceptLate(after: readonly string[]): void {
    const kept = this.foreign.filter((name) => after.includes(name));
    const back = after.filter(
      (name) => this.#everForeign.has(name) && !kept.includes(name),
    );
    this.foreign = [...kept, ...back];
  }

  #isKnown(name: string): boolean {
    return (
      this.#asked.has(name) ||
      this.#everForeign.has(name) ||
      this.isForeignTwin(name)
    );
  }

  #find(kind: keyof WriteFaults, text: string): void {
    this.found[kind] += 1;
    this.violate(text);
  }
}
