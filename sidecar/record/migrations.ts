import type { Tables } from "./tables";

/**
 * The steps from nothing to today's tables, in order; a step that was released is never changed, only followed by
 * another. All times are milliseconds since the epoch. Names are compared byte by byte (`utf8mb4_bin`).
 */
export const migrations: readonly ((tables: Tables) => string[])[] = [
  (tables) => [
    `CREATE TABLE IF NOT EXISTS ${tables.registration} (
      id TINYINT NOT NULL PRIMARY KEY,
      settings MEDIUMTEXT NOT NULL,
      credentials TEXT NOT NULL,
      updated_at BIGINT NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.names} (
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
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.passes} (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      entry MEDIUMTEXT NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.removals} (
      name VARCHAR(255) NOT NULL PRIMARY KEY,
      reported_at BIGINT NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.outbox} (
      id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      seq BIGINT NULL,
      correlation_id VARCHAR(64) NOT NULL,
      change_json TEXT NOT NULL,
      KEY seq (seq)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.requests} (
      id VARCHAR(255) NOT NULL PRIMARY KEY,
      seen_at BIGINT NOT NULL,
      KEY seen_at (seen_at)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS ${tables.state} (
      name VARCHAR(50) NOT NULL PRIMARY KEY,
      value MEDIUMTEXT NOT NULL
    ) ${OPTIONS}`,
  ],
];

const OPTIONS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
