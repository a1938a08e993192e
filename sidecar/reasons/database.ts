import type { ReasonTexts } from "./reason";

/** The network's database. */
export const databaseReasons = {
  "database-unreachable": {
    severity: "critical",
    actor: "operator",
    message: "The database does not answer ({code}).",
    remedy:
      "Check that the database server runs and that DB_HOST is right; it is tried again by itself.",
  },
  "database-access-denied": {
    severity: "critical",
    actor: "operator",
    message: "The database refuses the sidecar's account ({code}).",
    remedy: "Check DB_USER, DB_PASSWORD and the grants in the README.",
  },
  "database-account-locked": {
    severity: "critical",
    actor: "operator",
    message: "The database account of the sidecar is locked.",
    remedy:
      "Unlock it as the database's administrator: ALTER USER … ACCOUNT UNLOCK.",
  },
  "database-tls-required": {
    severity: "critical",
    actor: "operator",
    message:
      "The database accepts this account only over an encrypted connection (TLS).",
    remedy:
      "Set DB_TLS=required, or DB_TLS=verified with the database's CA file in DB_TLS_CA.",
  },
  "database-tls-missing": {
    severity: "critical",
    actor: "operator",
    message:
      "DB_TLS asks for an encrypted connection, but the database offers none.",
    remedy: "Turn on TLS in the database server, or set DB_TLS=off.",
  },
  "database-certificate-untrusted": {
    severity: "critical",
    actor: "operator",
    message: "The database's certificate is not trusted ({why}).",
    remedy:
      "Set DB_TLS_CA to the file of the CA that signed it, and DB_HOST to a name that the certificate is for.",
  },
  "database-read-only": {
    severity: "critical",
    actor: "operator",
    message: "The database cannot be written to ({code}): it is read-only.",
    remedy:
      "Set DB_HOST to the primary server, not to a replica. During a failover nothing is to do; it is tried again by itself.",
  },
  "database-not-found": {
    severity: "critical",
    actor: "operator",
    message: "The database {database} does not exist.",
    remedy: "Check DB_NAME.",
  },
  "database-busy": {
    severity: "warning",
    actor: "operator",
    message: "The database cannot do the work right now ({code}).",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at the database server.",
  },
  "table-missing": {
    severity: "critical",
    actor: "operator",
    message: "The table {table} does not exist.",
    remedy:
      "Check TABLE_PREFIX and that Ultimate Multisite's setup is finished.",
  },
  "column-missing": {
    severity: "critical",
    actor: "operator",
    message: "A column that is needed is missing in the table {table}.",
    remedy:
      "Update Ultimate Multisite, or report its version to the developers of the bridge.",
  },
  "schema-newer": {
    severity: "critical",
    actor: "operator",
    message:
      "A newer version of the sidecar has changed the tables, so this one writes nothing.",
    remedy: "Stop this sidecar and start the newer version.",
  },
} as const satisfies ReasonTexts;
