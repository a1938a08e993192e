import { Ajv2020, type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { openApiDocument } from "../../sidecar/http/openapi";

interface Operation {
  responses: Record<
    string,
    { content: Record<string, { schema: object }> } | undefined
  >;
}

/** The document as it is served. */
export const document = JSON.parse(
  JSON.stringify(openApiDocument("1.2.3")),
) as {
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, object>>;
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, "openapi");

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a value; `pointer` leads through the document to its schema. */
export function violations(pointer: readonly string[], value: unknown): string {
  const path = pointer
    .map((part) =>
      encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")),
    )
    .join("/");
  const validate =
    compiled.get(path) ?? ajv.compile({ $ref: `openapi#/${path}` });
  compiled.set(path, validate);
  return validate(value) ? "" : ajv.errorsText(validate.errors);
}

/** The document's path for an address; undefined where it has none. */
export function describedPath(address: string): string | undefined {
  const [plain = ""] = address.split("?", 1);
  const template = plain
    .replace(/^\/v1\/networks\/[A-Za-z0-9_-]+/, "/v1/networks/{id}")
    .replace(/\/names\/[^/]+$/, "/names/{name}");
  return template in document.paths ? template : undefined;
}

/** Fails where an answer is not one that the document announces for its address. */
export function expectDescribed(
  method: string,
  address: string,
  response: { status: number; type: string; body: unknown },
): void {
  const { status, type, body } = response;
  const path = describedPath(address);
  const verb = method.toLowerCase();
  if (path === undefined || !document.paths[path]?.[verb]) {
    expect([404, 405, 401, 413, 415]).toContain(status);
    return;
  }
  const announced = document.paths[path][verb].responses[String(status)];
  expect({ status, types: Object.keys(announced?.content ?? {}) }).toEqual({
    status,
    types: [type],
  });
  if (type === "text/plain") return;
  const pointer = ["paths", path, verb, "responses", String(status)];
  expect(violations([...pointer, "content", type, "schema"], body)).toBe("");
}
