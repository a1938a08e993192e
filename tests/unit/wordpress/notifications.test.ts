import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isKnownError } from "../../../sidecar/errors";
import {
  createNotifications,
  type Notifications,
} from "../../../sidecar/wordpress/notifications";

/** What stands between the sidecar and the plugin is told apart, for each has another remedy. */

let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
let notifications: Notifications;

beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  notifications = createNotifications({
    network: "default",
    wordpressUrl: url,
    secrets: ["secret-of-the-notifications-test-012"],
    now: Date.now,
    timeoutMs: 300,
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const page =
  (status: number, headers: Record<string, string> = {}, body = "<html>") =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "text/html", ...headers });
    response.end(body);
  };

const json = (status: number, body: object) =>
  page(status, { "content-type": "application/json" }, JSON.stringify(body));

test.each<[string, (response: ServerResponse) => void, string, boolean]>([
  [
    "a redirect",
    page(301, { location: "https://other.example/?secret" }),
    "wordpress-redirects",
    false,
  ],
  [
    "an HTTP password",
    page(401, { "www-authenticate": "Basic" }),
    "wordpress-password",
    false,
  ],
  [
    "REST that is closed for visitors, 401",
    json(401, { code: "rest_not_logged_in" }),
    "wordpress-rest-closed",
    false,
  ],
  [
    "REST that is closed for visitors, 403",
    json(403, { code: "rest_forbidden" }),
    "wordpress-rest-closed",
    false,
  ],
  ["a firewall's 403", page(403), "wordpress-firewall", false],
  ["a firewall's 406", page(406), "wordpress-firewall", false],
  ["a firewall's 429", page(429), "wordpress-firewall", false],
  ["maintenance", page(503), "wordpress-maintenance", true],
  ["a fatal error of another plugin", page(500), "wordpress-broken", true],
  [
    "WordPress's own page for a fatal error",
    json(500, { code: "internal_server_error" }),
    "wordpress-broken",
    true,
  ],
  ["a gateway without PHP", page(502), "wordpress-broken", true],
  [
    "a missing plugin",
    json(404, { code: "rest_no_route" }),
    "plugin-missing",
    false,
  ],
  ["another site that has no such page", page(404), "wordpress-refused", false],
  [
    "a refusal of the plugin",
    json(403, { code: "signature-invalid" }),
    "wordpress-refused",
    false,
  ],
  ["a page with status 200", page(200), "wordpress-refused", false],
  [
    "JSON of something else",
    json(200, { hello: "world" }),
    "wordpress-refused",
    false,
  ],
  [
    "a connection that is cut",
    (response) => response.destroy(),
    "wordpress-unreachable",
    true,
  ],
  ["no answer", () => undefined, "wordpress-unreachable", true],
])("%s", async (_what, answers, reason, isTransient) => {
  answer = answers;
  const error: unknown = await notifications.send([], "").then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isKnownError(error))
    throw new Error(`not an error of ours: ${String(error)}`);
  expect(error.reason).toBe(reason);
  expect(error.name === "TransientError").toBe(isTransient);
  expect(error.message).not.toMatch(/secret-of-the-notifications/);
});

test("what was not taken is given by its number, and an answer of 0.1.0 names none", async () => {
  answer = json(200, {
    accepted: 1,
    rejected: [{ seq: 2, reason: "body-invalid" }],
  });
  expect(await notifications.send([], "")).toEqual([
    { seq: 2, reason: "body-invalid" },
  ]);
  answer = json(200, { accepted: 2 });
  expect(await notifications.send([], "")).toEqual([]);
});
