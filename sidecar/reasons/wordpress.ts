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
} as const satisfies ReasonTexts;
