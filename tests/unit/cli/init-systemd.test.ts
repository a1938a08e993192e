import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import {
  isHidden,
  replaceable,
  stableNode,
} from "../../../sidecar/cli/init-paths";
import {
  askServiceManager,
  installService,
  prepareService,
  systemdUnit,
  type ServicePlaces,
} from "../../../sidecar/cli/init-systemd";

const owner = { uid: userInfo().uid, gid: userInfo().gid };

let folder: string;
let calls: string[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "init-")));
  calls = [];
  mkdirSync(join(folder, "plugin"));
  writeFileSync(join(folder, "plugin/domain-bridge.cjs"), "// the start");
  writeFileSync(join(folder, "plugin/domain-bridge-sidecar.cjs"), "// more");
  writeFileSync(join(folder, "plugin/notes.txt"), "not copied");
  mkdirSync(join(folder, "node-v20.20.2/bin"), { recursive: true });
  writeFileSync(join(folder, "node-v20.20.2/bin/node"), "");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const self = () => ({
  node: join(folder, "node-v20.20.2/bin/node"),
  script: join(folder, "plugin/domain-bridge.cjs"),
  isBundle: true,
});

const places = (changes: Partial<ServicePlaces> = {}): ServicePlaces => ({
  units: join(folder, "units"),
  library: join(folder, "lib"),
  commands: folder,
  environmentFile: "/etc/domain-bridge.env",
  isUser: false,
  owner,
  nodes: [],
  run: (program, args) => {
    calls.push(`${program} ${args.join(" ")}`);
    return Promise.resolve("");
  },
  ...changes,
});

describe("the service", () => {
  test("runs a copy of the program that the web server cannot write to", async () => {
    const service = prepareService(self(), places());
    expect(existsSync(join(folder, "lib"))).toBe(false);
    const command = await installService(service, "/etc/domain-bridge.env");
    const copy = join(folder, "lib/domain-bridge.cjs");
    expect(command[1]).toBe(copy);
    expect(readFileSync(copy, "utf8")).toBe("// the start");
    expect(statSync(join(folder, "lib")).mode & 0o777).toBe(0o755);
    expect(existsSync(join(folder, "lib/domain-bridge-sidecar.cjs"))).toBe(
      true,
    );
    expect(existsSync(join(folder, "lib/notes.txt"))).toBe(false);
    expect(readlinkSync(join(folder, "domain-bridge"))).toBe(copy);
    const unit = readFileSync(
      join(folder, "units/domain-bridge.service"),
      "utf8",
    );
    expect(unit).toContain(`ExecStart=${command.join(" ")} serve\n`);
    expect(unit).toContain("EnvironmentFile=/etc/domain-bridge.env\n");
    expect(calls).toEqual([
      "systemctl daemon-reload",
      "systemctl enable domain-bridge.service",
      "systemctl restart domain-bridge.service",
    ]);
  });

  test("that systemd refuses is an error with systemd's own words", async () => {
    const run = () =>
      Promise.reject(Object.assign(new Error(), { stderr: "no bus\nmore" }));
    const refusing = installService(
      prepareService(self(), places({ run })),
      "/x.env",
    );
    await expect(refusing).rejects.toThrow("daemon-reload failed: no bus");
  });

  test("cannot be made of uncompiled TypeScript", () => {
    const uncompiled = { ...self(), script: __filename, isBundle: false };
    expect(() => prepareService(uncompiled, places())).toThrow(/uncompiled/);
  });

  test("is not started again where its configuration is wrong", () => {
    expect(systemdUnit(["/node", "/x.cjs"], "/x.env")).toContain(
      "RestartPreventExitStatus=78\n",
    );
  });

  test("has paths with spaces, percent and dollar signs written as systemd reads them", () => {
    const unit = systemdUnit(["/opt/my node", "/a%b/$c.cjs"], "/etc/x%y.env");
    expect(unit).toContain(`ExecStart="/opt/my node" /a%%b/$$c.cjs serve`);
    expect(unit).toContain("EnvironmentFile=/etc/x%%y.env");
  });
});

