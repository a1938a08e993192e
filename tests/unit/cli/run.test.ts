import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatEnvFile } from "../../../sidecar/cli/env-file";
import { run } from "../../../sidecar/cli/run";
import type {
  Transport,
  TransportRequest,
} from "../../../sidecar/cli/transport";
import type { Config } from "../../../sidecar/config";
import { verify } from "../../../sidecar/signature";
import { createFakeClock } from "../fake-clock";

const secret = "cli-test-secret-0123456789abcdefg";
const env = {
  DB_HOST: "localhost",
  DB_NAME: "wordpress",
  DB_USER: "bridge",
  SIDECAR_SECRET: secret,
  WORDPRESS_URL: "https://network.example",
};

const clock = createFakeClock();

/** Runs a command line against a sidecar that gives one answer (an Error: none at all). */
async function domainBridge(
  args: string,
  {
    answer = {},
    status = 200,
    colour = false,
    environment = env,
    serveFails,
  }: {
    answer?: unknown;
    status?: number;
    colour?: boolean;
    environment?: Record<string, string>;
    serveFails?: Error;
  } = {},
) {
  const requests: TransportRequest[] = [];
  const served: Config[] = [];
  let out = "";
  let err = "";
  const transport: Transport = (request) => {
    requests.push(request);
    if (answer instanceof Error) return Promise.reject(answer);
    const body = typeof answer === "string" ? answer : JSON.stringify(answer);
    return Promise.resolve({ status, body });
  };
  const code = await run(args.split(" "), {
    env: environment,
    clock,
    transport,
    output: {
      out: (text) => (out += text),
      err: (text) => (err += text),
      colour,
    },
    serve: (config) => {
      served.push(config);
      return serveFails ? Promise.reject(serveFails) : Promise.resolve();
    },
    checkOnce: () => Promise.reject(new Error("no check is asked for")),
    self: { node: "node", script: "index.ts", isBundle: false },
  });
  return { code, out, err, requests, served };
}

const noChange = {
  checksum: "c0ffee",
  add: [],
  remove: [],
  adopt: [],
  disown: [],
  keep: 3,
  blocked: [],
  result: ["a.example"],
  held: null,
};

const someChange = {
  ...noChange,
  add: ["new.example"],
  remove: ["old.example"],
  adopt: ["there.example"],
  blocked: [
    {
      name: "bad_name.example",
      reason: "hostname-invalid-character",
      params: {},
      message: "It contains “_”.",
      remedy: "Edit the mapping.",
    },
  ],
};

