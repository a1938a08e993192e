import { join } from "node:path";
import { Child } from "./child";
import { phpSettings } from "./php";
import { stackPhpDir } from "./places";
import { until } from "./until";
import { webRequest } from "./wordpress-http";

/** Starts PHP's own web server with four workers on a WordPress; resolves when it answers. */
export async function servePhp(root: string, port: number): Promise<Child> {
  const server = Child.start({
    name: "php -S",
    command: "php",
    args: [
      ...phpSettings(),
      "-S",
      `127.0.0.1:${port}`,
      "-t",
      root,
      join(stackPhpDir, "router.php"),
    ],
    env: { PHP_CLI_SERVER_WORKERS: "4", STACK_WORDPRESS: root },
    logFile: join(root, "../php-server.log"),
    // PHP's server ends its workers on SIGINT only.
    stopSignal: "SIGINT",
  });
  await until("PHP's web server", async () => {
    await server.assertRunning();
    return webRequest(port, "/wp-includes/images/blank.gif", {}).catch(
      () => null,
    );
  });
  return server;
}
