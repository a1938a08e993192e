import type { Row } from "../row";
import { apiCalls } from "./api-calls";
import { converge } from "./converge";
import { fleet } from "./fleet";
import { fleetRedis } from "./fleet-redis";
import { footprint } from "./footprint";
import { ingest } from "./ingest";
import { lost } from "./lost";
import { noop } from "./noop";
import { phpCost } from "./php-cost";
import { plan } from "./plan";

/** Every row, those of one scene together. */
export const rows: readonly Row[] = [
  phpCost,
  apiCalls,
  converge,
  lost,
  ingest,
  noop,
  fleet,
  fleetRedis,
  footprint,
  plan,
];
