import requests from "../versions/0.1.0/requests.json";
import { createFixture } from "./fixture";

/** Plugin and sidecar are updated apart: what a neighbouring version says has to be understood. */

interface Recorded {
  method: string;
  path: string;
  request: unknown;
  status: number;
  answer: object;
}

const recorded = requests as Recorded[];
const understood = recorded.filter(({ status }) => status < 300);

test.each(understood)(
  "the plugin of 0.1.0 is answered as ever: $method $path $request",
  async ({ method, path, request, status, answer }) => {
    const { send } = createFixture();
    const response = await send({ method, path, body: request ?? undefined });
    expect(response.status).toBe(status);
    expect(Object.keys(response.body as object)).toEqual(
      expect.arrayContaining(Object.keys(answer)),
    );
  },
);

test.each(understood.filter(({ request }) => request !== null))(
  "what a newer plugin adds is passed over: $method $path $request",
  async ({ method, path, request, status }) => {
    const { send } = createFixture();
    const body = addedTo(request);
    await send({ method, path, body }).expect(status);
  },
);

test("a registration is answered with what the sidecar understands beyond 0.1.0", async () => {
  const { send } = createFixture();
  const registration = recorded.find(({ method }) => method === "PUT");
  const response = await send({
    method: "PUT",
    path: "/v1/networks/default",
    body: registration?.request,
  });
  const { features } = response.body as { features: unknown };
  expect(features).toEqual(expect.any(Array));
});

/** The same with a field more in every object; names are keys only in `wwwOverrides`. */
function addedTo(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addedTo);
  if (typeof value !== "object" || value === null) return value;
  const added = Object.entries(value).map(([key, inner]) => [
    key,
    key === "wwwOverrides" ? (inner as unknown) : addedTo(inner),
  ]);
  return {
    ...(Object.fromEntries(added) as object),
    "of-a-later-version": { more: [1] },
  };
}
