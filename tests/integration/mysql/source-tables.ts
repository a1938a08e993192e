import { bareTables } from "../../stack/bare-tables";

/** Two networks in the tables that the source reads. */
export const SCHEMA = `${Object.values(bareTables).join(";")};
  INSERT INTO wp_site (id, domain, path) VALUES (1, 'network.example:8080', '/'), (2, 'other.example', '/');
  INSERT INTO wp_blogs (blog_id, site_id, domain, archived) VALUES
    (1, 1, 'network.example', 0), (3, 1, 'shop.network.example', 1), (4, 2, 'other.example', 0);`;

/** Rows out of order, one without a date, one that outlived its site. */
export const MAPPINGS = `
  INSERT INTO wp_wu_domain_mappings (id, blog_id, domain, primary_domain, stage, date_created) VALUES
    (7, 3, 'late.example', 0, 'failed', '2026-01-15 12:00:00'),
    (2, 3, 'shop.example', 1, 'done', NULL),
    (5, 99, 'orphan.example', 0, 'done', '0000-00-00 00:00:00')`;
