import { createClient, type Client } from "../../sidecar/cli/client";
import { httpTransport } from "../../sidecar/cli/transport";
import { systemClock } from "../../sidecar/clock";
import { readConfig } from "../../sidecar/config/config";
import type { ReasonCode, ReasonParams } from "../../sidecar/reasons/reasons";
import type { Sidecar } from "./sidecar";

/** What the tests read of a status; the HTTP schemas say the rest. */
export interface Status {
  now: string;
  registered: boolean;
  app: { autossl: { enabled: boolean } | null } | null;
  pass: {
    state: string;
    lastAt: string | null;
    lastOutcome: string | null;
    reason: ReasonCode | null;
    params: ReasonParams;
  };
  held:
    | ({ checksum: string; remove: string[] } & {
        reason: ReasonCode | null;
        params: ReasonParams;
      })
    | null;
  findings: { reason: string | null; message: string }[];
  counts: Record<string, number>;
  severities: Record<string, number>;
  names: {
    name: string;
    state: string;
    reason: ReasonCode | null;
    params: ReasonParams;
    message: string;
    remedy: string;
    severity: string;
    actor: string;
    tries: number;
    owned: boolean;
    dns: {
      zone: string | null;
      registered: boolean;
      provider: string | null;
      records: {
        type: string;
        host: string;
        expected: string | null;
        found: string[];
        ok: boolean;
      }[];
    } | null;
  }[];
}

/** The command line's own signed client, for the stack's sidecar. */
export function sidecarClient(sidecar: Sidecar): Client {
  return createClient(
    readConfig({ ...sidecar.env }),
    { url: `http://127.0.0.1:${sidecar.port}` },
    httpTransport,
    systemClock,
  );
}

export async function readStatus(client: Client): Promise<Status> {
  return (await client.call("GET", "/status")) as Status;
}
