import type { ReasonTexts } from "./reason-text";

/** Requests to the sidecar that are refused. */
export const requestReasons = {
  "signature-missing": {
    message: "The request is not signed.",
    remedy:
      "Sign the request as the Standard Webhooks specification and the README say.",
  },
  "signature-invalid": {
    message: "The request's signature does not match.",
    remedy:
      "The secret in WordPress and the sidecar's SIDECAR_SECRET must be the same.",
  },
  "signature-expired": {
    message: "The request's time is {seconds} seconds off.",
    remedy: "Set the clocks of both machines (NTP).",
  },
  "request-replayed": {
    message: "A request with this id was accepted before.",
    remedy: "Send every request with an id of its own.",
  },
  "body-too-large": {
    message: "The request's body is larger than {limit} bytes.",
    remedy: "Send fewer events in one request.",
  },
  "body-not-json": {
    message: "The request's body must be JSON.",
    remedy: "Send the header content-type: application/json.",
  },
  "body-malformed": {
    message: "The request's body is not valid JSON.",
    remedy: "Correct the body.",
  },
  "body-invalid": {
    message: "The request's body is not as expected: {detail}",
    remedy: "Correct the body; /openapi.json describes it.",
  },
  "network-unknown": {
    message: "The sidecar does not serve the network “{network}”.",
    remedy: "Check the network's id in the sidecar's configuration.",
  },
  "route-unknown": {
    message: "There is no such address.",
    remedy: "/openapi.json lists the addresses.",
  },
  "method-not-allowed": {
    message: "{method} is not possible here.",
    remedy: "/openapi.json lists the addresses and their methods.",
  },
  "request-malformed": {
    message: "The request cannot be read as HTTP ({detail}).",
    remedy: "Check what stands between WordPress and the sidecar.",
  },
  "rate-limited": {
    message: "There are too many requests.",
    remedy: "Try again in {seconds} seconds.",
  },
  "metrics-forbidden": {
    message: "The metrics are for this machine alone.",
    remedy: "Set METRICS_TOKEN and send it as a bearer token.",
  },
  "metrics-token-wrong": {
    message: "The bearer token is missing or wrong.",
    remedy: "Send the value of METRICS_TOKEN as a bearer token.",
  },
  "shutting-down": {
    message: "The sidecar is stopping.",
    remedy: "Try again in a moment.",
  },
} as const satisfies ReasonTexts;
