import { run } from "../../../sidecar/cli/run";
import type {
  Transport,
  TransportRequest,
} from "../../../sidecar/cli/transport";
import type { Config } from "../../../sidecar/config/config";
import { createFakeClock } from "../fake-clock";

export const secret = "cli-test-secret-0123456789abcdefg";
export const env = {
  DB_HOST: "localhost",
  DB_NAME: "wordpress",
  DB_USER: "bridge",
  SIDECAR_SECRET: secret,
  WORDPRESS_URL: "https://network.example",
};

export const clock = createFakeClock();

/**
 * Runs a command line against a sidecar that gives one answer (an Error: none at all; a function: one for each request).
 */
export async function domainBridge(
  args: string,
  {
    answer = {},
    status = 200,
    colour = false,
    columns,
    environment = env,
    defaultEnvironment,
    serveFails,
  }: {
    answer?: unknown;
    status?: number;
    colour?: boolean;
    columns?: number;
    environment?: Record<string, string>;
    defaultEnvironment?: string;
    serveFails?: Error;
  } = {},
) {
  const requests: TransportRequest[] = [];
  const served: Config[] = [];
  let out = "";
  let err = "";
  const transport: Transport = (request) => {
    requests.push(request);
    if (answer instanceof Error) return Promise.reject(answer);
    const given: unknown =
      typeof answer === "function"
        ? (answer as (request: TransportRequest) => unknown)(request)
        : answer;
    const body = typeof given === "string" ? given : JSON.stringify(given);
    return Promise.resolve({ status, body });
  };
  const code = await run(args.split(" "), {
    env: environment,
    clock,
    ...(defaultEnvironment === undefined ? {} : { defaultEnvironment }),
    transport,
    output: {
      out: (text) => (out += text),
      err: (text) => (err += text),
      colour,
      columns,
    },
    serve: (config) => {
      served.push(config);
      return serveFails ? Promise.reject(serveFails) : Promise.resolve();
    },
    checkOnce: () => Promise.reject(new Error("no check is asked for")),
    self: { node: "node", script: "index.ts", isBundle: false },
  });
  return { code, out, err, requests, served };
}

export const noChange = {
  checksum: "c0ffee",
  add: [],
  remove: [],
  adopt: [],
  disown: [],
  keep: 3,
  blocked: [],
  result: ["a.example"],
  held: null,
};

export const someChange = {
  ...noChange,
  add: ["new.example"],
  remove: ["old.example"],
  adopt: ["there.example"],
  blocked: [
    {
      name: "bad_name.example",
      reason: "hostname-invalid-character",
      params: {},
      message: "It contains “_”.",
      remedy: "Edit the mapping.",
    },
  ],
};
