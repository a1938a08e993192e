import { startStack, type Stack } from "../stack/stack";
import { tellingOf, type Told } from "../stack/um-recorder";

/** The double against the tables of facts about Ultimate Multisite. */
let stack: Stack;

jest.setTimeout(30_000);

beforeAll(async () => {
  stack = await startStack({
    wordpress: { plugin: false },
    simulator: false,
    sidecar: false,
  });
}, 180_000);

afterAll(async () => {
  await stack.stop();
});

const php = (code: string) => stack.wordpress.php(code);
const telling = (code: string) => tellingOf(stack.wordpress, code);
const names = (told: readonly Told[]) => told.map(([hook]) => hook);
const create = (domain: string, siteId = 1) =>
  php(
    `return wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => ${siteId} ) )->get_id();`,
  ) as Promise<number>;
const row = async (domain: string) => {
  const rows = await stack.mariadb.rows(
    "SELECT * FROM wp_wu_domain_mappings WHERE domain = ?",
    [domain],
    stack.database,
  );
  return rows[0];
};

test("a new mapping is told column by column, with its jobs, in UM's order", async () => {
  const { told, result } = await telling(
    "return wu_create_domain( array( 'domain' => 'New.example.com', 'blog_id' => 1 ) )->get_id();",
  );
  expect(
    told.map(([hook, ...args]) =>
      hook === "wu_domain_post_save"
        ? [hook, ...args.slice(1)]
        : [hook, ...args],
    ),
  ).toEqual([
    ["wu_transition_domain_domain", "new", "new.example.com", result],
    ["job wu_add_domain", "new.example.com", 1],
    ["wu_domain_added", "new.example.com", 1],
    ["wu_transition_domain_active", "new", 1, result],
    ["wu_transition_domain_primary_domain", "new", 0, result],
    ["wu_transition_domain_secure", "new", 0, result],
    ["wu_transition_domain_stage", "new", "checking-dns", result],
    ["wu_domain_post_save", "new.example.com", true],
    ["job wu_async_process_domain_stage", result],
  ]);
  expect(await row("new.example.com")).toMatchObject({
    blog_id: 1,
    active: 1,
    secure: 0,
    stage: "checking-dns",
  });
});

test("a renamed mapping is added by its new name, and its old name is never removed", async () => {
  const id = await create("old.example.com");
  const { told } = await telling(
    `$domain = wu_get_domain( ${id} ); $domain->set_domain( 'renamed.example.com' ); return $domain->save();`,
  );
  expect(told.slice(0, 3)).toEqual([
    [
      "wu_transition_domain_domain",
      "old.example.com",
      "renamed.example.com",
      id,
    ],
    ["job wu_add_domain", "renamed.example.com", 1],
    ["wu_domain_added", "renamed.example.com", 1],
  ]);
  expect(names(told.slice(3))).toEqual(["wu_domain_post_save"]);
});

test("a deleted mapping is told before and after its row is gone, then removed by a job", async () => {
  const id = await create("gone.example.com");
  const { told } = await telling(`return wu_get_domain( ${id} )->delete();`);
  expect(told).toEqual([
    ["wu_domain_pre_delete", "gone.example.com"],
    ["wu_domain_post_delete", true, "gone.example.com"],
    ["job wu_remove_domain", "gone.example.com", 1],
    ["wu_domain_removed", "gone.example.com", 1],
  ]);
  expect(await row("gone.example.com")).toBeUndefined();
});

test("a mapping that is set inactive is told by nothing but its save", async () => {
  const id = await create("idle.example.com");
  const { told } = await telling(
    `$domain = wu_get_domain( ${id} ); $domain->set_active( false ); return $domain->save();`,
  );
  expect(names(told)).toEqual(["wu_domain_post_save"]);
  expect(await row("idle.example.com")).toMatchObject({ active: 0 });
});

test("a new site gets a job with its id as a string, a primary mapping, and the mapping's job", async () => {
  const { told, result } = await telling(
    "return wp_insert_site( array( 'domain' => 'shop.bridge.localhost', 'path' => '/', 'user_id' => 1 ) );",
  );
  const jobs = told.filter(([hook]) => /^job wu_(add|remove)/.test(hook));
  expect(jobs).toEqual([
    ["job wu_add_subdomain", "shop.bridge.localhost", String(result)],
    ["job wu_add_domain", "shop.bridge.localhost", result],
  ]);
  expect(await row("shop.bridge.localhost")).toMatchObject({
    blog_id: result,
    primary_domain: 1,
  });
  const site = await stack.wordpress.request("/", {
    host: "shop.bridge.localhost",
  });
  expect(site.status).toBe(200);
});

