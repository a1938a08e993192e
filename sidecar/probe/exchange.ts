import type { Clock } from "../clock";
import { failed, type QuestionType, type Records } from "./dns-message";
import { askServer } from "./dns-question";

/** What one DNS server said of one name: its addresses, else its CNAME, else nothing, or no usable answer. */
export type Reply =
  | { kind: "addresses"; addresses: string[]; ipv6: string[]; ttl: number }
  | { kind: "cname"; target: string }
  | { kind: "nothing" }
  | { kind: "failed"; detail: string };

const TIMED_OUT = "no answer in time";

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
};

/** Asks one server for A, AAAA and, where it fails, CNAME, all within `timeoutMs`. */
export async function exchange(
  server: string,
  name: string,
  timeoutMs: number,
  clock: Clock,
): Promise<Reply> {
  const late = new AbortController();
  const stop = clock.after(timeoutMs, () => {
    late.abort();
  });
  const ask = (type: QuestionType): Promise<Records> =>
    askServer(server, name, type, {
      ...{ clock, signal: late.signal, repeatMs: timeoutMs / 2 },
    }).catch((error: unknown) =>
      failed(late.signal.aborted ? TIMED_OUT : describe(error)),
    );
  try {
    const [v4, v6] = await Promise.all([ask("A"), ask("AAAA")]);
    // An AAAA question that fails matters only where there is no A record: many old name servers refuse it.
    const failure = v4.failure ?? (v4.values.length === 0 ? v6.failure : null);
    if (failure === null && v4.values.length + v6.values.length > 0) {
      return {
        kind: "addresses",
        addresses: v4.values,
        ipv6: v6.values,
        ttl: Math.min(v4.ttl, v6.ttl),
      };
    }
    const shown = v4.cname ?? v6.cname;
    if (shown !== null) return { kind: "cname", target: shown };
    if (failure === null) return { kind: "nothing" };
    // Resolvers answer a looping or broken CNAME with SERVFAIL; asked for the CNAME itself, they show it.
    const { cname } = failure === TIMED_OUT ? failed("") : await ask("CNAME");
    return cname === null
      ? { kind: "failed", detail: failure }
      : { kind: "cname", target: cname };
  } finally {
    stop();
  }
}

function describe(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? (words[code] ?? code) : "unknown failure";
}
