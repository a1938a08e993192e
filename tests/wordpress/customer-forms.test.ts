import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrations, tablesFor } from "../../sidecar/mysql/schema";
import { sidecarSecret, type Stack } from "../stack/stack";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";

/** UM's forms for customers, which do not ask whose domain it is, on a real WordPress. */
let stack: Stack;
const sidecar = new RecordingSidecar(sidecarSecret);
const cookies = { owner: "", other: "", admin: "" };

jest.setTimeout(60_000);

beforeAll(async () => {
  stack = await startRecorded(sidecar);
  await stack.wordpress.php(`
    update_network_option( null, 'um_double_customers', array( 1 => wpmu_create_user( 'owner', 'password', 'owner@example.com' ) ) );
    wpmu_create_user( 'other', 'password', 'other@example.com' );`);
  await writeFile(
    join(stack.wordpress.root, "wp-content/mu-plugins/nonce.php"),
    "<?php add_action( 'init', function () { if ( isset( $_GET['nonce_of'] ) ) { die( wp_create_nonce( $_GET['nonce_of'] ) ); } } );",
  );
  cookies.owner = await stack.wordpress.login("owner");
  cookies.other = await stack.wordpress.login("other");
  cookies.admin = await stack.wordpress.login();
}, 180_000);

afterAll(async () => {
  await stack.stop();
  await sidecar.stop();
});

/** Sends one of UM's forms, with a good nonce. */
async function send(form: string, domain: string, cookie: string) {
  const id = await stack.wordpress.php(
    `$found = wu_get_domain_by_domain( '${domain}' ); return $found ? $found->get_id() : 0;`,
  );
  const nonce = await stack.wordpress.request(`/?nonce_of=wu_form_${form}`, {
    cookie,
  });
  const answer = await stack.wordpress.request("/?wu-ajax=1", {
    cookie,
    body: {
      action: "wu_form_handler",
      form,
      domain_id: String(id),
      _wpnonce: nonce.body,
    },
  });
  return answer.json() as {
    success: boolean;
    data?: { message: string }[];
  };
}

const map = (domain: string) =>
  stack.wordpress.php(
    `wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => 1 ) );`,
  );
const isThere = (domain: string) =>
  stack.wordpress.php(`return (bool) wu_get_domain_by_domain( '${domain}' );`);

test("another customer's domain is neither deleted nor made primary, and the sidecar hears nothing", async () => {
  await map("shop.example.com");
  sidecar.calls();
  for (const form of ["user_delete_domain_modal", "user_make_domain_primary"]) {
    const answer = await send(form, "shop.example.com", cookies.other);
    expect(answer).toMatchObject({
      success: false,
      data: [{ message: expect.stringContaining("somebody else") as string }],
    });
  }
  expect(await isThere("shop.example.com")).toBe(true);
  expect(
    await stack.wordpress.php(
      "return wu_get_domain_by_domain( 'shop.example.com' )->is_primary_domain();",
    ),
  ).toBe(false);
  expect(sidecar.calls()).toEqual([]);
});

test.each(["owner", "admin"] as const)(
  "the %s of the domain deletes it",
  async (who) => {
    await map(`${who}.example.com`);
    const form = "user_delete_domain_modal";
    expect(await send(form, `${who}.example.com`, cookies[who])).toMatchObject({
      success: true,
    });
    expect(await isThere(`${who}.example.com`)).toBe(false);
  },
);

test("a domain that is not live yet does not become the site's address by its customer, but by the network admin, and once it is live", async () => {
  const form = "user_make_domain_primary";
  for (const step of migrations)
    for (const statement of step(tablesFor("wp_")))
      await stack.mariadb.run(statement, [], stack.database);
  const know = (state: string) =>
    stack.mariadb.run(
      "REPLACE INTO wp_domain_bridge_names (name, kind, owned, state, params, changed_at) VALUES ('new.example.com', 'mapping', 1, ?, '{}', 1)",
      [state],
      stack.database,
    );
  await map("new.example.com");
  await know("securing");
  expect(await send(form, "new.example.com", cookies.owner)).toMatchObject({
    success: false,
    data: [{ message: expect.stringContaining("not live yet") as string }],
  });
  expect(await send(form, "new.example.com", cookies.admin)).toMatchObject({
    success: true,
  });
  await know("secure");
  expect(await send(form, "new.example.com", cookies.owner)).toMatchObject({
    success: true,
  });
});

test("nothing of all this is in WordPress's debug log", async () => {
  expect(await stack.wordpress.debugLog()).toBe("");
});
