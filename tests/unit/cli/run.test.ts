import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatEnvFile } from "../../../sidecar/cli/env-file";
import type { TransportRequest } from "../../../sidecar/cli/transport";
import { verify } from "../../../sidecar/contract/signature";
import { clock, domainBridge, env, noChange, secret } from "./fixture";

describe("every command that asks the sidecar", () => {
  test.each<[string, string, string, unknown]>([
    ["plan", "POST", "/sync", { dryRun: true }],
    ["check", "POST", "/check", {}],
    ["history", "GET", "/history?limit=20", undefined],
    ["describe a.example", "GET", "/names/a.example", undefined],
    ["sync", "POST", "/sync", { force: false, retry: [] }],
    [
      "sync --force --checksum c1 --retry a.example b.example",
      "POST",
      "/sync",
      { checksum: "c1", force: true, retry: ["a.example", "b.example"] },
    ],
  ])("sends one signed request: %s", async (args, method, path, body) => {
    const { requests } = await domainBridge(args);
    expect(requests).toHaveLength(1);
    const [request] = requests as [TransportRequest];
    expect(request.method).toBe(method);
    expect(request.url).toBe(
      `http://127.0.0.1:8787/v1/networks/default${path}`,
    );
    expect(request.body === "" ? undefined : JSON.parse(request.body)).toEqual(
      body,
    );
    const verified = verify({
      ...request,
      secrets: [secret],
      target: `/v1/networks/default${path}`,
      nowMs: clock.now(),
    });
    expect(verified.ok).toBe(true);
    expect(request.headers["content-type"]).toBe("application/json");
  });

  test.each([
    [{ HOST: "0.0.0.0", PORT: "9000" }, "", "http://127.0.0.1:9000/v1/"],
    [{ HOST: "::" }, "", "http://[::1]:8787/v1/"],
    [{ HOST: "bridge.example" }, "", "http://bridge.example:8787/v1/"],
    [{}, " --url https://h.example/sub/", "https://h.example/sub/v1/"],
  ])("finds the sidecar from %j%s", async (more, option, expected) => {
    const environment = { ...env, ...more };
    const { requests } = await domainBridge(`status${option}`, { environment });
    expect(requests[0]?.url.startsWith(expected)).toBe(true);
  });

  test("asks for one network of those that are configured", async () => {
    const { code, err, requests } = await domainBridge("plan --network none");
    expect(code).toBe(1);
    expect(err).toContain("There is no network none.");
    expect(err).toContain("default");
    expect(requests).toEqual([]);
  });

  test("says so when the sidecar does not answer", async () => {
    const away = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    const { code, out, err } = await domainBridge("status", { answer: away });
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("does not answer at http://127.0.0.1:8787");
    expect(err).toContain("ECONNREFUSED");
    expect(err).toContain("domain-bridge serve");
  });

  test("passes on why the sidecar refuses and what to do", async () => {
    const { code, err } = await domainBridge("plan", {
      status: 409,
      answer: {
        code: "network-not-registered",
        detail: "Not registered.",
        remedy: "Open the screen once.",
      },
    });
    expect(code).toBe(1);
    expect(err).toBe("Not registered.\nOpen the screen once.\n");
  });

  test("says it as JSON to whoever asked for JSON", async () => {
    const { code, out, err } = await domainBridge("plan --json", {
      status: 409,
      answer: { code: "x", detail: "Not registered.", remedy: "Open it." },
    });
    expect(code).toBe(1);
    expect(err).toBe("");
    expect(JSON.parse(out)).toEqual({
      error: { message: "Not registered.", remedy: "Open it." },
    });
  });

  test.each([
    [502, "<html>Bad Gateway</html>", "status 502"],
    [200, "<html>", "status 200"],
    [200, {}, "not understood"],
  ])("does not trust an answer %i %j", async (status, answer, words) => {
    const { code, err } = await domainBridge("plan", { status, answer });
    expect(code).toBe(1);
    expect(err).toContain(words);
  });

  test("lets no name steer the terminal", async () => {
    const answer = { ...noChange, add: ["evil\u001b[2J\u202e.example"] };
    const { out } = await domainBridge("plan", { answer });
    expect(out).toContain("+ evil\uFFFD[2J\uFFFD.example");
  });
});

