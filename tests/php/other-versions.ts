import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir, projectDir } from "../stack/places";
import { run } from "../stack/run";
import { ensureParts } from "../stack/setup";
import { wordpressCoreDir } from "../stack/wordpress-package";

/**
 * Runs the plugin's tests on PHP versions that the machine does not have: PHP as WebAssembly, from npm, which is large
 * and so is put into a cache folder when this is run for the first time. PHPUnit is the machine's own, libsodium is what
 * WordPress brings for a PHP without it.
 *
 *     npx tsx tests/php/other-versions.ts 7.4 8.4
 */
const folder = join(cacheDir, "php-wasm");
const phpLibraries = "/usr/share/php";
const sodium = join(wordpressCoreDir, "wp-includes/sodium_compat");

const inNode = `
import { createNodeFsMountHandler, loadNodeRuntime } from "@php-wasm/node";
import { PHP, setPhpIniEntries } from "@php-wasm/universal";
const [version, project, libraries, sodium, code] = process.argv.slice(2);
const php = new PHP(await loadNodeRuntime(version, { emscriptenOptions: { processId: 1 } }));
await setPhpIniEntries(php, { disable_functions: "popen,proc_open,shell_exec,exec,passthru,system", memory_limit: "512M" });
for (const path of [libraries, sodium, project + "/wp-plugin", project + "/tests"]) {
  php.mkdir(path);
  await php.mount(path, createNodeFsMountHandler(path));
}
const { text, errors } = await php.run({ code });
process.stdout.write(text + errors, () => process.exit(0));
`;

const inPhp = `<?php
error_reporting( E_ALL );
ini_set( 'display_errors', '1' );
ini_set( 'html_errors', '0' );
set_include_path( '${phpLibraries}' );
foreach ( array( 'STDIN', 'STDOUT', 'STDERR' ) as $name ) {
	defined( $name ) || define( $name, fopen( 'php://' . strtolower( $name ), 'w' ) );
}
function_exists( 'sodium_crypto_secretbox' ) || require '${sodium}/autoload.php';
require '${phpLibraries}/PHPUnit/Autoload.php';
$_SERVER['argv'] = array( 'phpunit', '--configuration', '${projectDir}/tests/php/phpunit.xml' );
if ( class_exists( 'PHPUnit\\TextUI\\Command' ) ) {
	$code = ( new PHPUnit\\TextUI\\Command() )->run( $_SERVER['argv'], false );
} else {
	$code = ( new PHPUnit\\TextUI\\Application() )->run( $_SERVER['argv'] );
}
echo "\\nPHP ", PHP_VERSION, " ended with ", $code, "\\n";
`;

/** Runs the tests on one version; gives its words, and whether all passed without a complaint about the plugin. */
async function runOn(version: string): Promise<{ ok: boolean; words: string }> {
  const { stdout } = await run("node", [
    join(folder, "run.mjs"),
    version,
    projectDir,
    phpLibraries,
    sodium,
    inPhp,
  ]);
  const complaints = stdout
    .split("\n")
    .filter((line) => /(Deprecated|Warning|Notice):.*wp-plugin/.test(line));
  const summary = /^(OK \(.*|Tests: .*)$/m.exec(stdout)?.[0] ?? stdout;
  return {
    ok:
      stdout.includes(`\nPHP ${version}.`) &&
      stdout.includes("ended with 0\n") &&
      complaints.length === 0,
    words: [summary, ...complaints].join("\n"),
  };
}

async function main(versions: string[]): Promise<void> {
  await ensureParts(["php", "wordpress"]);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{"private":true}\n');
  await writeFile(join(folder, "run.mjs"), inNode);
  await run("npm", [
    ...["install", "--no-audit", "--no-fund", "--prefer-offline"],
    ...["--prefix", folder, "@php-wasm/node@3"],
  ]);
  for (const version of versions) {
    const { ok, words } = await runOn(version);
    process.stdout.write(`PHP ${version}: ${ok ? "" : "FAILED "}${words}\n`);
    if (!ok) process.exitCode = 1;
  }
}

void main(process.argv.length > 2 ? process.argv.slice(2) : ["7.4", "8.4"]);
