import { domainBridge, noChange, someChange } from "./fixture";

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
    suspect: null,
    findings: [],
    severities: { ok: 1, action: 1 },
    counts: { secure: 1, "ssl-failed": 1, pending: 0 },
    total: 2,
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

  test("puts the reasons below their rows where a terminal is narrow", async () => {
    const { out } = await domainBridge("status", { answer, columns: 80 });
    const rows = out.trimEnd().split("\n").slice(-2);
    expect(rows[1]).toBe("    It points elsewhere. Change the A record.");
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
  });

  test("asks for all pages, and only for what needs somebody where that is wanted", async () => {
    const [first, second] = answer.names;
    const paged = ({ url }: { url: string }) => {
      if (url.includes("/status")) return answer;
      return { total: 2, names: [url.includes("offset=0") ? first : second] };
    };
    const { out, requests } = await domainBridge(
      "status --needs-action --json",
      { answer: paged },
    );
    expect(requests.map(({ url }) => new URL(url).search)).toEqual([
      "?names=0",
      "?needs=action&offset=0&limit=500",
      "?needs=action&offset=1&limit=500",
    ]);
    expect(JSON.parse(out)).toMatchObject({
      network: "default",
      names: answer.names,
    });
  });

  test.each<[string, object, number]>([
    ["nothing", {}, 0],
    ["a domain that waits", { severities: { waiting: 3, ok: 1 } }, 0],
    ["a domain that needs somebody", { severities: { warning: 1 } }, 2],
    ["a live domain that is not well", { severities: { critical: 1 } }, 2],
    ["a failed pass", { pass: { ...answer.pass, lastOutcome: "failed" } }, 2],
    ["a doubt", { suspect: { ...words, message: "Doubted." } }, 2],
    ["a finding about the app", { findings: [{ ...words, message: "x" }] }, 2],
    ["no registration", { registered: false }, 2],
  ])(
    "tells monitoring of %s by its exit code",
    async (_what, more, expected) => {
      const well = {
        ...answer,
        severities: { ok: 2 },
        pass: { ...answer.pass, lastOutcome: "ok" },
      };
      const run = { answer: { ...well, ...more } };
      expect((await domainBridge("status --exit-code", run)).code).toBe(
        expected,
      );
      expect((await domainBridge("status", run)).code).toBe(0);
    },
  );

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
