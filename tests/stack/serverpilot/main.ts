import { z } from "zod";

import { sharedAuthority } from "./authority";
import { startSimulator } from "./simulator";

const help = `The ServerPilot simulator, with DNS, TLS and, if wanted, HTTP for its names.

  tsx tests/stack/serverpilot/main.ts [--help]

Environment (default):
  SIMULATOR_HOST (127.0.0.1)  SIMULATOR_PORT (8790)  SIMULATOR_DNS_PORT (8753)  SIMULATOR_TLS_PORT (8443)
                              0 takes a free port
  SIMULATOR_HTTP_PORT ()      what is reached over HTTP; empty: nothing, over HTTPS neither
  SIMULATOR_HTTPS_PORT (0)    over HTTPS
  SIMULATOR_BACKEND ()        origin that requests for the app's names are passed to; empty: a page of its own
  SIMULATOR_CLIENT_ID (cid_simulator)  SIMULATOR_API_KEY (simulator-key)  SIMULATOR_APP_ID (simulatedapp)
  SIMULATOR_DOMAINS ()        domains of the app at the start, separated by commas
  SIMULATOR_SERVER_ADDRESS (127.0.0.1)  what DNS must point at
  SIMULATOR_DNS_TO_SERVER (false)  true: every name points at the server unless it is set otherwise
  SIMULATOR_CA_FILE ()        where to write the CA's certificate, its key beside it for the next start; empty: a temporary file
  SIMULATOR_LATENCY_MS (150)  SIMULATOR_ACTION_MS (300)  SIMULATOR_AUTOSSL_DELAY_MS (1000)

Control interface: README.md beside this file.
`;

const port = z.coerce.number().int().min(0).max(65535);
const ms = z.coerce.number().min(0);
const environment = z.object({
  SIMULATOR_HOST: z.string().default("127.0.0.1"),
  SIMULATOR_PORT: port.default(8790),
  SIMULATOR_DNS_PORT: port.default(8753),
  SIMULATOR_TLS_PORT: port.default(8443),
  SIMULATOR_HTTP_PORT: port.optional(),
  SIMULATOR_HTTPS_PORT: port.default(0),
  SIMULATOR_BACKEND: z.url().optional(),
  SIMULATOR_CLIENT_ID: z.string().default("cid_simulator"),
  SIMULATOR_API_KEY: z.string().default("simulator-key"),
  SIMULATOR_APP_ID: z.string().default("simulatedapp"),
  SIMULATOR_DOMAINS: z.string().default(""),
  SIMULATOR_SERVER_ADDRESS: z.ipv4().default("127.0.0.1"),
  SIMULATOR_DNS_TO_SERVER: z.stringbool().default(false),
  SIMULATOR_CA_FILE: z.string().optional(),
  SIMULATOR_LATENCY_MS: ms.default(150),
  SIMULATOR_ACTION_MS: ms.default(300),
  SIMULATOR_AUTOSSL_DELAY_MS: ms.default(1000),
});

async function main(): Promise<void> {
  if (process.argv.includes("--help")) {
    process.stdout.write(help);
    return;
  }
  const env = environment.safeParse(process.env);
  if (!env.success) {
    process.stderr.write(`${z.prettifyError(env.error)}\n`);
    process.exitCode = 1;
    return;
  }
  await run(env.data);
}

async function run(env: z.output<typeof environment>): Promise<void> {
  const caFile = env.SIMULATOR_CA_FILE;
  if (caFile) sharedAuthority().keepIn(`${caFile}.key`);
  const sim = await startSimulator({
    host: env.SIMULATOR_HOST,
    port: env.SIMULATOR_PORT,
    dns: true,
    dnsPort: env.SIMULATOR_DNS_PORT,
    tls: true,
    tlsPort: env.SIMULATOR_TLS_PORT,
    http: env.SIMULATOR_HTTP_PORT !== undefined,
    httpPort: env.SIMULATOR_HTTP_PORT ?? 0,
    httpsPort: env.SIMULATOR_HTTPS_PORT,
    clientId: env.SIMULATOR_CLIENT_ID,
    apiKey: env.SIMULATOR_API_KEY,
    appId: env.SIMULATOR_APP_ID,
    domains: env.SIMULATOR_DOMAINS.split(",").filter((name) => name !== ""),
    serverAddress: env.SIMULATOR_SERVER_ADDRESS,
    latencyMs: env.SIMULATOR_LATENCY_MS,
    actionMs: env.SIMULATOR_ACTION_MS,
    autosslDelayMs: env.SIMULATOR_AUTOSSL_DELAY_MS,
    ...(caFile ? { caFile } : {}),
  });
  if (env.SIMULATOR_DNS_TO_SERVER) sim.pointAtServer("*");
  if (env.SIMULATOR_BACKEND) sim.setBackend(env.SIMULATOR_BACKEND);
  const addresses = {
    url: sim.url,
    controlUrl: sim.controlUrl,
    dnsAddress: sim.dnsAddress,
    tlsAddress: sim.tlsAddress,
    httpAddress: sim.httpAddress,
    httpsAddress: sim.httpsAddress,
    caFile: sim.caFile,
  };
  process.stdout.write(`${JSON.stringify(addresses)}\n`);
  sim.onRequest(({ at, method, path, status, faulted }) => {
    const line = {
      at: new Date(at).toISOString(),
      method,
      path,
      status,
      faulted,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  });
  const stop = (): void => void sim.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

void main();
