import { variables } from "../../../sidecar/config/settings";
import { reasonGroups, reasons } from "../../../sidecar/reasons/reasons";
import {
  brokenReferences,
  brokenWay,
  unexplained,
  unlisted,
} from "../../../scripts/check-docs";
import {
  configurationTable,
  fillMarked,
  fillReasons,
  readPhpReasons,
  reasonsAsPhp,
} from "../../../scripts/documents";
import {
  sidecarProgram,
  unknownCommands,
  unknownScripts,
  wpProgram,
} from "../../../scripts/named-commands";

describe("what pages point at", () => {
  const files: Record<string, string> = {
    "docs/a.md": "",
    "docs/b.md": "# Some `code`, and more\n\n## Twice\n\n## Twice\n",
    "README.md": "# Top\n",
    "tests/c.test.ts": 'test("holds", () => {});',
  };
  const problemsOf = (page: string): string[] =>
    brokenReferences("docs/a.md", {
      exists: (path) => Object.hasOwn(files, path),
      read: (path) => (path === "docs/a.md" ? page : (files[path] ?? "")),
    });

  test.each([
    "[page](b.md), [top](../README.md#top) and [elsewhere](https://example.com/x)",
    "[heading](b.md#some-code-and-more) and [the second](b.md#twice-1)",
    "# Here\n\n[here](#here)",
    "a test, [c](../tests/c.test.ts) “holds”, and `tests/c.test.ts`",
    "```md\n[not a link](nowhere.md)\n```",
  ])("is there: %s", (page) => {
    expect(problemsOf(page)).toEqual([]);
  });

  test.each([
    ["[page](c.md)", "the link c.md leads nowhere"],
    ["[heading](b.md#none)", "docs/b.md has no heading #none"],
    ["[here](#none)", "docs/a.md has no heading #none"],
    ["see `sidecar/gone.ts`", "there is no sidecar/gone.ts"],
    [
      "[c](../tests/c.test.ts) “breaks”",
      "tests/c.test.ts has no test “breaks”",
    ],
  ])("is missed: %s", (page, problem) => {
    expect(problemsOf(page)).toEqual([`docs/a.md: ${problem}`]);
  });
});

describe("what has to be explained", () => {
  const contributing = [
    "## Commands",
    "| command | does |",
    "| --- | --- |",
    "| `npm run build` | builds |",
    "| `npm test` | tests |",
    "## Dependencies",
    "| `one` `two` | reasons |",
    "## More",
    "| `three` | is no dependency |",
  ].join("\n");
  const scripts = { build: "", test: "" };
  const dependencies = { one: "1" };

  test("is explained, and nothing else is", () => {
    const devDependencies = { two: "2" };
    expect(
      unexplained(contributing, { scripts, dependencies, devDependencies }),
    ).toEqual([]);
  });

  test("is missed in both directions", () => {
    const manifest = {
      scripts: { test: "", deploy: "" },
      dependencies,
      devDependencies: { new: "1" },
    };
    expect(unexplained(contributing, manifest)).toEqual([
      "CONTRIBUTING.md does not say why there is the dependency new",
      "CONTRIBUTING.md names a dependency that is not there: two",
      "CONTRIBUTING.md does not explain the command deploy",
      "CONTRIBUTING.md explains a command that is not there: build",
    ]);
  });

  test("are the plugin's constants and filters too, not its other names", () => {
    const readme =
      "### Constants in wp-config.php\n| `WU_SERVER_PILOT_OLD` | gone |\n### Filters in WordPress\n### Events in Ultimate Multisite\n| `domain_bridge_past` | gone |\n";
    const php =
      "const A = 'domain_bridge_www'; apply_filters( self::A, 1 ); get_option( 'domain_bridge_secret' );";
    expect(unlisted(readme, php)).toEqual([
      "README.md does not list domain_bridge_www",
      "README.md lists what the plugin does not have: WU_SERVER_PILOT_OLD",
      "README.md lists what the plugin does not have: domain_bridge_past",
    ]);
  });
});

describe("the way of an event, file by file,", () => {
  const problemsOf = (rows: readonly string[]): string[] =>
    brokenWay("a.md", {
      exists: (path) => path !== "sidecar/gone.ts",
      read: () => `<!-- way:start -->\n${rows.join("\n")}\n<!-- way:end -->`,
    });
  const way = (length: number): string[] =>
    Array.from(
      { length },
      (_, index) => `| ${index + 1} | step | \`sidecar/${index}.ts\` |`,
    );

  test("may have 17 files, each there and named once", () => {
    expect(problemsOf(["| # | step | file |", ...way(17)])).toEqual([]);
  });

  test.each([
    [way(18), "the way has 18 files; 1 to 17 are right"],
    [[], "the way has 0 files; 1 to 17 are right"],
    [[...way(1), ...way(1)], "row 2 of the way has the number 1"],
    [[...way(1), ...way(1)], "the way names sidecar/0.ts twice"],
    [["| 1 | two | `sidecar/a.ts`, `sidecar/b.ts` |"], "names 2 files"],
    [["| 1 | | `sidecar/gone.ts` |"], "sidecar/gone.ts, which is not there"],
  ])("is told from one that is not: %j", (rows, problem) => {
    expect(problemsOf(rows).join("\n")).toContain(problem);
  });

  test("is missed where a page has none", () => {
    const page = { exists: () => true, read: () => "# Nothing" };
    expect(brokenWay("a.md", page)).toEqual([
      "a.md lacks <!-- way:start --> … <!-- way:end -->",
    ]);
  });
});

