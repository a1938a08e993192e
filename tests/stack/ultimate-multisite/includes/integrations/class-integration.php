<?php
/**
 * A host that UM knows.
 *
 * @package Um_Double
 */

declare( strict_types=1 );

namespace WP_Ultimo\Integrations;

use WP_Ultimo\Helpers\Credential_Store;

/**
 * Its name, its constants, whether it is enabled and set up.
 */
class Integration {

	/**
	 * Say, serverpilot.
	 *
	 * @var string
	 */
	protected string $id;

	/**
	 * For people.
	 *
	 * @var string
	 */
	protected string $title;

	/**
	 * Names of the constants it needs.
	 *
	 * @var string[]
	 */
	protected array $constants = array();

	/**
	 * Takes id and title.
	 *
	 * @param string $id    Say, serverpilot.
	 * @param string $title For people.
	 */
	public function __construct( string $id, string $title ) {
		$this->id    = $id;
		$this->title = $title;
	}

	/** Say, serverpilot. */
	public function get_id(): string {
		return $this->id;
	}

	/** For people. */
	public function get_title(): string {
		return $this->title;
	}

	/** Names of the constants it needs. */
	public function get_constants(): array {
		return $this->constants;
	}

	/**
	 * Says which constants it needs.
	 *
	 * @param string[] $constants Their names.
	 * @return $this
	 */
	public function set_constants( array $constants ) {
		$this->constants = $constants;
		return $this;
	}

	/** Names of all its constants. */
	public function get_all_constants(): array {
		return $this->constants;
	}

	/**
	 * A credential: the constant, else the encrypted network option, else an empty string.
	 *
	 * @param string $constant_name The constant's name.
	 */
	public function get_credential( string $constant_name ): string {
		$value = defined( $constant_name ) ? (string) constant( $constant_name ) : '';
		if ( '' !== $value ) {
			return $value;
		}
		$stored = (string) get_network_option( null, 'wu_hosting_credential_' . $constant_name, '' );
		return '' === $stored ? '' : Credential_Store::decrypt( $stored );
	}

	/**
	 * Keeps credentials, encrypted; an empty one is forgotten.
	 *
	 * @param array<string, string> $values Credentials by their constants' names.
	 */
	public function save_credentials( array $values ): void {
		foreach ( $this->get_all_constants() as $name ) {
			if ( empty( $values[ $name ] ) ) {
				delete_network_option( null, 'wu_hosting_credential_' . $name );
			} else {
				update_network_option( null, 'wu_hosting_credential_' . $name, Credential_Store::encrypt( $values[ $name ] ) );
			}
		}
	}

	/** Whether it has all its credentials. */
	public function is_setup(): bool {
		return array() === $this->get_missing_constants();
	}

	/** Names of the constants that are neither defined nor kept. */
	public function get_missing_constants(): array {
		return array_values(
			array_filter(
				$this->constants,
				function ( string $name ): bool {
					return '' === $this->get_credential( $name );
				}
			)
		);
	}

	/** Whether the network's admin has enabled it. */
	public function is_enabled(): bool {
		$enabled = (array) get_network_option( null, 'wu_host_integrations_enabled', array() );
		return ! empty( $enabled[ $this->id ] );
	}

	/** Enables it. */
	public function enable(): bool {
		return $this->switch_to( true );
	}

	/** Disables it. */
	public function disable(): bool {
		return $this->switch_to( false );
	}

	/** Fields of the wizard. */
	public function get_fields(): array {
		return array();
	}

	/**
	 * Whether the other side answers; the wizard's test calls this, not the module's.
	 *
	 * @return true|\WP_Error
	 */
	public function test_connection() {
		return true;
	}

	/**
	 * Enables or disables it.
	 *
	 * @param bool $on Whether it is to be enabled.
	 */
	private function switch_to( bool $on ): bool {
		$enabled              = (array) get_network_option( null, 'wu_host_integrations_enabled', array() );
		$enabled[ $this->id ] = $on;
		return update_network_option( null, 'wu_host_integrations_enabled', $enabled );
	}
}
