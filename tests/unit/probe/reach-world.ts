import { systemClock, type Clock } from "../../../sidecar/clock";
import { createReachProbe } from "../../../sidecar/probe/reach";
import {
  type Address,
  type DnsAnswer,
} from "../../../sidecar/reconcile/probes";
import { goodNonce, startWebDouble, type WebDouble } from "./web-double";

export const name = "kedai.example";
export const www = `www.${name}`;
export const mapping = { id: 7, domain: name };
export const server = "203.0.113.10";
export const elsewhere = "198.51.100.5";

export let web: WebDouble;
beforeAll(async () => {
  web = await startWebDouble();
});
afterEach(() => {
  web.clear();
});
afterAll(() => web.stop());

export const at = (addresses: string[], ipv6: string[] = []): DnsAnswer => ({
  kind: "answer",
  addresses,
  ipv6,
  cname: null,
  ttl: 60,
});

export interface World {
  dns?: Record<string, DnsAnswer>;
  clock?: Clock;
  http?: Address;
  https?: Address;
}

export const probe = ({
  dns = {},
  clock = systemClock,
  http,
  https,
}: World) => {
  const places = {
    http: http ?? web.addresses.http,
    https: https ?? web.addresses.https,
  };
  return createReachProbe({
    lookUp: (host) => Promise.resolve(dns[host] ?? at([server])),
    clock,
    ca: web.ca,
    world: places,
    server: places,
  });
};

export const request = {
  name,
  mapping,
  nonces: { [name]: goodNonce(name), [www]: goodNonce(www) },
  networkDomain: "network.example",
};
export const reach = (world: World = {}, ours: string[] = [server]) =>
  probe(world).reach({ ...request, ours });

export const met = { address: server, certificate: null };