test("a deleted site's mappings are deleted first, each with its job, and the site's job comes last", async () => {
  const id = await php(
    "return wp_insert_site( array( 'domain' => 'late.bridge.localhost', 'path' => '/', 'user_id' => 1 ) );",
  );
  await create("late.example.com", Number(id));
  const { told } = await telling(`wp_delete_site( ${Number(id)} );`);
  const jobs = told.filter(([hook]) => /^job wu_(add|remove)/.test(hook));
  expect(jobs.slice(0, -1).sort()).toEqual([
    ["job wu_remove_domain", "late.bridge.localhost", id],
    ["job wu_remove_domain", "late.example.com", id],
  ]);
  expect(jobs.at(-1)).toEqual([
    "job wu_remove_subdomain",
    "late.bridge.localhost",
    String(id),
  ]);
});

test("mappings outlive their site where domain mapping is switched off", async () => {
  const id = await php(
    "return wp_insert_site( array( 'domain' => 'off.bridge.localhost', 'path' => '/', 'user_id' => 1 ) );",
  );
  await php(
    `wu_save_setting( 'enable_domain_mapping', 0 ); wp_delete_site( ${Number(id)} ); wu_save_setting( 'enable_domain_mapping', 1 );`,
  );
  expect(await row("off.bridge.localhost")).toMatchObject({ blog_id: id });
});

test("names that UM refuses are refused, and a name can be mapped once", async () => {
  const refused = await php(`$refused = array();
    foreach ( array( 'a.example.com.', '*.example.com', 'a.example.com:80', '127.0.0.1', "m\\xc3\\xbcller.example", 'new.example.com' ) as $name ) {
      $refused[] = is_wp_error( wu_create_domain( array( 'domain' => $name, 'blog_id' => 1 ) ) );
    }
    return $refused;`);
  expect(refused).toEqual([true, true, true, true, true, true]);
  expect(await create("xn--mller-kva.example.com")).toBeGreaterThan(0);
});

test("a job without a listener has failed, one with a listener is complete", async () => {
  await php("wu_enqueue_async_action( 'nobody_listens', array(), 'domain' );");
  await stack.wordpress.cron();
  const jobs = await stack.mariadb.rows(
    "SELECT hook, status FROM wp_um_double_jobs",
    [],
    stack.database,
  );
  expect(jobs).toContainEqual({ hook: "nobody_listens", status: "failed" });
  expect(jobs).toContainEqual({
    hook: "wu_async_process_domain_stage",
    status: "complete",
  });
});

test("checks carry a mapping to done and secure, or to ssl-failed after the last try", async () => {
  await php(
    "update_network_option( null, 'um_double_checks', array( 'dns' => true, 'ssl' => array( 'good.example.com' ) ) );",
  );
  await create("good.example.com");
  await create("bad.example.com");
  await stack.wordpress.cron();
  expect(await row("good.example.com")).toMatchObject({
    stage: "done",
    secure: 1,
  });
  expect(await row("bad.example.com")).toMatchObject({
    stage: "checking-ssl-cert",
    secure: 0,
  });
  await php(`$args = array( 'domain_id' => wu_get_domain_by_domain( 'bad.example.com' )->get_id(), 'tries' => 5 );
    wu_enqueue_async_action( 'wu_async_process_domain_stage', $args, 'domain' );`);
  await stack.wordpress.cron();
  expect(await row("bad.example.com")).toMatchObject({
    stage: "ssl-failed",
    secure: 0,
  });
});

test("main_only knows five suffixes of two parts, and no others", async () => {
  const wanted =
    await php(`wu_save_setting( 'auto_create_www_subdomain', 'main_only' );
    $manager = WP_Ultimo\\Managers\\Domain_Manager::get_instance();
    return array_map( array( $manager, 'should_create_www_subdomain' ), array( 'example.com', 'example.co.uk', 'example.com.my', 'a.example.com', 'www.example.com' ) );`);
  expect(wanted).toEqual([true, true, false, false, false]);
});

test("a person can log in, and WordPress has nothing to complain about", async () => {
  const cookie = await stack.wordpress.login();
  const page = await stack.wordpress.request(
    "/wp-admin/network/admin.php?page=wp-ultimo",
    { cookie },
  );
  expect(page.body).toContain("new.example.com");
  const strange = await stack.wordpress.request("/wp-admin/network/");
  expect(strange.headers.location).toContain(
    `${stack.wordpress.url}/wp-login.php`,
  );
  expect(await stack.wordpress.debugLog()).toBe("");
});
