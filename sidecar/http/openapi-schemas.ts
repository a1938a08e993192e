import { z } from "zod";
import { answerSchemas, bodySchemas } from "./contract/vocabulary";

export type Json = Record<string, unknown>;

const path = (id: string): string => `#/components/schemas/${id}`;

/** The schema as it stands in the document: a reference where it has a name. */
export function schemaOf(schema: z.ZodType): Json {
  const { id } = answerSchemas.get(schema) ?? bodySchemas.get(schema) ?? {};
  return id === undefined
    ? strip(z.toJSONSchema(schema, { io: "input", override: tidy }))
    : { $ref: path(id) };
}

/** A body of the schema, in JSON. */
export function content(schema: z.ZodType): Json {
  return { "application/json": { schema: schemaOf(schema) } };
}

/** Every schema with a name: bodies as they may be sent (defaults left out), answers as they are sent. */
export function components(): Json {
  const bodies = z.toJSONSchema(bodySchemas, {
    io: "input",
    uri: path,
    override: tidy,
  });
  const answers = z.toJSONSchema(answerSchemas, {
    io: "output",
    uri: path,
    override: tidy,
  });
  const all = Object.entries({ ...bodies.schemas, ...answers.schemas });
  return Object.fromEntries(all.map(([id, schema]) => [id, strip(schema)]));
}

/** Takes out what zod adds and nobody reads: a date-time's long pattern, JavaScript's largest integers. */
function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) {
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** The document says once for all which dialect and which address its schemas have. */
function strip(schema: object): Json {
  return Object.fromEntries(
    Object.entries(schema).filter(
      ([key]) => key !== "$schema" && key !== "$id",
    ),
  );
}
