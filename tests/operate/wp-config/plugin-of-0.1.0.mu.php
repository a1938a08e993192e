<?php
// Of the plugin of 0.1.0 what init asks.
namespace Domain_Bridge;

const VERSION     = '0.1.0';
const PLUGIN_FILE = __DIR__ . '/domain-bridge-for-serverpilot.php';

final class Config {
	public function credential( string $name ): string {
		return 'the ' . $name;
	}
	public function network(): string {
		return 'default';
	}
}
final class Secret {
	public function get(): string {
		return '{{secret}}';
	}
}
final class Plugin {
	public Config $config;
	public Secret $secret;
	public static function instance(): self {
		$plugin         = new self();
		$plugin->config = new Config();
		$plugin->secret = new Secret();
		return $plugin;
	}
}
final class Environment {
	private Secret $secret;
	public function __construct( Config $config, Secret $secret ) {
		$this->secret = $secret;
	}
	public function variables( bool $show_secrets ): array {
		return array(
			'HOST'           => '127.0.0.1',
			'PORT'           => '8787',
			'SIDECAR_SECRET' => $this->secret->get(),
			'NODE_OPTIONS'   => '--require=/tmp/evil.js',
		);
	}
}
