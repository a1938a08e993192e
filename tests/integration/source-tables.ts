/** As much of WordPress's and UM's tables as the source reads. */
export const SCHEMA = `
  CREATE TABLE wp_site (id BIGINT PRIMARY KEY, domain VARCHAR(200), path VARCHAR(100));
  CREATE TABLE wp_blogs (blog_id BIGINT PRIMARY KEY, site_id BIGINT, domain VARCHAR(200), archived TINYINT DEFAULT 0);
  CREATE TABLE wp_wu_domain_mappings (
    id BIGINT(20) NOT NULL AUTO_INCREMENT PRIMARY KEY, blog_id BIGINT(20) NOT NULL, domain VARCHAR(191) NOT NULL,
    active TINYINT(4) DEFAULT 1, primary_domain TINYINT(4) DEFAULT 0, secure TINYINT(4) DEFAULT 0,
    stage VARCHAR(20) DEFAULT 'checking-dns', date_created DATETIME NULL, date_modified DATETIME NULL);
  INSERT INTO wp_site VALUES (1, 'network.example:8080', '/'), (2, 'other.example', '/');
  INSERT INTO wp_blogs (blog_id, site_id, domain, archived) VALUES
    (1, 1, 'network.example', 0), (3, 1, 'shop.network.example', 1), (4, 2, 'other.example', 0);`;

/** Rows out of order, one without a date, one that outlived its site. */
export const MAPPINGS = `
  INSERT INTO wp_wu_domain_mappings (id, blog_id, domain, primary_domain, stage, date_created) VALUES
    (7, 3, 'late.example', 0, 'failed', '2026-01-15 12:00:00'),
    (2, 3, 'shop.example', 1, 'done', NULL),
    (5, 99, 'orphan.example', 0, 'done', '0000-00-00 00:00:00')`;
