import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { readConfig } from "../../sidecar/config";
import { Child } from "../stack/child";
import { projectDir } from "../stack/places";
import { freePort } from "../stack/ports";
import { until } from "../stack/until";
import { runCommand } from "./command";
import { playDockerfile, run, type PlayedStage } from "./dockerfile-steps";

const dockerfile = join(projectDir, "Dockerfile");
const composeFile = join(projectDir, "docker-compose.yml");

interface Service {
  image: string;
  command?: string | string[];
  environment?: Record<string, string>;
  volumes?: string[];
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
}

describe("the Dockerfile", () => {
  let folder: string;
  let image: PlayedStage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dockerfile-"));
    const context = await buildContext(join(folder, "context"));
    image = await playDockerfile(
      dockerfile,
      (path) => join(context, path),
      folder,
    );
  }, 600_000);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("has nothing that a linter complains about", () => {
    expect(validate(readFileSync(dockerfile, "utf8"))).toEqual([]);
  });

  test("builds in a clean folder, from what .dockerignore lets through, an image of the bundle alone", () => {
    expect(existsSync(join(image.workdir, "domain-bridge.cjs"))).toBe(true);
    expect(existsSync(join(image.workdir, "node_modules"))).toBe(false);
    expect(image.user).toBe("node");
  });

  test("starts the sidecar, which stays up without a database, and its health check tells whether it lives", async () => {
    const port = String(await freePort());
    const env = {
      ...image.env,
      ...{ HOST: "127.0.0.1", PORT: port, DB_HOST: "127.0.0.1:9" },
      ...{ DB_NAME: "none", DB_USER: "none" },
      ...{
        SIDECAR_SECRET: "x".repeat(32),
        WORDPRESS_URL: "http://127.0.0.1:9",
      },
    };
    const [command = "", ...args] = [...image.entrypoint, ...image.command];
    expect((await run(image, image.healthcheck, 20, env)).code).toBe(1);
    const child = Child.start({
      ...{ name: "the image's command", command, args, env },
      cwd: image.workdir,
      logFile: join(folder, "log"),
    });
    await until("a good health check", async () => {
      await child.assertRunning();
      return (await run(image, image.healthcheck, 20, env)).code === 0;
    });
    await child.stop();
  });
});

describe("docker-compose.yml", () => {
  const compose = parse(readFileSync(composeFile, "utf8"), {
    merge: true,
  }) as Compose;
  const services = Object.entries(compose.services);

  test("has nothing that a linter of the compose specification counts as an error", async () => {
    const linter = require.resolve("dclint/package.json");
    const ran = await runCommand(
      process.execPath,
      [join(linter, "../bin/dclint.cjs"), "--quiet", composeFile],
      { cwd: projectDir },
    );
    expect(ran).toMatchObject({ code: 0 });
  });

  test.each(services)("%s waits only for what can be waited for", (_, own) => {
    for (const [name, { condition }] of Object.entries(own.depends_on ?? {})) {
      const other = compose.services[name];
      expect(other).toBeDefined();
      if (condition === "service_healthy") {
        expect(other?.healthcheck?.test[0]).toBe("CMD");
      } else {
        expect(condition).toBe("service_completed_successfully");
      }
      // What is in no profile must not wait for what is in one.
      expect(own.profiles ?? ["scale"]).toEqual(
        other?.profiles ?? own.profiles ?? ["scale"],
      );
    }
  });

  test.each(services)(
    "%s mounts only volumes and folders that are there",
    (_, own) => {
      for (const volume of own.volumes ?? []) {
        const [source = ""] = volume.split(":");
        const there = source.startsWith(".")
          ? existsSync(join(projectDir, source))
          : source in compose.volumes;
        expect({ source, there }).toEqual({ source, there: true });
      }
    },
  );

  test("two sidecars share a Redis in the profile scale, and none is there without it", () => {
    const scaled = services.filter(([, { profiles }]) => profiles);
    expect(scaled.map(([name]) => name)).toEqual(["redis", "sidecar-2"]);
    for (const name of ["sidecar", "sidecar-2"]) {
      expect(compose.services[name]?.environment?.["REDIS_URL"]).toBe(
        "${COMPOSE_PROFILES:+redis://redis:6379}",
      );
    }
  });

  test("gives the sidecar an environment that it takes, with the secret that WordPress has", () => {
    const { environment = {} } = compose.services["sidecar"] ?? {};
    const config = readConfig({ ...environment, REDIS_URL: "" });
    const secret = config.networks[0]?.secrets[0] ?? "none";
    const wordpress = compose.services["wordpress"]?.environment ?? {};
    expect(wordpress["WORDPRESS_CONFIG_EXTRA"]).toContain(`'${secret}'`);
  });

  test("gives the simulator variables that it knows, and its account to WordPress", async () => {
    const { environment = {} } = compose.services["serverpilot"] ?? {};
    const { out } = await runCommand(
      process.execPath,
      ["--import", "tsx", "tests/stack/serverpilot/main.ts", "--help"],
      { cwd: projectDir },
    );
    for (const name of Object.keys(environment)) expect(out).toContain(name);
    const extra =
      compose.services["wordpress"]?.environment?.["WORDPRESS_CONFIG_EXTRA"];
    for (const [name, word] of [
      ["CLIENT_ID", "cid_simulator"],
      ["API_KEY", "simulator-key"],
      ["APP_ID", "simulatedapp"],
    ] as const) {
      expect(out).toContain(`SIMULATOR_${name} (${word})`);
      expect(extra).toContain(`'WU_SERVER_PILOT_${name}', '${word}'`);
    }
  });

  test("adds PHP to wp-config.php that PHP understands, and runs files that are there", async () => {
    const extra =
      compose.services["wordpress"]?.environment?.["WORDPRESS_CONFIG_EXTRA"];
    const { code, out } = await runCommand(
      "php",
      ["-r", `${String(extra).replaceAll("$$", "$")}\necho WP_DEBUG_LOG;`],
      { cwd: projectDir },
    );
    expect({ code, out }).toEqual({ code: 0, out: "1" });
    for (const [, { command }] of services) {
      const words = typeof command === "string" ? command.split(" ") : [];
      const files = words.filter((word) => word.endsWith(".ts"));
      for (const file of files)
        expect({ file, there: existsSync(join(projectDir, file)) }).toEqual({
          file,
          there: true,
        });
    }
  });
});

/** Copies what .dockerignore lets through: its file is a list of exceptions from "nothing". */
async function buildContext(folder: string): Promise<string> {
  const lines = readFileSync(join(projectDir, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines[0]).toBe("*");
  await mkdir(folder);
  for (const line of lines.slice(1)) {
    expect(line).toMatch(/^![\w./-]+$/);
    const path = line.slice(1);
    await cp(join(projectDir, path), join(folder, path), { recursive: true });
  }
  return folder;
}
