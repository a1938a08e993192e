import { lstatSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** Whoever may write to what a service runs, beside root. */
export interface Owner {
  uid: number;
  gid: number;
}

/** `ProtectHome` keeps a system's service from these. */
const HIDDEN = /^\/(home|root|run\/user)\//;

/** Whose group may write without being asked: root's, and Debian's `staff`, which owns /usr/local on older systems. */
const TRUSTED_GROUPS = [0, 50];

const STICKY = 0o1000;
const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;

/** The first name that keeps its path and leads to the same Node.js; else the Node.js that runs. */
export function stableNode(running: string, names: readonly string[]): string {
  const target = realpathSync(running);
  const stable = names.find((name) => {
    try {
      return realpathSync(name) === target;
    } catch {
      return false;
    }
  });
  return stable ?? target;
}

/** Whether a path leads into a home folder. */
export function isHidden(path: string): boolean {
  return HIDDEN.test(realOf(path));
}

/** Whether everybody may read a file, as the service's account has to that exists only while it runs. */
export function isOpenToService(file: string): boolean {
  return !isHidden(file) && (statSync(file).mode & 0o004) !== 0;
}

/** The first part of a path, links included, that others than root and the service's owner may replace. */
export function replaceable(path: string, owner: Owner): string | undefined {
  const groups = [...TRUSTED_GROUPS, owner.gid];
  return wayTo(resolve(path)).find((part) => {
    const stat = lstatSync(part);
    if (stat.uid !== 0 && stat.uid !== owner.uid) return true;
    // In a folder such as /tmp everybody may write, and nobody may replace what is another's.
    if (stat.isSymbolicLink() || (stat.mode & STICKY) !== 0) return false;
    return (
      (stat.mode & OTHERS_WRITE) !== 0 ||
      ((stat.mode & GROUP_WRITE) !== 0 && !groups.includes(stat.gid))
    );
  });
}

/** Every folder and link on the way to a file, and the file; what is not there yet is left out. */
function wayTo(path: string): string[] {
  if (path === "/") return ["/"];
  const above = wayTo(dirname(path));
  try {
    return lstatSync(path).isSymbolicLink()
      ? [
          ...above,
          path,
          ...wayTo(resolve(realOf(dirname(path)), readlinkSync(path))),
        ]
      : [...above, path];
  } catch {
    return above;
  }
}

/** A path with links followed, as far as it is there. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realOf(dirname(path)), basename(path));
  }
}
