import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../../sidecar/config/config";
import { problemsOf, secret } from "./problems";

describe("the networks file", () => {
  const folder = mkdtempSync(join(tmpdir(), "networks-"));
  const path = join(folder, "networks.json");
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const entry = (id: string, more: object = {}): object => ({
    id,
    database: { host: "db", name: id, user: "u", password: "p" },
    secrets: [secret],
    wordpressUrl: `https://${id}.example`,
    ...more,
  });
  const write = (content: unknown): Record<string, string> => {
    writeFileSync(
      path,
      typeof content === "string" ? content : JSON.stringify(content),
    );
    return { NETWORKS_FILE: path };
  };

  test("gives many networks", () => {
    const { networks } = readConfig(
      write([
        entry("one"),
        entry("two", { tablePrefix: "x_", credentials: { appId: "a" } }),
      ]),
    );
    expect(networks).toMatchObject([
      { id: "one", tablePrefix: "wp_", secrets: [secret] },
      { id: "two", tablePrefix: "x_", credentials: { appId: "a" } },
    ]);
  });

  test("gives a network a pace and a limit of its own", () => {
    const own = { resyncSeconds: 1.5, requestsPerMinute: 60 };
    const { networks } = readConfig(write([entry("one", own), entry("two")]));
    expect(networks[0]).toMatchObject({
      resyncMs: 1500,
      requestsPerMinute: 60,
    });
    expect(networks[1]?.resyncMs).toBeUndefined();
    const wrong = { resyncSeconds: 0, requestsPerMinute: "many" };
    const { problems } = problemsOf(write([entry("one", wrong)]));
    expect(problems).toEqual([
      {
        variable: "NETWORKS_FILE[0].resyncSeconds",
        text: "must be a number from 1 to 86400",
      },
      {
        variable: "NETWORKS_FILE[0].requestsPerMinute",
        text: "must be a number from 1 to 1000000",
      },
    ]);
  });

  test("encrypts each network's connection by itself", () => {
    const database = {
      host: "db.example",
      name: "n",
      user: "u",
      password: "p",
    };
    const { networks } = readConfig(
      write([
        entry("one", { database: { ...database, tls: "verified" } }),
        entry("two", { database, tablePrefix: "x_" }),
      ]),
    );
    expect(networks[0]?.database.tls).toEqual({ verified: true });
    expect(networks[1]?.database.tls).toBeUndefined();
    const wrong = { ...database, host: "192.0.2.1", tls: "verified" };
    expect(
      problemsOf(write([entry("one", { database: wrong })])).problems,
    ).toMatchObject([{ variable: "NETWORKS_FILE[0].database.tlsCa" }]);
  });

  test("is refused with every problem of every entry", () => {
    const { problems, message } = problemsOf(
      write([
        entry("one", { secrets: ["canary"], colour: "red" }),
        entry("t w o", {
          wordpressUrl: "https://two.example",
          database: { host: "db", name: "two" },
        }),
      ]),
    );
    expect(problems.map(({ variable }) => variable).sort()).toEqual([
      "NETWORKS_FILE[0]",
      "NETWORKS_FILE[0].secrets[0]",
      "NETWORKS_FILE[1].database.user",
      "NETWORKS_FILE[1].id",
    ]);
    expect(message).toContain("colour");
    expect(message).not.toContain("canary");
  });

  test.each<[string, object[]]>([
    ["id", [entry("one"), entry("one", { tablePrefix: "y_" })]],
    [
      "database and table prefix",
      [
        entry("one"),
        entry("two", { database: { host: "db", name: "one", user: "u" } }),
      ],
    ],
    [
      "app",
      [
        entry("one", { credentials: { appId: "a" } }),
        entry("two", { credentials: { appId: "a" } }),
      ],
    ],
  ])("is refused when two entries have the same %s", (what, entries) => {
    const { problems } = problemsOf(write(entries));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ variable: "NETWORKS_FILE[1]" });
    expect(problems[0]?.text).toContain(what);
  });

  test.each<[string, unknown]>([
    ["is not JSON", '[{"secrets": canary'],
    ["cannot be read (ENOENT)", null],
    ["expected array", {}],
    ["Too small", []],
  ])("is refused when it %s", (why, content) => {
    const env =
      content === null ? { NETWORKS_FILE: join(folder, "no") } : write(content);
    const { problems, message } = problemsOf(env);
    expect(problems.map(({ variable }) => variable)).toEqual(["NETWORKS_FILE"]);
    expect(message).toContain(why);
    expect(message).not.toContain("canary");
  });

  test("does not stand beside the variables whose place it takes", () => {
    const env = { ...write([entry("one")]), DB_HOST: "db" };
    expect(problemsOf(env).problems).toMatchObject([{ variable: "DB_HOST" }]);
  });
});
