import type { ReasonTexts } from "./reason";

/** Requests to the sidecar that are refused. */
export const requestReasons = {
  "signature-missing": {
    severity: "action",
    actor: "operator",
    message: "The request is not signed.",
    remedy:
      "Sign the request as the Standard Webhooks specification and the README say.",
  },
  "signature-invalid": {
    severity: "action",
    actor: "operator",
    message: "The request's signature does not match.",
    remedy:
      "The secret in WordPress and the sidecar's SIDECAR_SECRET must be the same.",
  },
  "signature-expired": {
    severity: "action",
    actor: "operator",
    message: "The request's time is {seconds} seconds off.",
    remedy: "Set the clocks of both machines (NTP).",
  },
  "request-replayed": {
    severity: "action",
    actor: "operator",
    message: "A request with this id was accepted before.",
    remedy: "Send every request with an id of its own.",
  },
  "body-too-large": {
    severity: "action",
    actor: "operator",
    message: "The request's body is larger than {limit} bytes.",
    remedy: "Send fewer events in one request.",
  },
  "body-not-json": {
    severity: "action",
    actor: "operator",
    message: "The request's body must be JSON.",
    remedy: "Send the header content-type: application/json.",
  },
  "body-malformed": {
    severity: "action",
    actor: "operator",
    message: "The request's body is not valid JSON.",
    remedy: "Correct the body.",
  },
  "body-invalid": {
    severity: "action",
    actor: "operator",
    message: "The request's body is not as expected: {detail}",
    remedy: "Correct the body; /openapi.json describes it.",
  },
  "network-unknown": {
    severity: "action",
    actor: "operator",
    message: "The sidecar does not serve the network “{network}”.",
    remedy: "Check the network's id in the sidecar's configuration.",
  },
  "route-unknown": {
    severity: "action",
    actor: "operator",
    message: "There is no such address.",
    remedy: "/openapi.json lists the addresses.",
  },
  "method-not-allowed": {
    severity: "action",
    actor: "operator",
    message: "{method} is not possible here.",
    remedy: "/openapi.json lists the addresses and their methods.",
  },
  "request-malformed": {
    severity: "action",
    actor: "operator",
    message: "The request cannot be read as HTTP ({detail}).",
    remedy: "Check what stands between WordPress and the sidecar.",
  },
  "rate-limited": {
    severity: "waiting",
    actor: "nobody",
    message: "There are too many requests.",
    remedy: "Try again in {seconds} seconds.",
  },
  "metrics-forbidden": {
    severity: "action",
    actor: "operator",
    message: "The metrics are for this machine alone.",
    remedy: "Set METRICS_TOKEN and send it as a bearer token.",
  },
  "metrics-token-wrong": {
    severity: "action",
    actor: "operator",
    message: "The bearer token is missing or wrong.",
    remedy: "Send the value of METRICS_TOKEN as a bearer token.",
  },
  "shutting-down": {
    severity: "waiting",
    actor: "nobody",
    message: "The sidecar is stopping.",
    remedy: "Try again in a moment.",
  },
  "name-unknown": {
    severity: "action",
    actor: "operator",
    message: "The sidecar does not know the domain {name}.",
    remedy:
      "Check how it is written; “domain-bridge status” lists the domains. One that was mapped a moment ago is known after the next sync.",
  },
} as const satisfies ReasonTexts;
