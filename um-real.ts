import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { startStack } from "./tests/stack/stack";

const log = console.log; async function main() {
  const stack = await startStack({
    wordpress: { um: "none", plugin: false },
    simulator: { latencyMs: 0, domains: ["bridge.localhost"] },
    sidecar: true,
  });
  const wp = stack.wordpress;
  const say = (label: string, value: unknown) => console.log(label, typeof value === "string" ? value : JSON.stringify(value));
  try {
    const plugin = join(wp.root, "wp-content/plugins/ultimate-multisite");
    await rm(plugin, { recursive: true, force: true });
    await symlink("/tmp/um", plugin);
    await wp.php("update_network_option( null, 'wu_setup_finished', true ); update_network_option( null, 'v2_setup_finished', true );");
    const fs = require("node:fs") as typeof import("node:fs");
    const code = fs.readFileSync(process.argv[2] ?? "/tmp/um-code.js", "utf8");
    const run = new Function("stack", "wp", "say", "require", `return (async () => { ${code} })();`);
    await run(stack, wp, say, require);
  } catch (error) {
    console.log("ERROR", String(error).slice(0, 3000));
  } finally {
    say("debug.log", (await wp.debugLog()).split("\n").filter((l) => !/Deprecated|Jasny/.test(l)).join("\n").slice(-4000));
    await stack.stop();
  }
}
void main();
