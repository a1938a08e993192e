import type { ReasonTexts } from "./reason-text";

/** The network's database. */
export const databaseReasons = {
  "database-unreachable": {
    message: "The database does not answer ({code}).",
    remedy:
      "Check that the database server runs and that DB_HOST is right; it is tried again by itself.",
  },
  "database-access-denied": {
    message: "The database refuses the sidecar's account ({code}).",
    remedy: "Check DB_USER, DB_PASSWORD and the grants in the README.",
  },
  "database-not-found": {
    message: "The database {database} does not exist.",
    remedy: "Check DB_NAME.",
  },
  "database-busy": {
    message: "The database cannot do the work right now ({code}).",
    remedy:
      "Nothing to do at first; it is tried again by itself. If it stays, look at the database server.",
  },
  "table-missing": {
    message: "The table {table} does not exist.",
    remedy:
      "Check TABLE_PREFIX and that Ultimate Multisite's setup is finished.",
  },
  "column-missing": {
    message: "A column that is needed is missing in the table {table}.",
    remedy:
      "Update Ultimate Multisite, or report its version to the developers of the bridge.",
  },
} as const satisfies ReasonTexts;
