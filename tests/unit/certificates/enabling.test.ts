import {
  type CertificateFacts,
  enablingHelps,
} from "../../../sidecar/certificates/facts";
import {
  type Ssl,
  app,
  available,
  certificate,
  custom,
  enabled,
  enabledForOthers,
  facts,
  name,
  now,
  off,
  silent,
} from "./facts";

describe("whether enabling AutoSSL helps", () => {
  test.each<[string, boolean, Ssl, Partial<CertificateFacts>]>([
    ["available and off", true, available, {}],
    [
      "available and off, the port still closed",
      true,
      available,
      { served: silent },
    ],
    ["covers more than is served", true, enabled, {}],
    [
      "covers a name whose certificate ended",
      true,
      enabled,
      { served: certificate({ endsAt: now - 1 }) },
    ],
    ["served already", false, available, { served: certificate() }],
    ["does not cover the name", false, enabledForOthers, {}],
    ["the server does not answer", false, enabled, { served: silent }],
    ["not available", false, off, {}],
    [
      "a custom certificate is installed",
      false,
      { ...custom, autossl: { available: true, domains: [name] } },
      {},
    ],
    [
      "ServerPilot says nothing of AutoSSL",
      false,
      { ssl: null, autossl: null },
      {},
    ],
    [
      "ServerPilot's answer about SSL is not understood",
      false,
      available,
      { app: { ...app(available), sslUnreadable: true } },
    ],
  ])("%s: %s", (_title, helps, ssl, over) => {
    expect(enablingHelps(facts(ssl, over))).toBe(helps);
  });
});
