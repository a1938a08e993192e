import { describeReason, type ReasonCode } from "../../sidecar/reasons/reasons";
import { mapCode } from "../stack/demo/scene";
import { readStatus, sidecarClient } from "../stack/sidecar-client";
import { startStack, type Stack } from "../stack/stack";
import { until } from "../stack/until";
import { plain, ToldPlaces } from "./told-places";

/** Each trouble says its cause and what to do on the screen, on the command line and in the log. */
let stack: Stack;
let told: ToldPlaces;

jest.setTimeout(60_000);

const ELSEWHERE = "203.0.113.7";

beforeAll(async () => {
  stack = await startStack({
    simulator: { latencyMs: 5, actionMs: 20, autosslDelayMs: 100 },
    sidecar: {
      env: {
        SSL_POLL_SECONDS: "0.5",
        SSL_WINDOW_SECONDS: "6",
        RESYNC_SECONDS: "2",
        SECOND_READ_SECONDS: "1",
      },
    },
  });
  stack.simulator.pointAtServer(
    ...["first", "unserved", "waiting", "refused", "full", "custom"].map(
      (label) => `${label}.example.com`,
    ),
  );
  await stack.wordpress.php(mapCode(["first.example.com"], 1));
  told = new ToldPlaces(stack, await stack.wordpress.login());
  await until("the first name to be secure", async () => {
    const { names } = await readStatus(sidecarClient(stack.sidecar));
    return names.some(({ state }) => state === "secure");
  });
}, 180_000);
afterAll(() => stack.stop());

type Doing = () => unknown;
const nothing: Doing = () => undefined;
const status = (code: number) => () =>
  stack.simulator.addFault({ kind: "status", status: code, times: 0 });
const constants =
  (changes: Record<string, string>): Doing =>
  async () => {
    await stack.wordpress.setConstants(changes);
    await stack.wordpress.cron(3_600);
    await told.screen();
  };

const passes: [what: string, reason: ReasonCode, make: Doing, undo: Doing][] = [
  [
    "a wrong key",
    "serverpilot-credentials-invalid",
    () => {
      stack.simulator.setApiKey("another-key-than-before");
    },
    () => {
      stack.simulator.setApiKey(stack.app.apiKey);
    },
  ],
  [
    "a wrong client id",
    "serverpilot-credentials-invalid",
    constants({ WU_SERVER_PILOT_CLIENT_ID: "cid_nobody" }),
    () => constants({ WU_SERVER_PILOT_CLIENT_ID: stack.app.clientId })(),
  ],
  [
    "a wrong app",
    "serverpilot-app-not-found",
    constants({ WU_SERVER_PILOT_APP_ID: "no-such-app" }),
    () => constants({ WU_SERVER_PILOT_APP_ID: stack.app.appId })(),
  ],
  [
    "a plan that has to be paid",
    "serverpilot-payment-required",
    status(402),
    nothing,
  ],
  ["a key that may not", "serverpilot-forbidden", status(403), nothing],
  ["an API that is away", "serverpilot-unavailable", status(503), nothing],
  [
    "an API that answers with HTML",
    "serverpilot-unreadable",
    () => stack.simulator.addFault({ kind: "html", times: 0 }),
    nothing,
  ],
  [
    "a table that is not there",
    "table-missing",
    () =>
      stack.mariadb.run(
        "RENAME TABLE wordpress.wp_wu_domain_mappings TO wordpress.hidden",
      ),
    () =>
      stack.mariadb.run(
        "RENAME TABLE wordpress.hidden TO wordpress.wp_wu_domain_mappings",
      ),
  ],
];

describe("a pass that fails", () => {
  test.each(passes)("for %s", async (_what, reason, make, undo) => {
    await make();
    const pass = await until(`a pass with ${reason}`, async () => {
      const seen = await readStatus(sidecarClient(stack.sidecar));
      return seen.pass.reason === reason ? seen.pass : null;
    });
    await told.expectEverywhere(pass, {
      page: await told.screen(),
      cli: await told.command("status"),
    });
    await undo();
    stack.simulator.clearFaults();
    await until("all to be well", async () => {
      const seen = await readStatus(sidecarClient(stack.sidecar));
      return seen.pass.reason === null;
    });
  });
});

