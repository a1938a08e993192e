import { setTimeout as delay } from "node:timers/promises";
import { version } from "../../sidecar/version";
import { projectDir } from "../stack/places";
import { run } from "../stack/run";

const image = "domain-bridge-test:image";

const docker = async (...args: string[]): Promise<string> =>
  (await run("docker", args)).stdout.trim();

beforeAll(() => docker("build", "--tag", image, projectDir), 900_000);
afterAll(() => docker("image", "rm", "--force", image), 60_000);

test("the image says its version as a user who is not root", async () => {
  expect(await docker("run", "--rm", image, "--version")).toBe(version);
  expect(await docker("run", "--rm", "--entrypoint", "id", image, "-un")).toBe(
    "node",
  );
});

test("a container stays up without a database, is found healthy, and ends by itself when it is told to", async () => {
  const variables = {
    SIDECAR_SECRET: "x".repeat(32),
    WORDPRESS_URL: "http://127.0.0.1:9",
    DB_HOST: "127.0.0.1:9",
    DB_NAME: "none",
    DB_USER: "none",
  };
  const id = await docker(
    ...["run", "--detach", "--health-interval", "1s"],
    ...Object.entries(variables).flatMap(([name, value]) => [
      "--env",
      `${name}=${value}`,
    ]),
    image,
  );
  try {
    const state = (field: string): Promise<string> =>
      docker("inspect", "--format", `{{.State.${field}}}`, id);
    for (let second = 0; second < 40; second += 1) {
      if ((await state("Health.Status")) === "healthy") break;
      await delay(1000);
    }
    expect(await state("Health.Status")).toBe("healthy");
    await docker("stop", id);
    expect(await state("ExitCode")).toBe("0");
  } finally {
    await docker("rm", "--force", "--volumes", id);
  }
}, 120_000);