describe("every command that asks the sidecar", () => {
  test.each<[string, string, string, unknown]>([
    ["plan", "POST", "/sync", { dryRun: true }],
    ["check", "POST", "/check", {}],
    ["status", "GET", "/status", undefined],
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

describe("plan", () => {
  test("exits with 0 when nothing would change", async () => {
    const { code, out } = await domainBridge("plan", { answer: noChange });
    expect(code).toBe(0);
    expect(out).toBe(
      "0 to add, 0 to remove, 0 to adopt, 0 to forget, 3 kept, 0 blocked.\n",
    );
  });

  test("prints the changes as a diff and exits with 2", async () => {
    const { code, out } = await domainBridge("plan", { answer: someChange });
    expect(code).toBe(2);
    const lines = out.split("\n");
    expect(lines.slice(0, 2)).toEqual(["- old.example", "+ new.example"]);
    expect(out).toContain("~ there.example");
    expect(out).toContain("! bad_name.example  It contains “_”.");
    expect(out).toContain("Edit the mapping.");
  });

  test("shows how to approve a plan that is held", async () => {
    const held = { message: "Too many removals.", remedy: "Look at it." };
    const { out } = await domainBridge("plan", {
      answer: { ...someChange, held },
    });
    expect(out).toContain("Held: Too many removals.");
    expect(out).toContain("sync --force --checksum c0ffee");
  });

  test.each([
    [noChange, 0],
    [someChange, 2],
  ])("prints the whole answer for programs", async (answer, expected) => {
    const { code, out } = await domainBridge("plan --json", { answer });
    expect(code).toBe(expected);
    expect(JSON.parse(out)).toEqual(answer);
  });

  test("is coloured only where a person looks at a terminal", async () => {
    const answer = someChange;
    const plain = await domainBridge("plan", { answer });
    expect(plain.out).not.toContain("\u001b");
    const coloured = await domainBridge("plan", { answer, colour: true });
    expect(coloured.out).toContain("\u001b[32m+ new.example");
  });
});

describe("sync", () => {
  test("approves nothing unseen", async () => {
    const { code, err, requests } = await domainBridge("sync --force");
    expect(code).toBe(1);
    expect(err).toContain("--checksum");
    expect(requests).toEqual([]);
  });
});

describe("status", () => {
  const words = { reason: null, params: {}, message: "", remedy: "" };
  const answer = {
    network: "default",
    version: "1.2.3",
    registered: true,
    now: "2026-01-15T12:00:00.000Z",
    app: { id: "app1", name: "wordpress", domainsUsed: 2, capacity: 300 },
    pass: {
      ...words,
      state: "waiting",
      lastAt: "2026-01-15T11:58:00.000Z",
      lastOutcome: "failed",
      nextAt: "2026-01-15T12:01:00.000Z",
      message: "ServerPilot is away.",
    },
    held: null,
    counts: { secure: 1, "ssl-failed": 1, pending: 0 },
    names: [
      {
        ...words,
        name: "a.example",
        state: "secure",
        tries: 1,
        nextTryAt: null,
        certificateEndsAt: "2026-04-01T00:00:00.000Z",
      },
      {
        ...words,
        name: "long-name.example",
        state: "ssl-failed",
        tries: 5,
        nextTryAt: "2026-01-15T13:00:00.000Z",
        certificateEndsAt: null,
        message: "It points elsewhere.",
        remedy: "Change the A record.",
      },
    ],
  };

  test("shows the app, the pass and an aligned table of every domain", async () => {
    const { code, out } = await domainBridge("status", { answer });
    expect(code).toBe(0);
    expect(out).toContain("App wordpress (app1): 2 of 300 domains");
    expect(out).toContain("Last pass: failed 2026-01-15 11:58Z");
    expect(out).toContain("ServerPilot is away.");
    expect(out).toContain("1 secure, 1 ssl-failed\n");
    const rows = out.trimEnd().split("\n").slice(-3);
    expect(rows[0]).toMatch(/^DOMAIN +STATE +TRIES +NEXT TRY/);
    expect(rows[2]).toContain("2026-01-15 13:00Z");
    expect(rows[2]).toContain("It points elsewhere. Change the A record.");
    const column = (row: string | undefined, word: string) =>
      row?.indexOf(word);
    expect(column(rows[0], "STATE")).toBe(column(rows[1], "secure"));
    expect(column(rows[0], "STATE")).toBe(column(rows[2], "ssl-failed"));
  });

  test("names the removals of a held plan", async () => {
    const held = {
      ...words,
      checksum: "c1",
      remove: ["gone.example"],
      message: "Too many.",
    };
    const { out } = await domainBridge("status", {
      answer: { ...answer, held, names: [] },
    });
    expect(out).toContain("Held: Too many.\n  - gone.example\n");
  });
});

describe("check", () => {
  const fine = { id: "database", ok: true, message: "", remedy: "" };
  const broken = {
    id: "app",
    ok: false,
    message: "There is no such app.",
    remedy: "Check the id.",
  };

  test("exits with 0 when everything works", async () => {
    const answer = { ok: true, version: "1", checks: [fine] };
    const { code, out } = await domainBridge("check", { answer });
    expect([code, out]).toEqual([0, "ok    database\n"]);
  });

  test("exits with 1 and says what to mend", async () => {
    const answer = { ok: false, version: "1", checks: [fine, broken] };
    const { code, out } = await domainBridge("check", { answer });
    expect(code).toBe(1);
    expect(out).toContain("FAIL  app: There is no such app.");
    expect(out).toContain("Check the id.");
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
    "names every problem of the configuration and exits with 1: %s",
    async (args) => {
      const environment = { PORT: "x" };
      const { code, err, served } = await domainBridge(args, { environment });
      expect(code).toBe(1);
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
    const { served } = await domainBridge(`serve --env-file ${file}`, {
      environment: { PORT: "9001", HOST: "" },
    });
    expect(served).toMatchObject([{ port: 9001, host: "::1" }]);
    const asked = await domainBridge(`plan --env-file ${file}`, {
      environment: {},
      answer: noChange,
    });
    expect(asked.requests[0]?.url).toContain("http://[::1]:9000/");
    rmSync(folder, { recursive: true });
  });

  test("says what to do when the port is taken", async () => {
    const serveFails = Object.assign(new Error("listen EADDRINUSE"), {
      ...{ code: "EADDRINUSE", syscall: "listen" },
      ...{ address: "127.0.0.1", port: 8787 },
    });
    const { code, err } = await domainBridge("serve", { serveFails });
    expect(code).toBe(1);
    expect(err).toContain("Port 8787 of 127.0.0.1 is taken");
    expect(err).toContain("set another PORT");
  });

  test.each(["init", "serve", "plan", "sync", "status", "check"])(
    "explains itself with examples: %s --help",
    async (name) => {
      const none = { environment: {} };
      const { code, out } = await domainBridge(`${name} --help`, none);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: domain-bridge ${name}`);
      expect(out).toContain(`Examples:\n  `);
      expect((await domainBridge("--help", none)).out).toContain(`  ${name}`);
    },
  );

  test("prints its version", async () => {
    const { code, out } = await domainBridge("--version");
    expect(code).toBe(0);
    expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each(["frobnicate", "plan now", "status --colour"])(
    "refuses what it does not know: %s",
    async (args) => {
      const { code, err, requests } = await domainBridge(args);
      expect(code).toBe(1);
      expect(err).toContain("error:");
      expect(requests).toEqual([]);
    },
  );
});