const withoutHandMade = () =>
  stack.simulator.domains().filter((name) => !name.startsWith("by-hand-"));

const names: [what: string, name: string, reason: ReasonCode, make: Doing][] = [
  ["without DNS", "missing.example.com", "dns-missing", nothing],
  [
    "whose DNS is elsewhere",
    "elsewhere.example.com",
    "dns-elsewhere",
    () => {
      stack.simulator.setDns("elsewhere.example.com", { a: [ELSEWHERE] });
    },
  ],
  [
    "whose certificate is not served",
    "unserved.example.com",
    "certificate-not-served",
    () => {
      stack.simulator.setTls("unserved.example.com", { kind: "other-name" });
    },
  ],
  [
    "that waits for its certificate",
    "waiting.example.com",
    "certificate-lacks-name",
    () => {
      stack.simulator.set({ autosslDelayMs: 3_600_000 });
    },
  ],
  [
    "whose CAA records forbid the certificate",
    "caa.example.com",
    "caa-forbids",
    () => {
      stack.simulator.setDns("caa.example.com", {
        a: ["127.0.0.1"],
        caa: [{ tag: "issue", value: ";" }],
      });
    },
  ],
  [
    "that ServerPilot refuses",
    "refused.example.com",
    "refused-by-serverpilot",
    () => {
      stack.simulator.setName("refused.example.com", { refused: true });
    },
  ],
  [
    "whose name no certificate can have",
    "bad_name.example.com",
    "hostname-invalid-character",
    nothing,
  ],
  [
    "for which the app has no room",
    "full.example.com",
    "over-capacity",
    () => {
      const there = stack.simulator.domains();
      const more = Array.from(
        { length: 300 - there.length },
        (_, n) => `by-hand-${n}.example.net`,
      );
      stack.simulator.setDomains([...there, ...more]);
    },
  ],
  [
    "that a custom certificate does not cover",
    "custom.example.com",
    "custom-certificate",
    () => {
      stack.simulator.setDomains(withoutHandMade());
      stack.simulator.installCertificate({ names: ["other.example.net"] });
    },
  ],
];

const bySql = (name: string) =>
  stack.mariadb.run(
    "INSERT INTO wordpress.wp_wu_domain_mappings (blog_id, domain) VALUES (1, ?)",
    [name],
  );

describe("a domain", () => {
  test.each(names)("%s: %s", async (_what, name, reason, make) => {
    await make();
    await bySql(name);
    const said = await until(`${name} with a reason`, async () => {
      const seen = await readStatus(sidecarClient(stack.sidecar));
      const found = seen.names.find((one) => one.name === name);
      return found?.reason === reason ? found : null;
    });
    await told.expectEverywhere(said, {
      page: await told.screen(`&s=${name}`),
      cli: await told.command("describe", name),
      name,
    });
  });
});

test("a held removal is said where it is approved, on the command line and in the log", async () => {
  await stack.mariadb.run("DELETE FROM wordpress.wp_wu_domain_mappings");
  const held = await until("the plan to be held", async () => {
    const { held: plan } = await readStatus(sidecarClient(stack.sidecar));
    return plan;
  });
  expect(held.remove).toContain("first.example.com");
  await told.expectEverywhere(held, {
    page: await told.screen(),
    cli: await told.command("status"),
  });
});

test("a sidecar that is away is said on the screen, on the command line and in UM's log", async () => {
  await stack.sidecar.stop();
  expect(await told.screen()).toContain("does not answer");
  expect(await told.command("status")).toMatch(
    /does not answer[^]*domain-bridge serve/,
  );
  const log = await stack.wordpress.umLog("integration-serverpilot");
  expect(log).toMatch(/ERROR: .*does not answer.*WU_SERVER_PILOT_SIDECAR_URL/);
  await stack.sidecar.start();
});

test("a wrong secret is said on the screen and in the sidecar's log", async () => {
  await stack.wordpress.setConstants({
    WU_SERVER_PILOT_SIDECAR_SECRET: `whsec_${"A".repeat(43)}=`,
  });
  const { message, remedy } = describeReason("signature-invalid", {});
  const page = await told.screen();
  expect(page).toContain(message);
  expect(page).toContain(plain(remedy));
  expect(await told.logged("signature-invalid", remedy)).toBe(true);
});
