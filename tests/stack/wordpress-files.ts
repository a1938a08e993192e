import {
  copyFile,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { compiledLanguages } from "../../scripts/translations";
import { projectDir, stackPhpDir } from "./places";
import { wordpressCoreDir } from "./wordpress-package";

/** Values of constants in wp-config.php. */
export type Constants = Readonly<Record<string, string | number | boolean>>;

/** Folder and main file of the plugins that a stack can have, relative to wp-content/plugins. */
export const plugins = {
  um: "ultimate-multisite/ultimate-multisite.php",
  bridge: "domain-bridge-for-serverpilot/domain-bridge-for-serverpilot.php",
};

/**
 * Lays out a WordPress in `root`: its core is linked to the one that all stacks share (so that PHP's compiled files are
 * shared as well), its wp-content and configuration are its own, the plugins are linked to their sources.
 */
export async function layOutWordpress(root: string): Promise<void> {
  const content = join(root, "wp-content");
  for (const folder of ["mu-plugins", "plugins", "uploads", "themes"]) {
    await mkdir(join(content, folder), { recursive: true });
  }
  for (const name of await readdir(wordpressCoreDir)) {
    if (name === "wp-content" || name === "wp-config.php") continue;
    await link(join(wordpressCoreDir, name), join(root, name));
  }
  const theme = "wp-content/themes/twentytwentyfive";
  await link(join(wordpressCoreDir, theme), join(root, theme));
  await link(
    join(stackPhpDir, "mu-plugin.php"),
    join(content, "mu-plugins/stack.php"),
  );
  await link(join(stackPhpDir, "sunrise.php"), join(content, "sunrise.php"));
  await link(
    join(__dirname, "ultimate-multisite"),
    join(content, "plugins/ultimate-multisite"),
  );
  await link(
    join(projectDir, "wp-plugin"),
    join(content, "plugins/domain-bridge-for-serverpilot"),
  );
  // Compiled translations are in the plugin's zip only; WordPress reads those of this folder as well.
  const languages = join(content, "languages/plugins");
  await mkdir(languages, { recursive: true });
  for (const [name, text] of compiledLanguages())
    await writeFile(join(languages, name), text);
  await copyFile(
    join(stackPhpDir, "wp-config.php"),
    join(root, "wp-config.php"),
  );
  // WordPress looks for its configuration beside its core; that one sends each process to its own stack.
  await writeWhole(
    join(wordpressCoreDir, "wp-config.php"),
    "<?php\nrequire getenv( 'STACK_WORDPRESS' ) . '/wp-config.php';\n",
  );
}

async function link(target: string, path: string): Promise<void> {
  await rm(path, { force: true, recursive: true });
  await symlink(target, path);
}

async function writeWhole(path: string, text: string): Promise<void> {
  const fresh = `${path}.${String(process.pid)}`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}

/** Writes the constants of this stack; a request sees all of the old ones or all of the new ones. */
export async function writeConstants(
  root: string,
  constants: Constants,
): Promise<void> {
  const lines = Object.entries(constants).map(
    ([name, value]) => `define( ${phpValue(name)}, ${phpValue(value)} );`,
  );
  await writeWhole(
    join(root, "stack-constants.php"),
    `<?php\n${lines.join("\n")}\n`,
  );
}

function phpValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  return `'${value.replace(/[\\']/g, String.raw`\$&`)}'`;
}
