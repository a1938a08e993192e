import { clock, domainBridge } from "./fixture";

describe("describe", () => {
  const words = { reason: null, params: {}, message: "", remedy: "" };
  const name = {
    ...words,
    name: "shop.example",
    state: "ssl-failed",
    severity: "critical",
    actor: "customer",
    message: "It points elsewhere.",
    remedy: "Change the A record.",
    tries: 5,
    nextTryAt: "2026-01-15T13:00:00.000Z",
    certificateEndsAt: null,
    kind: "mapping",
    siteId: 7,
    owned: true,
    knownSince: "2026-01-01T08:00:00.000Z",
    changedAt: "2026-01-15T11:00:00.000Z",
    liveSince: "2026-01-01T09:00:00.000Z",
    dns: {
      zone: "shop.example",
      registered: true,
      provider: "Example DNS",
      checkedAt: "2026-01-15T11:59:00.000Z",
      records: [
        {
          type: "A",
          host: "@",
          expected: "203.0.113.10",
          found: ["198.51.100.7"],
          ok: false,
        },
      ],
    },
    history: [
      {
        ...words,
        at: "2026-01-15T11:00:00.000Z",
        from: "secure",
        to: "ssl-failed",
        message: "It points elsewhere.",
      },
    ],
  };

  test("tells the whole story of a domain", async () => {
    const { code, out } = await domainBridge("describe shop.example", {
      answer: name,
    });
    expect(code).toBe(0);
    for (const told of [
      "critical: the next step is the domain owner's",
      "It points elsewhere.",
      "Change the A record.",
      "Live since:           2026-01-01 09:00Z",
      "Next try:             2026-01-15 13:00Z",
      "DNS as of 2026-01-15 11:59Z zone shop.example, at Example DNS",
      "2026-01-15 11:00Z  secure → ssl-failed  It points elsewhere.",
    ])
      expect(out).toContain(told);
    expect(out).toMatch(/A +@ +203\.0\.113\.10 +198\.51\.100\.7 +wrong/);
  });

  test("prints it as JSON, and says of an unknown one what the sidecar says", async () => {
    const json = await domainBridge("describe shop.example --json", {
      answer: name,
    });
    expect(JSON.parse(json.out)).toEqual(name);
    const unknown = await domainBridge("describe gone.example", {
      status: 404,
      answer: { code: "name-unknown", detail: "Not known.", remedy: "Look." },
    });
    expect([unknown.code, unknown.err]).toEqual([1, "Not known.\nLook.\n"]);
  });
});

describe("history", () => {
  const pass = {
    reason: null,
    params: {},
    message: "",
    remedy: "",
    finishedAt: "2026-01-15T11:00:00.000Z",
    trigger: "mapping.saved",
    outcome: "ok",
    added: ["new.example"],
    removed: ["old.example"],
  };

  test("shows when, why, how it ended and what it changed", async () => {
    const failed = {
      ...pass,
      outcome: "failed",
      added: [],
      removed: [],
      message: "ServerPilot refuses the key.",
      remedy: "Correct it.",
    };
    const { code, out } = await domainBridge("history", {
      answer: { passes: [failed, pass] },
    });
    expect(code).toBe(0);
    expect(out).toBe(
      "2026-01-15 11:00Z  failed  (mapping.saved)\n    ServerPilot refuses the key.\n    Correct it.\n" +
        "2026-01-15 11:00Z  ok  (mapping.saved)\n  + new.example\n  - old.example\n",
    );
  });
});

describe("sync --wait", () => {
  const pass = (lastAt: string, lastOutcome: string, state = "idle") => ({
    network: "default",
    version: "1",
    registered: true,
    app: null,
    pass: {
      state,
      lastAt,
      lastOutcome,
      nextAt: null,
      message: "m",
      remedy: "r",
    },
    held: null,
    suspect: null,
    findings: [],
    counts: {},
    severities: {},
  });

  test.each<[string, number]>([
    ["ok", 0],
    ["held", 2],
    ["failed", 1],
  ])(
    "waits for the pass and says how it went: %s",
    async (outcome, expected) => {
      const answers = [
        pass("2026-01-15T11:00:00.000Z", "ok"),
        { started: true },
        pass("2026-01-15T11:00:00.000Z", "ok"),
        pass("2026-01-15T12:00:00.000Z", "ok", "running"),
        pass("2026-01-15T12:01:00.000Z", outcome),
      ];
      const running = domainBridge("sync --wait", {
        answer: () => answers.shift(),
      });
      for (let second = 0; second < 4; second += 1) await clock.advance(1_000);
      const { code, out } = await running;
      expect(code).toBe(expected);
      expect(out).toBe(`The pass ended: ${outcome}.\nm\nr\n`);
    },
  );
});
