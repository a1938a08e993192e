import express from "express";
import type { NextFunction, Request, Response, Router } from "express";
import { z } from "zod";

import type { Controls } from "./controls";
import { dnsRecordSchema } from "./dns-table";
import { nameRuleSchema } from "./domains";
import { faultSchema } from "./faults";
import { httpFaultSchema } from "./http-faults";
import { settingsSchema } from "./settings";
import { tlsFaultSchema } from "./tls-faults";

// Bodies of the control interface.

const domainsSchema = z.strictObject({ domains: z.array(z.string()) });
const accountSchema = z.strictObject({
  clientId: z.string().min(1),
  apiKey: z.string().min(1),
});
const refusalSchema = z.strictObject({
  status: z.union([z.literal(402), z.literal(403), z.null()]),
});
const certificateSchema = z.strictObject({
  names: z.array(z.string()).optional(),
});
const dnsSchema = z.record(z.string(), dnsRecordSchema.nullable());
const namesSchema = z.record(z.string(), nameRuleSchema.nullable());
const backendSchema = z.strictObject({ origin: z.url().nullable() });
const serverChangesSchema = z
  .strictObject({
    name: z.string(),
    lastaddress: z.string(),
    address6: z.string(),
    addresses: z.array(z.string()),
    denyUnknownDomains: z.boolean(),
  })
  .partial();
const serverSchema = serverChangesSchema.extend({
  id: z.string().optional(),
  clientId: z.string().optional(),
});
const appSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    clientId: z.string(),
    serverId: z.string(),
    domains: z.array(z.string()),
  })
  .partial();
const listeningSchema = z.strictObject({ listening: z.boolean() });

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without keys that are undefined, for `exactOptionalPropertyTypes`. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined),
  ) as Defined<T>;
}

/** The control interface: every method of `Controls` over HTTP. The README beside this file lists the calls. */
export function createControlRouter(sim: Controls): Router {
  const router = express.Router();
  router.use(express.json({ limit: "5mb" }));
  addWorld(router, sim);
  addNetwork(router, sim);
  router.use((_req, res) => {
    res.status(404).json({ error: { message: "no such control" } });
  });
  router.use(refuse);
  return router;
}

/** Settings, accounts, servers, apps, names and the faults of calls. */
function addWorld(router: Router, sim: Controls): void {
  router.get("/state", (_req, res) => {
    res.json({
      settings: sim.settings(),
      apps: sim.apps(),
      faults: sim.faults(),
      names: sim.names(),
      dns: sim.dnsRecords(),
      tls: sim.tlsFaults(),
      http: sim.httpFaults(),
    });
  });
  router.patch("/settings", (req, res) => {
    sim.set(defined(settingsSchema.parse(req.body)));
    res.json(sim.settings());
  });
  router.post("/reset", async (_req, res) => {
    await sim.reset();
    done(res);
  });

  router.post("/accounts", (req, res) => {
    sim.addAccount(accountSchema.parse(req.body));
    done(res);
  });
  router.put("/accounts/:clientId/refusal", (req, res) => {
    sim.refuse(refusalSchema.parse(req.body).status, req.params.clientId);
    done(res);
  });
  router.post("/servers", (req, res) => {
    res.json({ id: sim.addServer(defined(serverSchema.parse(req.body))) });
  });
  router.patch("/servers/:id", (req, res) => {
    const changes = defined(serverChangesSchema.parse(req.body));
    sim.setServer(changes, req.params.id);
    done(res);
  });
  router.post("/apps", (req, res) => {
    res.json({ id: sim.addApp(defined(appSchema.parse(req.body))) });
  });
  router.get("/apps/:id", (req, res) => {
    res.json(sim.app(req.params.id));
  });
  router.put("/apps/:id/domains", (req, res) => {
    sim.setDomains(domainsSchema.parse(req.body).domains, req.params.id);
    done(res);
  });
  router.put("/apps/:id/certificate", (req, res) => {
    sim.installCertificate({
      ...defined(certificateSchema.parse(req.body ?? {})),
      appId: req.params.id,
    });
    done(res);
  });
  router.delete("/apps/:id/certificate", (req, res) => {
    sim.removeCertificate(req.params.id);
    done(res);
  });

  router.put("/apps/:id/backend", (req, res) => {
    sim.setBackend(backendSchema.parse(req.body).origin, req.params.id);
    done(res);
  });
  router.put("/names", (req, res) => {
    for (const [name, rule] of Object.entries(namesSchema.parse(req.body)))
      sim.setName(name, rule);
    done(res);
  });
  router.delete("/names", (_req, res) => {
    sim.clearNames();
    done(res);
  });

  router.post("/faults", (req, res) => {
    res.json({ id: sim.addFault(faultSchema.parse(req.body)) });
  });
  router.delete("/faults", (_req, res) => {
    sim.clearFaults();
    done(res);
  });
  router.delete("/faults/:id", (req, res) => {
    sim.removeFault(Number(req.params.id));
    done(res);
  });
}

/** DNS, TLS, HTTP and the journal. */
function addNetwork(router: Router, sim: Controls): void {
  router.put("/dns", (req, res) => {
    for (const [name, record] of Object.entries(dnsSchema.parse(req.body)))
      sim.setDns(name, record);
    done(res);
  });
  router.delete("/dns", (_req, res) => {
    sim.clearDns();
    done(res);
  });
  router.put("/tls", async (req, res) => {
    const { listening } = listeningSchema.parse(req.body);
    await sim.setTlsListening(listening);
    done(res);
  });
  router.put("/tls/:name", (req, res) => {
    sim.setTls(req.params.name, tlsFaultSchema.parse(req.body));
    done(res);
  });
  router.delete("/tls/:name", (req, res) => {
    sim.setTls(req.params.name, null);
    done(res);
  });

  router.put("/http", async (req, res) => {
    await sim.setHttpListening(listeningSchema.parse(req.body).listening);
    done(res);
  });
  router.put("/http/:name", (req, res) => {
    sim.setHttp(req.params.name, httpFaultSchema.parse(req.body));
    done(res);
  });
  router.delete("/http/:name", (req, res) => {
    sim.setHttp(req.params.name, null);
    done(res);
  });

  router.get("/journal", (_req, res) => {
    res.json({
      requests: sim.journal(),
      dns: sim.dnsQueries(),
      tls: sim.tlsHandshakes(),
      http: sim.httpRequests(),
    });
  });
  router.delete("/journal", (_req, res) => {
    sim.clearJournal();
    done(res);
  });
}

function done(res: Response): void {
  res.json({ ok: true });
}

function refuse(
  error: unknown,
  _req: Request,
  res: Response,
  next: NextFunction,
): void {
  if (res.headersSent) {
    next(error);
    return;
  }
  const message =
    error instanceof z.ZodError ? z.prettifyError(error) : String(error);
  res.status(400).json({ error: { message } });
}
