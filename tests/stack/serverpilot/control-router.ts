import express from "express";
import type { NextFunction, Request, Response, Router } from "express";
import { z } from "zod";

import {
  accountSchema,
  appSchema,
  certificateSchema,
  defined,
  dnsSchema,
  domainsSchema,
  listeningSchema,
  refusalSchema,
  serverSchema,
} from "./control-schemas";
import type { Controls } from "./controls";
import { faultSchema } from "./faults";
import { settingsSchema } from "./settings";
import { tlsFaultSchema } from "./tls-faults";

/** The control interface: every method of `Controls` over HTTP. The README beside this file lists the calls. */
export function createControlRouter(sim: Controls): Router {
  const router = express.Router();
  router.use(express.json({ limit: "5mb" }));

  router.get("/state", (_req, res) => {
    res.json({
      settings: sim.settings(),
      apps: sim.apps(),
      faults: sim.faults(),
      dns: sim.dnsRecords(),
      tls: sim.tlsFaults(),
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

  router.get("/journal", (_req, res) => {
    res.json({
      requests: sim.journal(),
      dns: sim.dnsQueries(),
      tls: sim.tlsHandshakes(),
    });
  });
  router.delete("/journal", (_req, res) => {
    sim.clearJournal();
    done(res);
  });
  router.use((_req, res) => {
    res.status(404).json({ error: { message: "no such control" } });
  });
  router.use(refuse);
  return router;
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
