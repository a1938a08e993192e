import { setTimeout as delay } from "node:timers/promises";
import { MailCatcher } from "../mail";
import { readStatus, sidecarClient, type Status } from "../sidecar-client";
import type { JournalEntry } from "../serverpilot/journal";
import { startStack, type Stack } from "../stack";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Starts everything, says what to try, and then says what happens as it happens, until Ctrl-C. */
export async function liveDemo(): Promise<void> {
  const mail = await MailCatcher.start();
  const stack = await startStack({
    say,
    wordpress: { constants: { STACK_SMTP: mail.address } },
    simulator: {
      domains: ["panel.example.org"],
      http: true,
      // The network's own domain is on no app: that it is served all the same shows whose app it is.
      denyUnknownDomains: false,
      latencyMs: 150,
      autosslDelayMs: 8_000,
    },
    sidecar: { env: { SSL_POLL_SECONDS: "2" } },
  });
  stack.simulator.setDns("*.example.com", { a: ["127.0.0.1"] });
  stack.simulator.setDns("wrong.example.com", { a: ["203.0.113.7"] });
  let ending = false;
  process.once("SIGINT", () => {
    ending = true;
  });
  stack.wordpress.startCron((error) => {
    // Ctrl-C reaches every process of the terminal, the PHP that runs just now as well.
    if (!ending) say(`WP-Cron: ${String(error)}`);
  });
  introduce(stack, mail);
  stack.simulator.onRequest((entry) => {
    tellRequest(entry);
  });
  await tellNames(stack);
}

function introduce(stack: Stack, mail: MailCatcher): void {
  const { wordpress, simulator, sidecar } = stack;
  say(`
WordPress    ${wordpress.url}/wp-admin/network/   user admin, password password
The bridge   ${wordpress.url}/wp-admin/network/admin.php?page=domain-bridge
Sidecar      ${sidecar.url}/readyz   log: ${sidecar.logFile}
ServerPilot  ${simulator.controlUrl}/state   (the simulator's world; tests/stack/serverpilot/README.md says how to change it)
Mail         ${mail.url}   (whatever WordPress sends)

Try this
  1. Network Admin → Ultimate Multisite → Domains: map shop.example.com to a site. It is on the app in a second or two,
     and secure as soon as the simulated certificate has come (8 seconds).
  2. Map wrong.example.com: its DNS points elsewhere, and the bridge's screen says where.
  3. Delete or rename a mapping; panel.example.org, which nobody mapped, stays on the app.
Every name below example.com points at this server. Ctrl-C ends everything.

What happens:`);
}

function tellRequest({ method, path, status, body }: JournalEntry): void {
  // Reads and polls would drown the rest.
  if (method === "GET") return;
  const domains = (body as { domains?: string[] } | null)?.domains;
  const what = domains
    ? `list of ${domains.length}: ${domains.join(" ")}`
    : JSON.stringify(body);
  say(
    `${time()} ServerPilot  ${method} ${path} ${status ?? "unanswered"}  ${what}`,
  );
}

/** Says each change of a name's state or reason. Runs until the process ends. */
async function tellNames(stack: Stack): Promise<never> {
  const client = sidecarClient(stack.sidecar);
  let before = new Map<string, string>();
  for (;;) {
    const status: Status | null = await readStatus(client).catch(() => null);
    if (status) {
      const now = new Map(
        status.names.map(({ name, state, message }) => [
          name,
          message ? `${state}: ${message}` : state,
        ]),
      );
      for (const [name, text] of now)
        if (before.get(name) !== text) say(`${time()} ${name}  ${text}`);
      for (const name of before.keys())
        if (!now.has(name)) say(`${time()} ${name}  gone`);
      before = now;
    }
    await delay(500);
  }
}

function time(): string {
  return new Date().toTimeString().slice(0, 8);
}
