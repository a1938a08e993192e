import { run } from "../../sidecar/cli/run";
import { httpTransport } from "../../sidecar/cli/transport";
import {
  describeReason,
  type ReasonCode,
  type ReasonParams,
} from "../../sidecar/reasons/reasons";
import type { Stack } from "../stack/stack";
import { until } from "../stack/until";

/** A trouble as the sidecar says it. */
interface Said {
  reason: ReasonCode | null;
  params: ReasonParams;
}

/** HTML as a person reads it. */
export function plain(html: string): string {
  return html
    .replace(/<[^>]+>/g, " ")
    .replace(/&#0?39;|&#8217;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");
}

/** The three places in which each trouble is read: the screen, the command line and the sidecar's log. */
export class ToldPlaces {
  readonly stack: Stack;
  readonly #cookie: string;

  constructor(stack: Stack, cookie: string) {
    this.stack = stack;
    this.#cookie = cookie;
  }

  /** What the command line prints. */
  async command(...args: string[]): Promise<string> {
    const { sidecar } = this.stack;
    let text = "";
    const print = (more: string) => (text += more);
    await run([...args, "--url", `http://127.0.0.1:${sidecar.port}`], {
      env: sidecar.env,
      transport: httpTransport,
      output: { out: print, err: print, colour: false },
      serve: () => Promise.reject(new Error("nothing is served here")),
      checkOnce: () => Promise.reject(new Error("no check is asked for")),
      self: { node: "node", script: "index.ts", isBundle: false },
    });
    return text;
  }

  async screen(query = ""): Promise<string> {
    const page = await this.stack.wordpress.request(
      `/wp-admin/network/admin.php?page=domain-bridge${query}`,
      { cookie: this.#cookie },
    );
    return plain(page.body);
  }

  /** Whether a line of the sidecar's log has the reason with what to do. */
  async logged(
    reason: string,
    remedy: string,
    name?: string,
  ): Promise<boolean> {
    const log = await this.stack.sidecar.log();
    return log.split("\n").some((line) => {
      if (!line.startsWith("{")) return false;
      const read = JSON.parse(line) as Record<string, unknown>;
      return (
        read["reason"] === reason &&
        read["remedy"] === remedy &&
        (name === undefined || read["name"] === name)
      );
    });
  }

  /** Asks the three places for message and remedy. */
  async expectEverywhere(
    { reason, params }: Said,
    places: { page: string; cli: string; name?: string },
  ): Promise<void> {
    if (reason === null) throw new Error("nothing is said");
    const { message, remedy } = describeReason(reason, params);
    for (const text of [message, remedy].filter(Boolean)) {
      expect(places.page).toContain(plain(text));
      expect(places.cli.replace(/\s+/g, " ")).toContain(plain(text));
    }
    await until(`${reason} in the log`, () =>
      this.logged(reason, remedy, places.name),
    );
  }
}
