<?php
/**
 * UM's functions for events, which an older UM may not have.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

/**
 * Makes an event type known.
 *
 * @param string               $slug The slug.
 * @param array<string, mixed> $args Its name, description and example.
 */
function wu_register_event_type( $slug, $args ): bool {
	return WP_Ultimo\Managers\Event_Manager::get_instance()->register_event( $slug, $args );
}

/**
 * Fires an event.
 *
 * @param string               $slug    The event type.
 * @param array<string, mixed> $payload What it carries.
 */
function wu_do_event( $slug, $payload ): bool {
	return WP_Ultimo\Managers\Event_Manager::get_instance()->do_event( $slug, $payload );
}

/**
 * Writes an event down, for the pages of what it is about.
 *
 * @param array<string, mixed> $event_data slug, severity from 1 to 5, object_type, object_id, payload.
 */
function wu_create_event( $event_data ): bool {
	$events   = (array) get_network_option( null, 'um_double_events', array() );
	$events[] = $event_data;
	return update_network_option( null, 'um_double_events', $events );
}
