import { z } from "zod";

import { dnsRecordSchema } from "./dns-table";

// Bodies of the control interface.

export const domainsSchema = z.strictObject({ domains: z.array(z.string()) });
export const accountSchema = z.strictObject({
  clientId: z.string().min(1),
  apiKey: z.string().min(1),
});
export const refusalSchema = z.strictObject({
  status: z.union([z.literal(402), z.literal(403), z.null()]),
});
export const certificateSchema = z.strictObject({
  names: z.array(z.string()).optional(),
});
export const dnsSchema = z.record(z.string(), dnsRecordSchema.nullable());
export const serverSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    clientId: z.string(),
    lastaddress: z.string(),
    address6: z.string(),
  })
  .partial();
export const appSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    clientId: z.string(),
    serverId: z.string(),
    domains: z.array(z.string()),
  })
  .partial();
export const listeningSchema = z.strictObject({ listening: z.boolean() });

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without keys that are undefined, for `exactOptionalPropertyTypes`. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined),
  ) as Defined<T>;
}
