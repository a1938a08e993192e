import { CustomerList } from "./customer-list";

/** UM's dialog for a new domain, as its customer uses it. */
let list: CustomerList;

jest.setTimeout(60_000);

beforeAll(async () => {
  list = await CustomerList.start();
}, 180_000);
afterAll(() => list.stop());
beforeEach(() => list.clear());

describe("a new domain", () => {
  const add = async (domain: string, more: Record<string, string> = {}) => {
    const answer = await list.stack.wordpress.request("/?wu-ajax=1", {
      cookie: list.cookies.owner,
      body: {
        action: "wu_form_handler",
        form: "user_add_new_domain",
        current_site: "1",
        domain,
        _wpnonce: await list.nonce("wu_form_user_add_new_domain"),
        ...more,
      },
    });
    return answer.json() as { success: boolean; data?: { message: string }[] };
  };
  const mapped = () =>
    list.stack.wordpress.php(
      "return array_map( function ( $d ) { return $d->get_domain(); }, wu_get_domains( array() ) );",
    );

  test.each([
    ["https://Shop.Example.com/path?x=1", "shop.example.com"],
    [" shop.example.com:8080 ", "shop.example.com"],
    ["user@shop.example.com.", "shop.example.com"],
    ["münchen.example", "xn--mnchen-3ya.example"],
    ["//example.com/", "example.com"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["www.example.com", "www.example.com"],
  ])("%s is cleaned", async (typed, name) => {
    expect(await add(typed)).toMatchObject({ success: true });
    expect(await mapped()).toEqual([name]);
  });

  test.each([
    ["*.example.com", "Add each name by itself"],
    ["203.0.113.7", "IP address"],
    ["[2001:db8::1]", "IP address"],
    ["localhost", "not a domain"],
    ["shop_1.example.com", "not a domain"],
    ["", "type a domain"],
    ["bridge.localhost", "belongs to this network"],
    ["www.bridge.localhost", "belongs to this network"],
  ])("%s is refused in plain words", async (typed, words) => {
    const answer = await add(typed);
    expect(answer.success).toBe(false);
    expect(answer.data?.[0]?.message).toContain(words);
    expect(await mapped()).toEqual([]);
  });

  test.each(["taken.example.com", "www.taken.example.com"])(
    "that already leads to another customer's site is refused: %s",
    async (name) => {
      await list.stack.wordpress.php(
        "wu_create_domain( array( 'domain' => 'taken.example.com', 'blog_id' => 2 ) );",
      );
      const answer = await add(name);
      expect(answer.data?.[0]?.message).toContain("another site here");
    },
  );

  test("that is on the list is said to be there", async () => {
    await list.map("example.com");
    const answer = await add("example.com");
    expect(answer.data?.[0]?.message).toContain("on your list already");
  });

  test("is not looked up for a form that UM did not give", async () => {
    await list.stack.wordpress.php(
      "wu_create_domain( array( 'domain' => 'taken.example.com', 'blog_id' => 2 ) );",
    );
    const answer = await add("taken.example.com", { _wpnonce: "guessed" });
    expect(answer.success).toBe(false);
    expect(JSON.stringify(answer)).not.toContain("another site");
  });

  test("as primary does not take the place of a live one", async () => {
    await list.map(
      "live.example.com",
      ", 'primary_domain' => true, 'stage' => 'done'",
    );
    expect(await add("new.example.com", { primary_domain: "1" })).toMatchObject(
      { success: true },
    );
    expect(
      await list.stack.wordpress.php(
        "return wu_get_domain_by_domain( 'live.example.com' )->is_primary_domain();",
      ),
    ).toBe(true);
  });

  test("has its records in the dialog, after the admin's own text", async () => {
    const html = await list.page();
    expect(html).toMatch(
      /Point your domain at us\.[\s\S]*A · @ · <code>203\.0\.113\.10<\/code>[\s\S]*CNAME · www · example\.com/,
    );
  });
});

test("nothing of all this is in WordPress's debug log", async () => {
  expect(await list.stack.wordpress.debugLog()).toBe("");
});
