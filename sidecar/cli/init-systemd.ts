import { execFile } from "node:child_process";
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  realpath,
  symlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { CliError } from "./cli-error";

/** How this program was started. */
export interface Self {
  node: string;
  script: string;
  /** A program without node_modules, which can be copied with the files beside it. */
  isBundle: boolean;
}

export interface SystemdPlaces {
  units: string;
  library: string;
  commands: string;
  /** Runs `systemctl` with these arguments. */
  systemctl(args: readonly string[]): Promise<unknown>;
}

export const UNIT = "domain-bridge.service";

const systemPlaces: SystemdPlaces = {
  units: "/etc/systemd/system",
  library: "/usr/local/lib/domain-bridge-for-serverpilot",
  commands: "/usr/local/bin",
  systemctl: (args) => promisify(execFile)("systemctl", [...args]),
};

/**
 * Without a limit V8 takes a large machine for leave to let garbage lie: 200 networks then take 250 MB instead of 150.
 * What they need lives in 40 MB, so this is enough for thousands.
 */
export const NODE_OPTIONS = "--max-old-space-size=1024";

/**
 * The unit: an account that exists only while it runs, and nothing it does not need. Two rules that `systemd-analyze
 * security` would like are not possible: V8 writes machine code (MemoryDenyWriteExecute), and the mapped domains' DNS
 * and certificates are anywhere (IPAddressDeny).
 */
export function systemdUnit(
  command: readonly string[],
  environmentFile: string,
): string {
  return `[Unit]
Description=Domain Bridge for ServerPilot
Wants=network-online.target
After=network-online.target mysql.service mariadb.service redis-server.service
StartLimitIntervalSec=0

[Service]
Type=exec
# The environment file may set another.
Environment=NODE_OPTIONS=${NODE_OPTIONS}
# systemd reads the file as root, so that it can be root's alone (mode 600).
EnvironmentFile=${environmentFile.replaceAll("%", "%%")}
ExecStart=${[...command, "serve"].map(argument).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
TimeoutStopSec=30

DynamicUser=yes
UMask=0077
CapabilityBoundingSet=
NoNewPrivileges=yes
LockPersonality=yes
PrivateDevices=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
`;
}

/** As systemd.service(5) wants it: specifiers and variables doubled, spaces in quotes. */
function argument(text: string): string {
  const plain = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /[\s"'\\;]/.test(plain)
    ? `"${plain.replace(/["\\]/g, String.raw`\$&`)}"`
    : plain;
}

/** The command line that starts this program from where it lies now. */
export async function commandOf(self: Self): Promise<[string, string]> {
  const [node, script] = await Promise.all([
    realpath(self.node),
    realpath(self.script),
  ]);
  if (script.endsWith(".ts")) {
    throw new CliError(
      "A service cannot be made of the uncompiled program.",
      "Use the plugin's sidecar/domain-bridge.cjs, or the npm package.",
    );
  }
  return [node, script];
}

/**
 * Installs (or updates) the service and starts it. A bundle is copied first: what a service runs must not lie where the
 * web server may write. Gives the command line of the service.
 *
 * @throws CliError when this is not root, Node lies in a home folder, or systemd refuses.
 */
export async function installSystemd(
  self: Self,
  environmentFile: string,
  places: SystemdPlaces = systemPlaces,
): Promise<string[]> {
  const [node, found] = await commandOf(self);
  let script = found;
  if (self.isBundle) {
    const copy = join(places.library, basename(script));
    await mkdir(places.library, { recursive: true });
    const beside = dirname(script);
    if (script !== copy)
      for (const name of await readdir(beside))
        if (/^domain-bridge.*\.cjs$/.test(name))
          await copyFile(join(beside, name), join(places.library, name));
    await chmod(copy, 0o755);
    // Where a command of that name is there already, it stays.
    await symlink(copy, join(places.commands, "domain-bridge")).catch(
      () => undefined,
    );
    script = copy;
  }
  const hiddenPath = [node, script].find((path) =>
    /^\/(home|root|run\/user)\//.test(path),
  );
  if (hiddenPath !== undefined) {
    throw new CliError(
      `${hiddenPath} lies in a home folder, where a protected service cannot reach it.`,
      "Install Node.js for the whole machine (packages of the distribution, or below /usr/local), then run this again.",
    );
  }
  await writeFile(
    join(places.units, UNIT),
    systemdUnit([node, script], environmentFile),
    { mode: 0o644 },
  );
  for (const args of [["daemon-reload"], ["enable", UNIT], ["restart", UNIT]]) {
    await places.systemctl(args).catch((error: unknown) => {
      const { stderr = "", code } = error as { stderr?: string; code?: string };
      const words = stderr.trim().split("\n")[0] ?? "";
      throw new CliError(
        `systemctl ${args.join(" ")} failed: ${words || (code ?? "unknown")}`,
        `The unit is written; see “systemctl status ${UNIT}” and “journalctl -u ${UNIT}”.`,
      );
    });
  }
  return [node, script];
}