describe("the command line itself", () => {
  test("serves with the configuration of the environment", async () => {
    const { code, served } = await domainBridge("serve");
    expect(code).toBe(0);
    expect(served).toMatchObject([
      { port: 8787, networks: [{ id: "default" }] },
    ]);
  });

  test.each(["serve", "plan", "status"])(
    "names every problem of the configuration and exits with 78, which systemd does not try again: %s",
    async (args) => {
      const environment = { PORT: "x" };
      const { code, err, served } = await domainBridge(args, { environment });
      expect(code).toBe(78);
      for (const variable of ["PORT", "DB_HOST", "SIDECAR_SECRET"]) {
        expect(err).toContain(`  ${variable}: must be`);
      }
      expect(served).toEqual([]);
    },
  );

  test("takes the environment from a file, and what is set wins over it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cli-"));
    const file = join(folder, "bridge.env");
    writeFileSync(file, formatEnvFile({ ...env, PORT: "9000", HOST: "::1" }), {
      mode: 0o600,
    });
    const { served } = await domainBridge(`serve --environment ${file}`, {
      environment: { PORT: "9001", HOST: "" },
    });
    expect(served).toMatchObject([{ port: 9001, host: "::1" }]);
    const asked = await domainBridge(`plan --env-file ${file}`, {
      environment: {},
      answer: noChange,
    });
    expect(asked.requests[0]?.url).toContain("http://[::1]:9000/");
    // Where nothing names a file, the one of the service is read.
    const found = await domainBridge("plan", {
      environment: {},
      defaultEnvironment: file,
      answer: noChange,
    });
    expect(found.requests[0]?.url).toContain("http://[::1]:9000/");
    const set = await domainBridge("plan", {
      defaultEnvironment: file,
      answer: noChange,
    });
    expect(set.requests[0]?.url).toContain("http://127.0.0.1:8787/");
    const none = await domainBridge("plan", {
      environment: {},
      defaultEnvironment: `${file}.gone`,
    });
    expect(none.code).toBe(78);
    rmSync(folder, { recursive: true });
  });

  test("says what to do when the port is taken", async () => {
    const serveFails = Object.assign(new Error("listen EADDRINUSE"), {
      code: "EADDRINUSE",
      syscall: "listen",
      address: "127.0.0.1",
      port: 8787,
    });
    const { code, err } = await domainBridge("serve", { serveFails });
    expect(code).toBe(1);
    expect(err).toContain("Port 8787 of 127.0.0.1 is taken");
    expect(err).toContain("set another PORT");
  });

  test.each([
    "init",
    "serve",
    "plan",
    "sync",
    "status",
    "describe",
    "history",
    "check",
  ])("explains itself with examples: %s --help", async (name) => {
    const none = { environment: {} };
    const { code, out } = await domainBridge(`${name} --help`, none);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: domain-bridge ${name}`);
    expect(out).toContain(`Examples:\n  `);
    expect((await domainBridge("--help", none)).out).toContain(`  ${name}`);
  });

  test("prints its version", async () => {
    const { code, out } = await domainBridge("--version");
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    "frobnicate",
    "plan now",
    "status --colour",
    "describe",
    "describe a.example b.example",
    "history --limit 0",
    "history --limit 501",
    "history --limit many",
  ])("refuses what it does not know: %s", async (args) => {
    const { code, err, requests } = await domainBridge(args);
    expect(code).toBe(1);
    expect(err).toMatch(/error:|is no number of passes/);
    expect(requests).toEqual([]);
  });
});
