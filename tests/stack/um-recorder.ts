import type { Wordpress } from "./wordpress";

/** A hook of UM as it was fired: its name and arguments; objects are their mapping's name, jobs are `job <hook>`. */
export type Told = [hook: string, ...args: unknown[]];

/** Runs PHP code and gives what UM's hooks told meanwhile, in order, and what the code returned. */
export async function tellingOf(
  wordpress: Wordpress,
  code: string,
): Promise<{ told: Told[]; result: unknown }> {
  const answer = await wordpress.php(`
    $told = array();
    $plain = static function ( $value ) {
      return is_object( $value ) ? ( $value instanceof WP_Ultimo\\Models\\Domain ? $value->get_domain() : 'object' ) : $value;
    };
    add_action( 'all', static function ( $hook, ...$args ) use ( &$told, $plain ) {
      if ( 'um_double_job' === $hook ) {
        $told[] = array_merge( array( 'job ' . $args[0] ), array_values( $args[1] ) );
      } elseif ( preg_match( '/^wu_(transition_domain_|domain_(added|removed|post_save|pre_delete|post_delete))/', $hook ) ) {
        $told[] = array_merge( array( $hook ), array_map( $plain, $args ) );
      }
    } );
    $result = ( static function () { ${code} } )();
    return array( 'told' => $told, 'result' => $result );`);
  return answer as { told: Told[]; result: unknown };
}