describe("the Node.js of a service", () => {
  test("is named by a path that stays when Node.js is updated", () => {
    const link = join(folder, "node");
    symlinkSync(self().node, link);
    const service = prepareService(
      self(),
      places({ nodes: [join(folder, "none"), link] }),
    );
    expect(service.node).toBe(link);
    expect(service.notes).toEqual([]);
  });

  test("is named by its version where it has no other path, and that is said", () => {
    const other = join(folder, "other");
    writeFileSync(other, "");
    expect(stableNode(self().node, [other])).toBe(self().node);
    expect(prepareService(self(), places()).notes).toEqual([
      expect.stringContaining("after Node.js was updated"),
    ]);
  });

  test.each([
    ["file", "node-v20.20.2/bin/node"],
    ["folder", "node-v20.20.2"],
  ])("is refused where others may replace its %s", (_, part) => {
    chmodSync(join(folder, part), 0o777);
    expect(() => prepareService(self(), places())).toThrow(
      `${join(folder, part)} can be replaced by others than root`,
    );
  });

  test("is refused where a link on the way to it leads through a folder of others", () => {
    mkdirSync(join(folder, "open"));
    symlinkSync(self().node, join(folder, "open/node"));
    symlinkSync(join(folder, "open/node"), join(folder, "node"));
    chmodSync(join(folder, "open"), 0o777);
    expect(replaceable(join(folder, "node"), owner)).toBe(join(folder, "open"));
  });

  test("may lie in a folder of the owner's group, not in one of another group", () => {
    const shared = join(folder, "node-v20.20.2");
    chmodSync(shared, 0o775);
    if (owner.uid === 0) chownSync(shared, 0, 12_345);
    const { gid } = statSync(shared);
    expect(replaceable(self().node, { uid: owner.uid, gid })).toBeUndefined();
    expect(replaceable(self().node, { uid: owner.uid, gid: gid + 1 })).toBe(
      shared,
    );
  });

  test("in a home folder cannot be reached by a protected service, whatever link leads there", () => {
    symlinkSync("/root", join(folder, "home"));
    expect(isHidden(join(folder, "home/n/node"))).toBe(true);
    expect(isHidden("/home/admin/.nvm/bin/node")).toBe(true);
    expect(isHidden("/usr/bin/node")).toBe(false);
  });
});

describe("a service of an account", () => {
  const user = (linger: () => string, changes: Partial<ServicePlaces> = {}) =>
    places({
      isUser: true,
      run: (program, args) => {
        calls.push(`${program} ${args[0] ?? ""}`);
        return Promise.resolve(args[0] === "show-user" ? linger() : "");
      },
      ...changes,
    });

  test("is made where the account may go on without a login", async () => {
    await askServiceManager(user(() => "yes\n"));
    expect(calls).toEqual(["systemctl show", "loginctl show-user"]);
  });

  test("asks for that where it is not so yet", async () => {
    const answers = ["no\n", "yes\n"];
    await askServiceManager(user(() => answers.shift() ?? ""));
    expect(calls).toContain("loginctl enable-linger");
  });

  test("is refused with the command for the server's owner where that is not allowed", async () => {
    await expect(askServiceManager(user(() => "no\n"))).rejects.toMatchObject({
      message: expect.stringContaining("without being logged in") as string,
      remedy: expect.stringContaining("loginctl enable-linger") as string,
    });
  });

  test("is refused where no service manager answers", async () => {
    const run = () =>
      Promise.reject(Object.assign(new Error(), { stderr: "No medium found" }));
    await expect(
      askServiceManager(user(() => "", { run })),
    ).rejects.toMatchObject({
      message: expect.stringContaining("No medium found") as string,
      remedy: expect.stringContaining("SSH") as string,
    });
  });

  test("has a unit without what only root can give", () => {
    const unit = systemdUnit(["/node", "/x.cjs"], "/x.env", true);
    expect(unit).toContain("WantedBy=default.target\n");
    expect(unit).toContain("NoNewPrivileges=yes\n");
    expect(unit).not.toMatch(/DynamicUser|ProtectSystem|network-online/);
  });
});