describe("commands that pages name", () => {
  const php = `
    /**
     * Lists the names.
     *
     * ## OPTIONS
     *
     * [--state=<state>]
     * : Only these.
     */
    public function names( $args, $options ): void {}
    /** No command. */
    public function snapshot(): void {}`;
  const problemsOf = (page: string): string[] =>
    unknownCommands(page, [sidecarProgram(), wpProgram(php)]);

  test.each([
    "`domain-bridge plan --json`, then `wp domain-bridge names --state=failed`",
    "```sh\nnode domain-bridge.cjs init \\\n  --wordpress /srv/www\n```",
    "`plan` exits 0 when there is nothing to change, 2 when there is, 1 on an error.",
    "The process exits at once, after 5 seconds.",
    "the bridge's domain-bridge words, not as code; `journalctl -u domain-bridge -f`",
  ])("are there: %s", (page) => {
    expect(problemsOf(page)).toEqual([]);
  });

  test.each([
    ["`domain-bridge plann`", "there is no “domain-bridge plann”"],
    [
      "`domain-bridge plan --yaml`",
      "“domain-bridge plan” has no option --yaml",
    ],
    [
      "```sh\ndomain-bridge init \\\n  --where /srv/www\n```",
      "“domain-bridge init” has no option --where",
    ],
    ["`wp domain-bridge snapshot`", "there is no “wp domain-bridge snapshot”"],
    [
      "`wp domain-bridge names --status=x`",
      "“wp domain-bridge names” has no option --status",
    ],
    [
      "It exits\n0 when all is well, and with exit code 7 where it is not.",
      "no command's help tells of the exit code 7",
    ],
  ])("are missed: %s", (page, problem) => {
    expect(problemsOf(page)).toEqual([problem]);
  });

  test("of npm are in package.json, with their options in the script", () => {
    const scripts = { bench: "tsx tests/bench/main.ts", test: "tsx a.ts" };
    const read = () => "options: { short: {}, only: {} }";
    const problems = (page: string) => unknownScripts(page, scripts, read);
    expect(
      problems("| `npm run bench` | figures; `-- --short`, `-- --only x` |"),
    ).toEqual([]);
    expect(problems("`npm test`, `npm ci`, `npm run benches`")).toEqual([
      "there is no “npm run benches”",
    ]);
    expect(problems("`npm run bench -- --long`")).toEqual([
      "tests/bench/main.ts knows no option --long",
    ]);
  });
});

describe("generated text", () => {
  test("stands between its marks, whatever stood there before", () => {
    const page = "a\n<!-- x:start -->\nold\n<!-- x:end -->\nb";
    const filled = fillMarked(page, "x", "new");
    expect(filled).toBe("a\n<!-- x:start -->\n\nnew\n\n<!-- x:end -->\nb");
    expect(fillMarked(filled, "x", "new")).toBe(filled);
    expect(() => fillMarked("a", "x", "new")).toThrow("x:start");
  });

  test("has a row with a meaning for each variable", () => {
    const table = configurationTable();
    for (const name of Object.keys(variables))
      expect(table).toMatch(
        new RegExp(`^\\| \`${name}\` \\| \\S.* \\| \\S.* \\|$`, "m"),
      );
  });

  test("has every reason once, in words that are translated", () => {
    const groups = [...Object.keys(reasonGroups), "plugin"];
    const page = groups
      .map(
        (name) => `<!-- reasons-${name}:start --><!-- reasons-${name}:end -->`,
      )
      .join("\n");
    const text = fillReasons(page, {
      whatToDo: "Do",
      translate: (english) => `«${english}»`,
    });
    for (const code of [...Object.keys(reasons), "sidecar-away"])
      expect(text.split(`#### \`${code}\``)).toHaveLength(2);
    expect(text).toContain("**Do:** «Check DB\\_NAME.»");
    expect(text).toContain("«The table *table* does not exist.»");
  });

  test("is PHP that reads back as the reasons it was made of", () => {
    const read = readPhpReasons(reasonsAsPhp());
    expect(reasons).toMatchObject(read);
    expect(Object.keys(read)).toEqual(Object.keys(reasons));
  });

  test("passes over no reason of the plugin that is written in another way", () => {
    expect(() => readPhpReasons("'a' => array( 'b', 'c' ),")).toThrow(
      "1 reasons, of which 0 can be read",
    );
  });
});
