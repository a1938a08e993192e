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
  };
  writesChecked = 0;
  /** Names that were ever asked for, with their `www.`. */
  readonly #asked = new Set<string>();
  readonly #mayGo = new Set<string>();
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

  /** Judges a change of the app's list; edits in the panel are the soak's own. */
  judge({ before, after, by }: DomainsChange): void {
    if (by === "panel") return;
    this.writesChecked += 1;
    const names = new Set(after.map((name) => name.toLowerCase()));
    if (names.size !== after.length)
      this.#find("repeats", `a write repeats a name: ${after.join(" ")}`);
    for (const name of this.foreign)
      if (!names.has(name))
        this.#find("foreignTouched", `a write drops the foreign ${name}`);
    for (const name of before)
      if (!names.has(name) && !this.foreign.includes(name) && !this.#free(name))
        this.#find("lost", `a write drops ${name}, which is mapped`);
    const had = new Set(before);
    for (const name of names)
      if (!had.has(name) && !this.#asked.has(name))
        this.#find("strangers", `a write adds ${name}, which nobody mapped`);
  }

  #free(name: string): boolean {
    return this.#mayGo.has(name) || (this.#wwwMayGo && name.startsWith("www."));
  }

  #find(kind: keyof WriteFaults, text: string): void {
    this.found[kind] += 1;
    this.violate(text);
  }
}
