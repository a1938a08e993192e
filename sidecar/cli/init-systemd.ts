import { execFile } from "node:child_process";
import { realpathSync } from "node:fs";
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  rename,
  symlink,
  writeFile,
} from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { CliError } from "./cli-error";
import { isHidden, replaceable, stableNode, type Owner } from "./init-paths";

/** How this program was started. */
export interface Self {
  node: string;
  script: string;
  /** A program without node_modules, which can be copied with the files beside it. */
  isBundle: boolean;
}

/** Where a service goes: the machine's, or that of one account. */
export interface ServicePlaces {
  units: string;
  library: string;
  /** A folder of commands; undefined: none is made. */
  commands: string | undefined;
  environmentFile: string;
  /** The account's own service manager, which has no root's means. */
  isUser: boolean;
  /** Whoever may write to what the service runs, beside root. */
  owner: Owner;
  /** Where a Node.js that keeps its path lies. */
  nodes: readonly string[];
  /** Runs `systemctl` or `loginctl` with these arguments. */
  run(program: "systemctl" | "loginctl", args: string[]): Promise<string>;
}

/** A service that can be installed; every reason against it was looked for. */
export interface PreparedService {
  places: ServicePlaces;
  node: string;
  script: string;
  /** Copied to `script` first: what a service runs must not lie where the web server may write. */
  copyOf: string | undefined;
  notes: string[];
}

export const UNIT = "domain-bridge.service";

/**
 * Without a limit V8 takes a large machine for leave to let garbage lie: 200 networks then take 250 MB instead of 150.
 * What they need lives in 40 MB, so this is enough for thousands.
 */
export const NODE_OPTIONS = "--max-old-space-size=1024";

/** Names of Node.js that stay when it is updated; what is beside them (nvm, snap, archives) has its version in its path. */
const NODES = [
  "/usr/local/bin/node",
  "/usr/bin/node",
  "/opt/node/bin/node",
  "/snap/node/current/bin/node",
];

const PROTECTION = `DynamicUser=yes
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
`;

/** What an account's own service manager can do without root's rights. */
const USER_PROTECTION = `UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictRealtime=yes
SystemCallArchitectures=native
`;

/** The machine's own services, or with `isUser` those of this process's account. */
export function servicePlaces(isUser: boolean): ServicePlaces {
  const run: ServicePlaces["run"] = async (program, args) =>
    (await promisify(execFile)(program, args)).stdout;
  if (!isUser) {
    return {
      units: "/etc/systemd/system",
      library: "/usr/local/lib/domain-bridge-for-serverpilot",
      commands: "/usr/local/bin",
      environmentFile: "/etc/domain-bridge.env",
      isUser,
      owner: { uid: 0, gid: 0 },
      nodes: NODES,
      run,
    };
  }
  const home = homedir();
  const { uid, gid } = userInfo();
  return {
    units: join(home, ".config/systemd/user"),
    library: join(home, ".local/lib/domain-bridge-for-serverpilot"),
    commands: undefined,
    environmentFile: join(home, ".domain-bridge.env"),
    isUser,
    owner: { uid, gid },
    nodes: NODES,
    // Without a login by SSH, as with sudo or su, nobody has said where the account's service manager listens.
    run: async (program, args) => {
      const env = { XDG_RUNTIME_DIR: `/run/user/${uid}`, ...process.env };
      const all = program === "systemctl" ? ["--user", ...args] : args;
      return (await promisify(execFile)(program, all, { env })).stdout;
    },
  };
}

/**
 * The unit. As a system's service: an account that exists only while it runs, and nothing it does not need. Two rules
 * that `systemd-analyze security` would like are not possible: V8 writes machine code (MemoryDenyWriteExecute), and the
 * mapped domains' DNS and certificates are anywhere (IPAddressDeny).
 */
export function systemdUnit(
  command: readonly string[],
  environmentFile: string,
  isUser = false,
): string {
  return `[Unit]
Description=Domain Bridge for ServerPilot
${isUser ? "" : "Wants=network-online.target\nAfter=network-online.target mysql.service mariadb.service redis-server.service\n"}StartLimitIntervalSec=0

[Service]
Type=exec
# The environment file may set another.
Environment=NODE_OPTIONS=${NODE_OPTIONS}
# systemd reads the file itself, so that it can be its owner's alone (mode 600).
EnvironmentFile=${environmentFile.replaceAll("%", "%%")}
ExecStart=${[...command, "serve"].map(argument).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
# A configuration that is wrong stays wrong until a person changes it.
RestartPreventExitStatus=78
TimeoutStopSec=30

${isUser ? USER_PROTECTION : PROTECTION}
[Install]
WantedBy=${isUser ? "default.target" : "multi-user.target"}
`;
}

