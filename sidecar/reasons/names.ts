import type { ReasonTexts } from "./reason";

/** A single name: why it is not on the app (yet). */
export const nameReasons = {
  "hostname-empty": {
    severity: "action",
    actor: "network-admin",
    message: "The mapping has no domain name.",
    remedy: "Edit the mapping and enter a domain name, or delete the mapping.",
  },
  "hostname-too-long": {
    severity: "action",
    actor: "network-admin",
    message: "The domain name is longer than 253 characters.",
    remedy: "Map a shorter domain name.",
  },
  "hostname-label-too-long": {
    severity: "action",
    actor: "network-admin",
    message:
      "The part “{label}” of the domain name is longer than 63 characters.",
    remedy:
      "Map a domain name whose parts between the dots have at most 63 characters.",
  },
  "hostname-invalid-character": {
    severity: "action",
    actor: "network-admin",
    message:
      "The domain name contains “{character}”, which is not allowed in a host name.",
    remedy:
      "Edit the mapping: a domain name has letters, digits, hyphens and dots only.",
  },
  "hostname-invalid-label": {
    severity: "action",
    actor: "network-admin",
    message:
      "The part “{label}” of the domain name is empty or begins or ends with a hyphen.",
    remedy: "Correct the domain name in the mapping.",
  },
  "hostname-wildcard": {
    severity: "action",
    actor: "network-admin",
    message: "Wildcard names cannot be mapped to a ServerPilot app.",
    remedy: "Map each name that is needed by itself.",
  },
  "hostname-is-ip": {
    severity: "action",
    actor: "network-admin",
    message: "An IP address is not a domain name.",
    remedy: "Map the domain name whose DNS points at this address.",
  },
  "hostname-single-label": {
    severity: "action",
    actor: "network-admin",
    message: "“{label}” has no top-level domain.",
    remedy: "Enter the full domain name, such as example.com.",
  },
  "hostname-idn-invalid": {
    severity: "action",
    actor: "network-admin",
    message:
      "The international domain name cannot be written in ASCII (UTS 46).",
    remedy: "Enter the name in its xn-- form as the registrar shows it.",
  },
  "over-capacity": {
    severity: "action",
    actor: "network-admin",
    message:
      "The ServerPilot app already has {capacity} domains, which is the most an app can have.",
    remedy:
      "Remove domains that are no longer needed; this one is added by itself when there is room.",
  },
  "waiting-for-pass": {
    severity: "waiting",
    actor: "nobody",
    message: "The domain is about to be added to the ServerPilot app.",
    remedy: "Nothing to do.",
  },
  "removal-waiting": {
    severity: "waiting",
    actor: "nobody",
    message:
      "The domain is no longer mapped and is about to be removed from the ServerPilot app.",
    remedy: "Nothing to do, unless the plan is held for approval.",
  },
  "refused-by-serverpilot": {
    severity: "action",
    actor: "network-admin",
    message: "ServerPilot refuses this domain: {message}",
    remedy:
      "Read ServerPilot's words and correct the mapping or the other app that has the domain. It is tried again by itself, less and less often; “Try again” does so at once.",
  },
  "dropped-by-serverpilot": {
    severity: "action",
    actor: "network-admin",
    message:
      "ServerPilot accepted the list of domains, but left this one out of it.",
    remedy:
      "Add the domain in the ServerPilot panel to see what ServerPilot says. It is tried again by itself, less and less often; “Try again” does so at once.",
  },
} as const satisfies ReasonTexts;
