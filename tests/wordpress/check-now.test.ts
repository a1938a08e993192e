import { CustomerList } from "./customer-list";

/** *Check now* in UM's list of domains, on a real WordPress. */
let list: CustomerList;

jest.setTimeout(60_000);

beforeAll(async () => {
  list = await CustomerList.start();
}, 180_000);
afterAll(() => list.stop());
beforeEach(() => list.clear());

describe("Check now", () => {
  /** The link's address, for whoever gets the page. */
  const address = async () =>
    (
      /href="([^"]*action=domain_bridge_check[^"]*)"/.exec(
        await list.page(),
      )?.[1] ?? ""
    )
      .replace(/&#038;|&amp;/g, "&")
      .replace(list.stack.wordpress.url, "");

  beforeEach(async () => {
    await list.map("example.com");
    await list.know("example.com", {
      state: "securing",
      reason: "dns-missing",
    });
    list.sidecar.requests.length = 0;
  });

  const retries = () =>
    list.sidecar.requests
      .splice(0)
      .filter(({ path }) => path.endsWith("/sync"))
      .map(({ body }) => body);

  test("has the sidecar check the name, and answers with the row", async () => {
    const answer = await list.stack.wordpress.request(
      `${await address()}&script=1`,
      { cookie: list.cookies.owner },
    );
    expect(answer.json()).toMatchObject({
      success: true,
      data: {
        live: false,
        html: expect.stringContaining("Waiting for your DNS") as string,
      },
    });
    expect(retries()).toEqual([{ retry: ["example.com"] }]);
  });

  test("without JavaScript leads back to the list", async () => {
    const { status } = await list.stack.wordpress.request(await address(), {
      cookie: list.cookies.owner,
    });
    expect(status).toBe(302);
    expect(retries()).toHaveLength(1);
  });

  test("is a 404 for another customer, also with a nonce of their own, and the sidecar hears nothing", async () => {
    const id = /domain=(\d+)/.exec(await address())?.[1] ?? "";
    const nonce = await list.stack.wordpress.request(
      `/?nonce_of=domain_bridge_check${id}`,
      { cookie: list.cookies.other },
    );
    for (const url of [
      await address(),
      `/wp-admin/admin-ajax.php?action=domain_bridge_check&domain=${id}&_wpnonce=${nonce.body}`,
    ]) {
      const { status } = await list.stack.wordpress.request(url, {
        cookie: list.cookies.other,
      });
      expect(status).toBe(404);
    }
    expect(retries()).toEqual([]);
  });

  test("that is pressed again and again is asked once", async () => {
    for (let n = 0; n < 5; n += 1)
      await list.stack.wordpress.request(`${await address()}&script=1`, {
        cookie: list.cookies.owner,
      });
    expect(retries()).toHaveLength(1);
  });
});

test("nothing of all this is in WordPress's debug log", async () => {
  expect(await list.stack.wordpress.debugLog()).toBe("");
});
