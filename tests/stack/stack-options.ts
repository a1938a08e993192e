import type { SimulatorOptions } from "./serverpilot/simulator-options";
import type { Say } from "./setup";
import type { Constants } from "./wordpress-files";
import type { UmMode } from "./wordpress";

/** What of WordPress can be chosen. */
export interface StackWordpressOptions {
  readonly um?: UmMode;
  /** Whether our plugin is active; default true. */
  readonly plugin?: boolean;
  /** Whether UM's ServerPilot integration is enabled; default true. */
  readonly integration?: boolean;
  /** Over those that the stack gives. */
  readonly constants?: Constants;
  readonly port?: number;
}

/** What of the sidecar can be chosen. */
export interface StackSidecarOptions {
  /** Over what the stack gives. */
  readonly env?: Readonly<Record<string, string>>;
  /** False: it is only prepared, and started later by `stack.sidecar.start()`. */
  readonly start?: boolean;
  readonly port?: number;
}

/** Which parts are started, each false, true or with options; MariaDB always is. */
export interface StackOptions {
  /** Folder for everything private; a temporary one, deleted in the end, where it is not given. */
  readonly dir?: string;
  readonly wordpress?: boolean | StackWordpressOptions;
  readonly simulator?: boolean | Partial<SimulatorOptions>;
  readonly sidecar?: boolean | StackSidecarOptions;
  readonly say?: Say;
  /** Whether SIGINT and SIGTERM stop the stack and end the process; default true outside of Jest. */
  readonly signals?: boolean;
}

/** The account and app of the simulator that WordPress's constants name. */
export const serverPilotApp = {
  clientId: "cid_stack",
  apiKey: "key-of-the-stack-that-must-not-leak",
  appId: "app-stack",
} as const;

/** The secret that WordPress and the sidecar share. */
export const sidecarSecret = `whsec_${Buffer.from("a secret of the stack, 32 bytes!").toString("base64")}`;
