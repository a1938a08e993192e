import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  accountFor,
  findPhp,
  locateWordpress,
  type WordpressAnswer,
  type WordpressRequest,
} from "../../../sidecar/cli/init-php";
import { askUntilLoaded } from "../../../sidecar/cli/init-wordpress";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "wordpress-"))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Makes files with a text, an empty one where none is given. */
function make(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const places = (root: string, core: string, config: string) => ({
  root: join(folder, root),
  load: join(folder, core, "wp-load.php"),
  config: join(folder, config),
});

describe("a WordPress is found", () => {
  test("from the folder that the web server serves, and from its wp-config.php", () => {
    make({ "www/wp-load.php": "", "www/wp-config.php": "" });
    const found = places("www", "www", "www/wp-config.php");
    expect(locateWordpress(join(folder, "www"))).toEqual(found);
    expect(locateWordpress(join(folder, "www/wp-config.php"))).toEqual(found);
  });

  test("from the folder of its app at ServerPilot", () => {
    make({ "app/public/wp-load.php": "", "app/public/wp-config.php": "" });
    expect(locateWordpress(join(folder, "app"))).toEqual(
      places("app/public", "app/public", "app/public/wp-config.php"),
    );
  });

  test("where its core has a folder of its own, which index.php names", () => {
    make({
      "web/index.php": "<?php require __DIR__ . '/wp/wp-blog-header.php';",
      "web/wp/wp-load.php": "",
      "web/wp-config.php": "",
    });
    expect(locateWordpress(join(folder, "web"))).toEqual(
      places("web", "web/wp", "web/wp-config.php"),
    );
  });

  test("with the wp-config.php of the folder above, unless that is another WordPress's", () => {
    make({ "www/wp-load.php": "", "wp-config.php": "" });
    expect(locateWordpress(join(folder, "www")).config).toBe(
      join(folder, "wp-config.php"),
    );
    make({ "wp-settings.php": "" });
    expect(() => locateWordpress(join(folder, "www"))).toThrow(
      "is not a WordPress folder: there is no wp-config.php.",
    );
  });

  test("nowhere else", () => {
    expect(() => locateWordpress(folder)).toThrow("there is no wp-load.php.");
  });
});

describe("PHP is found", () => {
  const root = "/srv/users/shop/apps/network/public";
  const serverPilot = (versions: string[]) =>
    Object.fromEntries(versions.map((one) => [`opt/sp/php${one}/bin/php`, ""]));
  const newest = () => join(folder, "opt/sp/php8.10/bin/php");

  test("as it is given", () => {
    expect(findPhp("/my/php", root, "", folder)).toBe("/my/php");
  });

  test("in the version that ServerPilot runs the app with, before any on the path", () => {
    make({
      ...serverPilot(["7.4", "8.2", "8.10"]),
      "etc/php8.2-sp/fpm-pools.d/network.conf": "",
      "etc/php8.10-sp/fpm-pools.d/other.conf": "",
      "bin/php": "",
    });
    expect(findPhp(undefined, root, join(folder, "bin"), folder)).toBe(
      join(folder, "opt/sp/php8.2/bin/php"),
    );
  });

  test("on the path, else in the newest version of ServerPilot", () => {
    make({ ...serverPilot(["8.9", "8.10", "7.4"]), "bin/php": "" });
    const path = `${join(folder, "none")}:${join(folder, "bin")}`;
    expect(findPhp(undefined, "/var/www", path, folder)).toBe(
      join(folder, "bin/php"),
    );
    expect(findPhp(undefined, root, "", folder)).toBe(newest());
  });

  test("or has to be named", () => {
    expect(() => findPhp(undefined, root, "", folder)).toThrow(
      "PHP was not found",
    );
  });
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

// Only root has accounts to choose from.
asRoot(
  "where root owns every file, PHP runs as the web server, never as root",
  () => {
    make({ "wp-load.php": "", "wp-config.php": "", "wp-content/x": "" });
    const found = locateWordpress(folder);
    const passwd = "root:x:0:0::/root:\nnobody:x:65534:65534::/:\n";
    expect(accountFor(found, `${passwd}www-data:x:33:33::/var/www:\n`)).toEqual(
      {
        name: "www-data",
        uid: 33,
        gid: 33,
        isOwner: false,
      },
    );
    expect(accountFor(found, passwd)).toMatchObject({ name: "nobody" });
    expect(() => accountFor(found, "root:x:0:0::/root:\n")).toThrow(
      "the site's PHP is never run as root",
    );
  },
);

describe("WordPress is asked", () => {
  const answer = (changes: Partial<WordpressAnswer>): WordpressAnswer => ({
    loaded: false,
    error: "",
    redirect: "",
    printed: false,
    warnings: [],
    output: "",
    status: 0,
    endedBy: [],
    maintenance: false,
    socket: "",
    php: "8.3",
    constants: {},
    notUtf8: [],
    prefix: "wp_",
    multisite: true,
    site: undefined,
    encrypted: false,
    mappingTables: [],
    home: "",
    plugin: undefined,
    ...changes,
  });
  const first: WordpressRequest = { host: "first", path: "/", scheme: "https" };

  /** Asks a WordPress that answers by this function; gives the requests. */
  async function asked(
    answers: (request: WordpressRequest) => Partial<WordpressAnswer>,
  ) {
    const requests: string[] = [];
    const { answer: last } = await askUntilLoaded(first, (request) => {
      const { scheme, host, path } = request;
      requests.push(`${scheme}://${host}${path}`);
      return Promise.resolve(answer(answers(request)));
    });
    return { requests, last };
  }

  test("once, where it loads", async () => {
    const { requests } = await asked(() => ({ loaded: true }));
    expect(requests).toEqual(["https://first/"]);
  });

  test("by the name in wp-config.php, then by the one in its table", async () => {
    const { requests } = await asked(({ host }) => ({
      loaded: host === "table.example",
      constants: { DOMAIN_CURRENT_SITE: "config.example" },
      site: { host: "table.example", path: "/sub/" },
    }));
    expect(requests).toEqual([
      "https://first/",
      "https://config.example/",
      "https://table.example/sub/",
    ]);
  });

  test("where it redirects to, and by the other scheme where that is not said", async () => {
    const { requests } = await asked(({ host, scheme }) => ({
      loaded: host === "www.example" && scheme === "http",
      status: 301,
      redirect: host === "first" ? "https://www.example/wp-signup.php" : "",
    }));
    expect(requests).toEqual([
      "https://first/",
      "https://www.example/",
      "http://www.example/",
    ]);
  });

  test("no more where it redirects in circles or is called like every request", async () => {
    const { requests } = await asked(({ host }) => ({
      status: 302,
      constants: { DOMAIN_CURRENT_SITE: `www.${host}` },
    }));
    expect(requests).toHaveLength(6);
    const circle = await asked(({ scheme }) => ({
      status: 302,
      redirect: scheme === "https" ? "http://first/" : "https://first/",
    }));
    expect(circle.requests).toEqual(["https://first/", "http://first/"]);
  });

  test("and what tells most is kept where nothing loads", async () => {
    const constants = { DB_NAME: "wordpress" };
    const { last } = await asked(({ host }) =>
      host === "first"
        ? { constants, site: { host: "other", path: "/" } }
        : { output: "Unknown host" },
    );
    expect(last.constants).toEqual(constants);
  });
});
