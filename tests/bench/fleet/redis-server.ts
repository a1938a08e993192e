import { connect } from "node:net";
import { join } from "node:path";
import { Child } from "../../stack/child";
import { program } from "../../stack/parts";
import { freePort } from "../../stack/ports";
import { until } from "../../stack/until";

/** A private Redis on a loopback port that keeps nothing on disk. */
export async function startRedis(
  dir: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const child = Child.start({
    name: "redis-server",
    command: program("redis-server") ?? "redis-server",
    args: [
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", dir],
      ...["--save", "", "--appendonly", "no"],
    ],
    logFile: join(dir, "redis.log"),
  });
  await until("Redis", async () => {
    await child.assertRunning();
    return answers(port);
  });
  return { url: `redis://127.0.0.1:${port}`, stop: () => child.stop() };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => socket.end("PING\r\n"));
    socket.once("data", () => {
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