/** As systemd.service(5) wants it: specifiers and variables doubled, spaces in quotes. */
function argument(text: string): string {
  const plain = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /[\s"'\\;]/.test(plain)
    ? `"${plain.replace(/["\\]/g, String.raw`\$&`)}"`
    : plain;
}

/**
 * The command line that starts this program from where it lies now.
 *
 * @throws CliError when it is not compiled.
 */
export function commandOf(
  self: Self,
  nodes: readonly string[],
): [node: string, script: string] {
  const script = realpathSync(self.script);
  if (script.endsWith(".ts")) {
    throw new CliError(
      "A service cannot be made of the uncompiled program.",
      "Use the plugin's sidecar/domain-bridge.cjs, or the npm package.",
    );
  }
  return [stableNode(self.node, nodes), script];
}

/**
 * Works out what a service would run and looks for every reason against it; nothing is changed.
 *
 * @throws CliError when Node.js or the script can be replaced by others, or lies where the service cannot reach it.
 */
export function prepareService(
  self: Self,
  places: ServicePlaces,
): PreparedService {
  const [node, script] = commandOf(self, places.nodes);
  const copy = join(places.library, basename(script));
  const copyOf = self.isBundle && script !== copy ? script : undefined;
  const started = copyOf === undefined ? script : copy;
  for (const path of [node, started]) refuseUnsafe(path, places);
  const notes: string[] = [];
  if (node === realpathSync(node) && /\d+\.\d+/.test(node)) {
    notes.push(
      `The path of Node.js has its version in it (${node}): run this command again after Node.js was updated.`,
    );
  }
  const owner = copyOf && replaceable(copyOf, places.owner);
  if (owner !== undefined) {
    notes.push(
      `Others than you may change ${owner}, so they decide what you run here. The service runs a copy that they cannot change.`,
    );
  }
  return { places, node, script: started, copyOf, notes };
}

function refuseUnsafe(path: string, places: ServicePlaces): void {
  if (!places.isUser && isHidden(path)) {
    throw new CliError(
      `${realpathSync(path)} is in a home folder, where a protected service cannot reach it.`,
      "Install Node.js for the whole machine (packages of the distribution, or below /usr/local), then run this again.",
    );
  }
  const open = replaceable(path, places.owner);
  if (open !== undefined) {
    throw new CliError(
      `${open} can be replaced by others than ${places.isUser ? "you" : "root"}, and the service would run what they put there.`,
      `Take that right away (chown ${places.isUser ? "" : "root "}and chmod go-w), or use a Node.js that was installed by ${places.isUser ? "you or " : ""}root.`,
    );
  }
}

/**
 * Asks the service manager whether it is there, and for an account's own whether it may go on without a login.
 *
 * @throws CliError when not.
 */
export async function askServiceManager(places: ServicePlaces): Promise<void> {
  await tell(places, ["show", "--property=Version"]).catch((error: unknown) => {
    throw new CliError(
      (error as Error).message,
      places.isUser
        ? "Log in by SSH as this account, not by su or sudo; or run “domain-bridge serve --environment …” another way."
        : "Without systemd, run “domain-bridge serve --environment …” by the means of this machine; --print-systemd shows the unit.",
    );
  });
  if (!places.isUser) return;
  const { username } = userInfo();
  const lingers = async (): Promise<boolean> => {
    const args = ["show-user", username, "--property=Linger", "--value"];
    const answer = await places.run("loginctl", args).catch(() => "no");
    return answer.trim() === "yes";
  };
  if (await lingers()) return;
  await places.run("loginctl", ["enable-linger"]).catch(() => undefined);
  if (await lingers()) return;
  throw new CliError(
    `${username} may not run services without being logged in.`,
    `Have the owner of the server run: loginctl enable-linger ${username}. Then run this again.`,
  );
}

/** @throws CliError with systemctl's own words. */
async function tell(places: ServicePlaces, args: string[]): Promise<void> {
  try {
    await places.run("systemctl", args);
  } catch (error) {
    const { stderr = "", code } = error as { stderr?: string; code?: string };
    const words = stderr.trim().split("\n")[0] ?? "";
    const user = places.isUser ? "--user " : "";
    throw new CliError(
      `systemctl ${user}${args.join(" ")} failed: ${words || (code ?? "unknown")}`,
      `See “systemctl ${user}status ${UNIT}” and “journalctl ${user}-u ${UNIT}”.`,
    );
  }
}

/**
 * Installs (or updates) a prepared service and starts it. Gives the command line of the service.
 *
 * @throws CliError when a file cannot be written or systemd refuses.
 */
export async function installService(
  { places, node, script, copyOf }: PreparedService,
  environmentFile: string,
): Promise<string[]> {
  if (copyOf !== undefined) {
    await mkdir(places.library, { recursive: true });
    // Whatever root's umask is: the account of the service has to read it.
    await chmod(places.library, 0o755);
    const beside = dirname(copyOf);
    for (const name of await readdir(beside)) {
      if (!/^domain-bridge.*\.cjs$/.test(name)) continue;
      // Put in its place whole: the service that runs may read a part of itself at any time.
      const fresh = join(places.library, `${name}.new`);
      await copyFile(join(beside, name), fresh);
      await chmod(fresh, 0o755);
      await rename(fresh, join(places.library, name));
    }
    if (places.commands !== undefined) {
      // Where a command of that name is there already, it stays.
      await symlink(script, join(places.commands, "domain-bridge")).catch(
        () => undefined,
      );
    }
  }
  await mkdir(places.units, { recursive: true });
  await writeFile(
    join(places.units, UNIT),
    systemdUnit([node, script], environmentFile, places.isUser),
    { mode: 0o644 },
  );
  for (const args of [["daemon-reload"], ["enable", UNIT], ["restart", UNIT]])
    await tell(places, args);
  return [node, script];
}

/**
 * Refuses an environment file that others than root may replace: it could have the service run anything (NODE_OPTIONS).
 *
 * @throws CliError
 */
export function refuseOpenEnvironment(
  file: string,
  places: ServicePlaces,
): void {
  const open = replaceable(file, places.owner);
  if (open === undefined) return;
  throw new CliError(
    `${open} can be replaced by others, who could then have the service run anything.`,
    `Pass --output with a file elsewhere, such as ${places.environmentFile}.`,
  );
}
