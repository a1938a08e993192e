CREATE TABLE `wp_domain_bridge_migrations` (version INT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL);

CREATE TABLE `wp_domain_bridge_registration` (
  id TINYINT NOT NULL PRIMARY KEY,
  settings MEDIUMTEXT NOT NULL,
  credentials TEXT NOT NULL,
  updated_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wp_domain_bridge_names` (
  name VARCHAR(255) NOT NULL PRIMARY KEY,
  kind VARCHAR(10) NOT NULL,
  site_id BIGINT NULL,
  owned TINYINT NOT NULL,
  state VARCHAR(20) NOT NULL,
  reason VARCHAR(50) NULL,
  params TEXT NOT NULL,
  tries INT NOT NULL DEFAULT 0,
  tries_since BIGINT NULL,
  next_try_at BIGINT NULL,
  certificate_ends_at BIGINT NULL,
  dns_seen TEXT NULL,
  changed_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wp_domain_bridge_passes` (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  entry MEDIUMTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wp_domain_bridge_removals` (
  name VARCHAR(255) NOT NULL PRIMARY KEY,
  reported_at BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wp_domain_bridge_outbox` (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  seq BIGINT NULL,
  correlation_id VARCHAR(64) NOT NULL,
  change_json TEXT NOT NULL,
  KEY seq (seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wp_domain_bridge_requests` (
  id VARCHAR(255) NOT NULL PRIMARY KEY,
  seen_at BIGINT NOT NULL,
  KEY seen_at (seen_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wp_domain_bridge_state` (
  name VARCHAR(50) NOT NULL PRIMARY KEY,
  value MEDIUMTEXT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO `wp_domain_bridge_migrations` VALUES (1, 1760000000000);
