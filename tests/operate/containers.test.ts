import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { readConfig } from "../../sidecar/config/config";
import { projectDir } from "../stack/places";
import { runCommand } from "./command";

interface Compose {
  services: Record<string, { environment?: Record<string, string> }>;
}

const read = (name: string): Compose =>
  parse(
    // As Compose puts in the values of variables that are not set.
    readFileSync(join(projectDir, name), "utf8").replace(
      /\$\{\w+:-([^}]*)\}/g,
      "$1",
    ),
    { merge: true },
  ) as Compose;

const compose = read("docker-compose.yml");
const scale = read("compose.scale.yml");
const environment = (name: string): Record<string, string> =>
  compose.services[name]?.environment ?? {};
const extra = String(environment("wordpress")["WORDPRESS_CONFIG_EXTRA"]);

test("the Dockerfile has nothing that a linter complains about", () => {
  const text = readFileSync(join(projectDir, "Dockerfile"), "utf8");
  expect(validate(text)).toEqual([]);
});

test("the compose files have nothing that a linter of the compose specification counts as an error", async () => {
  const linter = require.resolve("dclint/package.json");
  const ran = await runCommand(
    process.execPath,
    [
      join(linter, "../bin/dclint.cjs"),
      "--quiet",
      "docker-compose.yml",
      "compose.scale.yml",
    ],
    { cwd: projectDir },
  );
  expect(ran).toMatchObject({ code: 0 });
});

test.each([
  ["alone", {}],
  ["scaled", scale.services["sidecar"]?.environment ?? {}],
])(
  "the sidecar in containers, %s, takes its environment, and WordPress has its secret",
  (_, added) => {
    const config = readConfig({ ...environment("sidecar"), ...added });
    const secret = config.networks[0]?.secrets[0] ?? "none";
    expect(extra).toContain(`'${secret}'`);
  },
);

test("the simulator in containers knows its variables, and WordPress has its account", async () => {
  const { out } = await runCommand(
    process.execPath,
    ["--import", "tsx", "tests/stack/serverpilot/main.ts", "--help"],
    { cwd: projectDir },
  );
  for (const name of Object.keys(environment("serverpilot")))
    expect(out).toContain(name);
  for (const [name, word] of [
    ["CLIENT_ID", "cid_simulator"],
    ["API_KEY", "simulator-key"],
    ["APP_ID", "simulatedapp"],
  ] as const) {
    expect(out).toContain(`SIMULATOR_${name} (${word})`);
    expect(extra).toContain(`'WU_SERVER_PILOT_${name}', '${word}'`);
  }
});

test("what is added to wp-config.php in containers is PHP", async () => {
  const { code, out } = await runCommand(
    "php",
    ["-r", `${extra.replaceAll("$$", "$")}\necho WP_DEBUG_LOG;`],
    { cwd: projectDir },
  );
  expect({ code, out }).toEqual({ code: 0, out: "1" });
});
