import { variables } from "../../../sidecar/config/settings";
import { reasonGroups, reasons } from "../../../sidecar/reasons/reasons";
import { configurationTable } from "../../../sidecar/tools/docs/configuration";
import { fillMarked } from "../../../sidecar/tools/docs/document";
import { brokenReferences } from "../../../sidecar/tools/docs/links";
import { unexplained, unlisted } from "../../../sidecar/tools/docs/named";
import { readPhpReasons } from "../../../sidecar/tools/docs/plugin-reasons";
import { reasonsAsPhp } from "../../../sidecar/tools/docs/reasons-php";
import { fillReasons } from "../../../sidecar/tools/docs/troubleshooting";

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
      "### Constants in wp-config.php\n| `WU_SERVER_PILOT_OLD` | gone |\n### Filters in WordPress\n";
    const php =
      "const A = 'domain_bridge_www'; apply_filters( self::A, 1 ); get_option( 'domain_bridge_secret' );";
    expect(unlisted(readme, php)).toEqual([
      "README.md does not list domain_bridge_www",
      "README.md lists what the plugin does not have: WU_SERVER_PILOT_OLD",
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
    expect(readPhpReasons(reasonsAsPhp())).toEqual(reasons);
  });

  test("passes over no reason of the plugin that is written in another way", () => {
    expect(() => readPhpReasons("'a' => array( 'b', 'c' ),")).toThrow(
      "1 reasons, of which 0 can be read",
    );
  });
});
