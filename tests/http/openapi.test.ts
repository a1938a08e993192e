import openApiSchema from "@seriousme/openapi-schema-validator/schemas/v3.1/schema.json";
import { Ajv2020 } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { Express } from "express";
import supertest from "supertest";
import { describedPath, document, violations } from "./described";
import { createFixture } from "./fixture";
import { preview, status } from "./samples";

interface Layer {
  route?: { path: unknown; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** `METHOD /path` of every route of the app; what answers any method only refuses. */
function routesOf(app: Express): string[] {
  const walk = ({ route, handle }: Layer): string[] => {
    if (!route) return (handle.stack ?? []).flatMap(walk);
    const path = String(route.path).replace(/:(\w+)/g, "{$1}");
    // What refuses every other method at the same address is no route.
    const methods = Object.keys(route.methods).filter((one) => one !== "_all");
    const answersAny = methods.length > 1;
    return answersAny ? [] : methods.map((method) => `${method} ${path}`);
  };
  return (app.router as unknown as { stack: Layer[] }).stack.flatMap(walk);
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([key]) => key !== "parameters")
    .map(([method, operation]) => ({ line: `${method} ${path}`, operation })),
);

describe("the OpenAPI document", () => {
  test("is valid OpenAPI 3.1", () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats(ajv);
    ajv.addFormat("media-range", true);
    const validate = ajv.compile(openApiSchema);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  test("has every route of the app and no other", () => {
    const described = operations.map(({ line }) => line).sort();
    expect(described).toEqual(routesOf(createFixture().app).sort());
    expect(described).toContain("put /v1/networks/{id}");
  });

  test("has references that lead somewhere", () => {
    const text = JSON.stringify(document);
    const pointers = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)];
    expect(pointers.length).toBeGreaterThan(20);
    for (const [, pointer = ""] of pointers)
      expect(() => violations(pointer.split("/"), null)).not.toThrow();
  });

  test("has a name of its own and a summary for every operation", () => {
    const ids = operations.map(
      ({ operation }) =>
        (operation as unknown as { operationId: string }).operationId,
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations)
      expect(operation).toMatchObject({
        summary: expect.stringMatching(/\.$/) as unknown,
      });
  });

  test("is served to anyone", async () => {
    const { app } = createFixture();
    const response = await supertest(app).get("/openapi.json").expect(200);
    expect(response.body).toEqual(document);
    await supertest(app).post("/openapi.json").expect(405);
  });
});

describe("the check of answers against the document", () => {
  const schema = (name: string) => ["components", "schemas", name];

  test("lets the real ones pass", () => {
    expect(violations(schema("Status"), status)).toBe("");
    expect(violations(schema("Preview"), preview)).toBe("");
  });

  test.each([
    ["a missing key", { ...preview, result: undefined }],
    ["an unknown key", { ...preview, more: 1 }],
    ["a wrong type", { ...preview, keep: "1" }],
    ["a reason that there is not", { ...preview, held: { reason: "none" } }],
  ])("notices %s", (_what, answer) => {
    const sent: unknown = JSON.parse(JSON.stringify(answer));
    expect(violations(schema("Preview"), sent)).not.toBe("");
  });

  test("knows the paths of addresses with an id and a query", () => {
    expect(describedPath("/v1/networks/shop-1/history?limit=7")).toBe(
      "/v1/networks/{id}/history",
    );
    expect(describedPath("/v1/networks/shop-1/nothing")).toBeUndefined();
  });
});

describe("the schemas of bodies", () => {
  const body = (path: string) => [
    ...["paths", path, "post", "requestBody", "content"],
    ...["application/json", "schema"],
  ];

  test.each([
    ["/events", { events: [{ type: "resync" }] }, true],
    ["/events", { events: [{ type: "unheard.of" }] }, false],
    ["/sync", {}, true],
    ["/sync", { dryRun: "yes" }, false],
    ["/check", {}, true],
    ["/check", { more: 1 }, true],
    ["/events", { events: [{ type: "resync", more: 1 }], more: 1 }, true],
  ])(
    "refuse and take the same as the sidecar: %s %j",
    async (path, sent, ok) => {
      const found = violations(body(`/v1/networks/{id}${path}`), sent);
      expect(found === "").toBe(ok);
      const { send } = createFixture();
      const response = await send({
        path: `/v1/networks/default${path}`,
        body: sent,
      });
      expect(response.status === 422).toBe(!ok);
    },
  );
});
