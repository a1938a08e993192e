import { spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Writable } from "node:stream";

/** Reads `+ id` and `- id` of process groups; when its input ends, this process has died, and the groups are ended. */
const script = `
groups=' '
while read -r sign id; do
  case "$sign" in
    +) groups="$groups$id " ;;
    -) groups="\${groups%% $id *} \${groups#* $id }" ;;
  esac
done
for id in $groups; do kill -s TERM -- "-$id"; done
[ -z "\${groups# }" ] || sleep 3
for id in $groups; do kill -s KILL -- "-$id"; done
`;

let input: Writable | null = null;

/** From now on the group ends when this process ends, even by SIGKILL. */
export function watch(group: number): void {
  tell(`+ ${group}\n`);
}

/** The group has ended; its id may be given to somebody else. */
export function unwatch(group: number): void {
  tell(`- ${group}\n`);
}

function tell(line: string): void {
  input ??= start();
  input.write(line);
}

function start(): Writable {
  const shell = spawn("sh", ["-c", script], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.unref();
  // The pipe must not keep this process alive.
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  shell.stdin.on("error", () => undefined);
  return shell.stdin;
}
