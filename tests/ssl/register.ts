import { randomUUID } from "node:crypto";
import { sign } from "../../sidecar/contract/signature";
import type { Sidecar } from "../stack/sidecar";
import { sidecarSecret } from "../stack/stack";

/**
 * Registers as the plugin does, with what a test chooses of the registration.
 *
 * @throws Error where the sidecar refuses it.
 */
export async function register(sidecar: Sidecar, body: object): Promise<void> {
  const target = "/v1/networks/default";
  const raw = JSON.stringify({ enabled: true, ...body });
  const signature = sign({
    secrets: [sidecarSecret],
    id: `msg_${randomUUID()}`,
    timestamp: Math.floor(Date.now() / 1000),
    method: "PUT",
    target,
    body: raw,
  });
  const answer = await fetch(`http://127.0.0.1:${sidecar.port}${target}`, {
    method: "PUT",
    headers: { ...signature, "content-type": "application/json" },
    body: raw,
  });
  if (!answer.ok) throw new Error(await answer.text());
}
