import type { ReasonTexts } from "./reason-text";

/** Notifications to WordPress. */
export const wordpressReasons = {
  "wordpress-unreachable": {
    message: "WordPress cannot be reached at {url} ({detail}).",
    remedy: "Check WORDPRESS_URL; it is tried again by itself.",
  },
  "wordpress-refused": {
    message: "WordPress refuses the notification ({detail}).",
    remedy:
      "Check that the plugin is active and that both sides have the same secret.",
  },
  "plugin-missing": {
    message:
      "WordPress at {url} no longer has the plugin, so the sidecar leaves the app alone.",
    remedy:
      "Activate the plugin again, and the work goes on by itself; or stop the sidecar, if Ultimate Multisite's own ServerPilot code is to work instead.",
  },
} as const satisfies ReasonTexts;
