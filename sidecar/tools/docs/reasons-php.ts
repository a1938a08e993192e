import { reasons } from "../../reasons/reasons";

/** The plugin's translatable catalogue of the sidecar's reasons, as PHP. */
export function reasonsAsPhp(): string {
  const entries = Object.entries(reasons).map(
    ([code, { message, remedy }]) =>
      `\t'${code}' => array(\n\t\t${translated(message)},\n\t\t${translated(remedy)},\n\t),\n`,
  );
  return `<?php
/**
 * The sidecar's reasons: code => array( message, remedy ). Generated from its source; do not edit.
 *
 * @package Domain_Bridge
 */

declare( strict_types=1 );

defined( 'ABSPATH' ) || exit;

return array(
${entries.join("")});
`;
}

function translated(text: string): string {
  const quoted = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return `__( '${quoted}', 'domain-bridge-for-serverpilot' )`;
}
