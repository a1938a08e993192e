import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeEnvFile } from "../../../sidecar/cli/init-env";
import { readEnvFile } from "../../../sidecar/cli/env-file";
import { installSystemd, systemdUnit } from "../../../sidecar/cli/init-systemd";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "init-"))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const variables = { PORT: "8787", DB_PASSWORD: "first password" };

describe("the environment file", () => {
  const file = () => join(folder, "bridge.env");

  test("is the owner's alone", async () => {
    await writeEnvFile(file(), variables, false);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readEnvFile(file())).toEqual(variables);
  });

  test("is left as it is when nothing differs, and closed to others", async () => {
    writeFileSync(file(), "PORT=8787\nDB_PASSWORD='first password'\n# mine\n", {
      mode: 0o644,
    });
    const { changed } = await writeEnvFile(file(), variables, false);
    expect(changed).toBe(false);
    expect(readFileSync(file(), "utf8")).toContain("# mine");
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test("is not overwritten where it differs, and the names that differ are said", async () => {
    await writeEnvFile(file(), variables, false);
    const again = writeEnvFile(file(), { ...variables, PORT: "9000" }, false);
    await expect(again).rejects.toThrow(/says otherwise about PORT\./);
    expect(readEnvFile(file())["PORT"]).toBe("8787");
  });

  test("takes the new values by force and keeps what a person added", async () => {
    await writeEnvFile(file(), { ...variables, LOG_LEVEL: "debug" }, false);
    await writeEnvFile(file(), { ...variables, PORT: "9000" }, true);
    expect(readEnvFile(file())).toEqual({
      ...variables,
      PORT: "9000",
      LOG_LEVEL: "debug",
    });
  });

  test("in a folder that is not there is refused in words", async () => {
    const writing = writeEnvFile(join(folder, "none/x.env"), variables, false);
    await expect(writing).rejects.toThrow(/cannot be written \(ENOENT\)/);
  });
});

describe("the service", () => {
  const install = async (
    systemctl: (args: readonly string[]) => Promise<unknown>,
  ) => {
    const script = join(folder, "domain-bridge.cjs");
    writeFileSync(script, "// the bundle");
    const places = {
      units: folder,
      library: join(folder, "lib"),
      commands: folder,
      systemctl,
    };
    // The Node that runs the tests may lie in a home folder, which is refused.
    const self = { node: "/bin/sh", script, isBundle: true };
    return installSystemd(self, "/etc/domain-bridge.env", places);
  };

  test("runs a copy of the bundle that the web server cannot write to", async () => {
    const calls: string[] = [];
    const command = await install((args) => {
      calls.push(args.join(" "));
      return Promise.resolve();
    });
    const copy = join(folder, "lib/domain-bridge.cjs");
    expect(command[1]).toBe(copy);
    expect(readFileSync(copy, "utf8")).toBe("// the bundle");
    expect(readlinkSync(join(folder, "domain-bridge"))).toBe(copy);
    const unit = readFileSync(join(folder, "domain-bridge.service"), "utf8");
    expect(unit).toContain(`ExecStart=${command.join(" ")} serve\n`);
    expect(unit).toContain("EnvironmentFile=/etc/domain-bridge.env\n");
    expect(calls).toEqual([
      "daemon-reload",
      "enable domain-bridge.service",
      "restart domain-bridge.service",
    ]);
  });

  test("that systemd refuses is an error with systemd's own words", async () => {
    const refusing = install(() =>
      Promise.reject(Object.assign(new Error(), { stderr: "no bus\nmore" })),
    );
    await expect(refusing).rejects.toThrow("daemon-reload failed: no bus");
    expect(existsSync(join(folder, "domain-bridge.service"))).toBe(true);
  });

  test("cannot be made of uncompiled TypeScript", async () => {
    const self = {
      node: process.execPath,
      script: __filename,
      isBundle: false,
    };
    await expect(installSystemd(self, "/x")).rejects.toThrow(/uncompiled/);
  });

  test("has paths with spaces, percent and dollar signs written as systemd reads them", () => {
    const unit = systemdUnit(["/opt/my node", "/a%b/$c.cjs"], "/etc/x%y.env");
    expect(unit).toContain(`ExecStart="/opt/my node" /a%%b/$$c.cjs serve`);
    expect(unit).toContain("EnvironmentFile=/etc/x%%y.env");
  });
});
