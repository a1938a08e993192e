import { until } from "../until";
import { mendedDns } from "./mended-dns";
import { mapCode, withWww, type Scenario } from "./scene";

const REMOVE = (name: string): string =>
  `$found = wu_get_domains( array( 'domain' => '${name}' ) ); $found[0]->delete();`;

const numbered = (count: number, prefix: string): string[] =>
  Array.from(
    { length: count },
    (_, index) => `${prefix}${String(index + 1).padStart(2, "0")}.example.com`,
  );

export const scenarios: Scenario[] = [
  {
    title: "one mapping, with its www",
    async run(scene) {
      const startedAt = Date.now();
      await scene.map(["shop.example.com"]);
      const savedAt = Date.now();
      await scene.appBecomes(
        "after mapping shop.example.com",
        withWww("shop.example.com"),
      );
      await until("the pass to be done", async () => {
        const { names } = await scene.status();
        return names.some(
          ({ name, state }) =>
            name === "shop.example.com" && state !== "pending",
        );
      });
      const seconds = (Date.now() - savedAt) / 1000;
      scene.tell(
        seconds <= 2,
        "on the app, action succeeded and read back, within 2 s of the save",
        `${seconds.toFixed(2)} s (the PHP process took ${((savedAt - startedAt) / 1000).toFixed(2)} s)`,
      );
    },
  },
  {
    title: "one mapping that has its www in the name",
    async run(scene) {
      await scene.map(["www.brand.example.net"]);
      await scene.appBecomes("after mapping www.brand.example.net", [
        "www.brand.example.net",
      ]);
    },
  },
  // A certificate has at most 100 names, so this comes before there are more.
  mendedDns,
  {
    title: "50 mappings in one request",
    async run(scene) {
      const names = numbered(50, "many");
      const before = scene.listWrites();
      await scene.map(names);
      await scene.appBecomes("after 50 mappings", withWww(...names));
      await scene.stack.wordpress.cron();
      await scene.quiet();
      const writes = scene.listWrites() - before;
      scene.tell(
        writes <= 2,
        "50 mappings cost at most 2 writes of the list",
        `${writes} writes`,
      );
    },
  },
  {
    title: "two PHP processes at once",
    async run(scene) {
      const left = numbered(10, "left");
      const right = numbered(10, "right");
      await scene.stack.wordpress.phpMany([
        mapCode(left, 1),
        mapCode(right, 1),
      ]);
      // Which process is served first is not ours to decide: the order of the new names is that of the table.
      const rows = await scene.stack.mariadb.rows<{ domain: string }>(
        "SELECT domain FROM wordpress.wp_wu_domain_mappings WHERE domain REGEXP '^(left|right)[0-9]' ORDER BY id",
      );
      await until(
        "both halves",
        () =>
          scene.stack.simulator.domains().length === scene.expected.length + 40,
      ).catch(() => undefined);
      const names = withWww(...rows.map(({ domain }) => domain));
      const added = scene.stack.simulator
        .domains()
        .slice(scene.expected.length);
      const all =
        JSON.stringify([...added].sort()) === JSON.stringify([...names].sort());
      scene.tell(
        all && added.length === 40,
        "two processes with 10 mappings each: 40 names more, none lost",
        `${added.length} names more`,
      );
      scene.expected = [...scene.expected, ...added];
    },
  },
  {
    title: "rename",
    async run(scene) {
      await scene.php(
        `$found = wu_get_domains( array( 'domain' => 'shop.example.com' ) ); $found[0]->set_domain( 'store.example.com' ); $found[0]->save();`,
      );
      await scene.appBecomes(
        "after renaming shop.example.com to store.example.com",
        withWww("store.example.com"),
        withWww("shop.example.com"),
      );
    },
  },
  {
    title: "removal from the middle of the list",
    async run(scene) {
      await scene.php(REMOVE("many25.example.com"));
      await scene.appBecomes(
        "after deleting many25.example.com",
        [],
        withWww("many25.example.com"),
      );
    },
  },
  {
    title: "a site created and deleted",
    async run(scene) {
      const { domain } = scene.stack.wordpress;
      const name = `newsite.${domain}`;
      const siteId = (await scene.php(
        `return wpmu_create_blog( '${name}:' . STACK_PORT, '/', 'New site', get_current_user_id() );`,
      )) as number;
      await scene.stack.wordpress.cron();
      await scene.appBecomes(`after creating the site ${name}`, [name]);
      await scene.map(["newsite.example.com"], siteId);
      await scene.appBecomes(
        "after mapping newsite.example.com to it",
        withWww("newsite.example.com"),
      );
      await scene.php(`wp_delete_site( ${siteId} );`);
      await scene.stack.wordpress.cron();
      await scene.appBecomes(
        "after deleting the site",
        [],
        [name, ...withWww("newsite.example.com")],
      );
    },
  },
  {
    title: "mappings made and removed while the sidecar was stopped",
    async run(scene) {
      await scene.stack.sidecar.stop();
      await scene.map(["away.example.com"]);
      await scene.php(REMOVE("many01.example.com"));
      await scene.stack.sidecar.start();
      await scene.appBecomes(
        "after the sidecar is back",
        withWww("away.example.com"),
        withWww("many01.example.com"),
      );
      await scene.stack.wordpress.cron(3600);
      await scene.quiet();
      const mark = await scene.php(
        `return get_network_option( null, 'domain_bridge_away', null );`,
      );
      scene.tell(
        mark === null,
        "WordPress has handed in what it could not say meanwhile",
        mark === null ? "nothing waits" : JSON.stringify(mark),
      );
    },
  },
  {
    title: "a bad name beside good ones",
    async run(scene) {
      await scene.stack.mariadb.run(
        "INSERT INTO wordpress.wp_wu_domain_mappings (blog_id, domain, active, stage) VALUES (1, 'bad_name.example.com', 1, 'checking-dns'), (1, 'Upper.Example.com.', 1, 'checking-dns')",
      );
      await scene.pass();
      await scene.appBecomes(
        "beside bad_name.example.com, Upper.Example.com. is normalised and added",
        withWww("upper.example.com"),
      );
      const { names } = await scene.status();
      const bad = names.find(({ name }) => name === "bad_name.example.com");
      scene.tell(
        bad?.state === "blocked",
        "the bad name is blocked with its reason",
        `${bad?.state}: ${bad?.message}`,
      );
    },
  },
  {
    title: "an app whose list was emptied",
    async run(scene) {
      scene.stack.simulator.setDomains([]);
      await scene.pass();
      const rows = await scene.stack.mariadb.rows<{ domain: string }>(
        "SELECT domain FROM wordpress.wp_wu_domain_mappings ORDER BY id",
      );
      const names = rows
        .map(({ domain }) => domain.toLowerCase().replace(/\.$/, ""))
        .filter((name) => !name.includes("_"));
      scene.expected = names.flatMap((name) =>
        name.startsWith("www.") ? [name] : withWww(name),
      );
      await scene.appBecomes("every mapping is back, in the table's order");
    },
  },
];
