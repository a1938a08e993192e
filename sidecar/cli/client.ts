import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../clock";
import type { Config, NetworkConfig } from "../config/config";
import { sign } from "../contract/signature";
import { CliError } from "./cli-error";
import type { Transport } from "./transport";

/** A signed client of the running sidecar, for one network. */
export interface Client {
  /** @throws CliError when the sidecar is away or refuses. */
  call(method: "GET" | "POST", path: string, body?: object): Promise<unknown>;
}

interface Target {
  network?: string;
  url?: string;
}

const problem = z.object({
  code: z.string(),
  detail: z.string().default(""),
  remedy: z.string().default(""),
});

export function createClient(
  config: Config,
  target: Target,
  transport: Transport,
  clock: Clock,
): Client {
  const { id, secrets } = networkOf(config, target.network);
  const base = (target.url ?? ownAddress(config)).replace(/\/+$/, "");
  const correlationId = `cli-${randomUUID()}`;
  return {
    async call(method, path, body) {
      const url = `${base}/v1/networks/${id}${path}`;
      if (!URL.canParse(url)) {
        throw new CliError(`${base} is no address.`, "Correct --url.");
      }
      const { pathname, search } = new URL(url);
      const raw = body === undefined ? "" : JSON.stringify(body);
      const headers = sign({
        secrets,
        id: `msg_${randomUUID()}`,
        timestamp: Math.floor(clock.now() / 1000),
        method,
        target: pathname + search,
        body: raw,
      });
      const answer = await transport({
        method,
        url,
        headers: {
          ...headers,
          "content-type": "application/json",
          "x-correlation-id": correlationId,
        },
        body: raw,
      }).catch((error: unknown) => {
        const { code } = error as NodeJS.ErrnoException;
        throw new CliError(
          `The sidecar does not answer at ${base} (${code ?? "unknown"}).`,
          "Start it with “domain-bridge serve”, or give its address with --url.",
        );
      });
      return read(answer, base);
    },
  };
}

function read(
  { status, body }: { status: number; body: string },
  base: string,
): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(body, (_key, value: unknown) =>
      typeof value === "string" ? printable(value) : value,
    );
  } catch {
    answer = undefined;
  }
  if (status >= 200 && status < 300 && answer !== undefined) return answer;
  const { success, data } = problem.safeParse(answer);
  throw success
    ? new CliError(data.detail || data.code, data.remedy)
    : new CliError(
        `${base} answers with status ${status}, but not as the sidecar does.`,
        "Check --url, HOST and PORT.",
      );
}

/** Names come from a database that customers write to: nothing in them may steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
}

function networkOf(config: Config, id: string | undefined): NetworkConfig {
  const { networks } = config;
  const [only] = networks;
  const found =
    id === undefined && networks.length === 1
      ? only
      : networks.find((network) => network.id === id);
  if (found) return found;
  const ids = networks.slice(0, 20).map((network) => network.id);
  throw new CliError(
    id === undefined
      ? `There are ${networks.length} networks.`
      : `There is no network ${id}.`,
    `Say --network with one of: ${ids.join(", ")}${networks.length > ids.length ? " …" : ""}`,
  );
}

/** Where a sidecar with the same environment listens on this machine. */
function ownAddress({ host, port }: Config): string {
  const reachable = { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
