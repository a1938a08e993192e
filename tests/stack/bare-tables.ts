/** WordPress's and UM's tables as far as the sidecar reads them, by name, for networks without a WordPress. */
export const bareTables = {
  wp_site: `CREATE TABLE wp_site (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, domain VARCHAR(200) NOT NULL DEFAULT '',
      path VARCHAR(100) NOT NULL DEFAULT '', KEY domain (domain(140), path(51)))`,
  wp_blogs: `CREATE TABLE wp_blogs (blog_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, site_id BIGINT NOT NULL DEFAULT 0,
      domain VARCHAR(200) NOT NULL DEFAULT '', path VARCHAR(100) NOT NULL DEFAULT '', archived TINYINT NOT NULL DEFAULT 0,
      KEY domain (domain(50), path(5)))`,
  wp_wu_domain_mappings: `CREATE TABLE wp_wu_domain_mappings (id BIGINT(20) NOT NULL AUTO_INCREMENT PRIMARY KEY, blog_id BIGINT(20) NOT NULL,
      domain VARCHAR(191) NOT NULL, active TINYINT(4) DEFAULT 1, primary_domain TINYINT(4) DEFAULT 0, secure TINYINT(4) DEFAULT 0,
      stage ENUM('checking-dns','checking-ssl-cert','done-without-ssl','done','failed','ssl-failed') DEFAULT 'checking-dns',
      date_created DATETIME NULL, date_modified DATETIME NULL, KEY blog (blog_id, domain, active), KEY domain (domain))`,
} as const;

/** Statements that make the tables and put one network with its main site into them; the domain is to be bound twice. */
export const BARE_NETWORK = `${Object.values(bareTables).join(";")};
  INSERT INTO wp_site (id, domain, path) VALUES (1, ?, '/');
  INSERT INTO wp_blogs (blog_id, site_id, domain, path) VALUES (1, 1, ?, '/')`;
