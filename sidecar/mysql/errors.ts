import { isNativeError } from "node:util/types";
import { isKnownError, PermanentError, TransientError } from "../errors";

/** What a message can name where the error itself does not. */
export interface DatabaseContext {
  table?: string;
}

const UNREACHABLE = new Set([
  "EACCES",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "HANDSHAKE_SSL_ERROR",
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR",
  "PROTOCOL_ENQUEUE_AFTER_QUIT",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "ER_CONNECTION_KILLED",
  "ER_HOST_IS_BLOCKED",
  "ER_NET_READ_ERROR",
  "ER_NET_READ_INTERRUPTED",
  "ER_NORMAL_SHUTDOWN",
  "ER_SERVER_SHUTDOWN",
]);

const BUSY = new Set([
  "ER_CHECKREAD",
  "ER_CON_COUNT_ERROR",
  "ER_CRASHED_ON_USAGE",
  "ER_DISK_FULL",
  "ER_LOCK_DEADLOCK",
  "ER_LOCK_NOWAIT",
  "ER_LOCK_WAIT_TIMEOUT",
  "ER_OUTOFMEMORY",
  "ER_OUT_OF_RESOURCES",
  "ER_QUERY_INTERRUPTED",
  "ER_QUERY_TIMEOUT",
  "ER_RECORD_FILE_FULL",
  "ER_STATEMENT_TIMEOUT",
  "ER_TABLE_DEF_CHANGED",
  "ER_TOO_MANY_USER_CONNECTIONS",
  "ER_USER_LIMIT_REACHED",
]);

/** `--read-only` of a replica, a server that is told to be one for a while, files or tables that are. */
const READ_ONLY = new Set([
  "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION",
  "ER_INNODB_READ_ONLY",
  "ER_OPEN_AS_READONLY",
  "ER_OPTION_PREVENTS_STATEMENT",
  "ER_READ_ONLY_MODE",
]);

const DENIED = new Set([
  "AUTH_SWITCH_PLUGIN_ERROR",
  "ER_ACCESS_DENIED_ERROR",
  "ER_ACCESS_DENIED_NO_PASSWORD_ERROR",
  "ER_COLUMNACCESS_DENIED_ERROR",
  "ER_DBACCESS_DENIED_ERROR",
  "ER_HOST_NOT_PRIVILEGED",
  "ER_MUST_CHANGE_PASSWORD",
  "ER_NOT_SUPPORTED_AUTH_MODE",
  "ER_SPECIFIC_ACCESS_DENIED_ERROR",
  "ER_TABLEACCESS_DENIED_ERROR",
  "MYSQL_CLEAR_PASSWORD_NOT_ENABLED",
]);

/** MariaDB's own number for an account that is locked; mysql2 knows only MySQL's numbers and names another error. */
const MARIADB_ACCOUNT_LOCKED = 4151;

/** The words of OpenSSL and Node.js about a certificate that they do not take; mysql2 replaces their codes by its own. */
const UNTRUSTED = /certificate|altnames/i;

/** mysql2 throws some of its own without a code. */
const CONNECTION_GONE =
  /in closed state|Pool is closed|No connections available/;

/**
 * The error that a mysql2 error means: TransientError `database-unreachable`, `database-busy`, `database-read-only`;
 * PermanentError `database-access-denied`, `database-account-locked`, `database-tls-required`, `database-tls-missing`,
 * `database-certificate-untrusted`, `database-not-found`, `table-missing`, `column-missing`. What is no database error comes
 * back as it is. Neither the statement nor its values go along: they can hold secrets.
 */
export function toDatabaseError(
  error: unknown,
  context: DatabaseContext = {},
): unknown {
  // Not `instanceof Error`: under Jest the errors of Node's own modules come from another realm.
  if (isKnownError(error) || !isNativeError(error)) return error;
  const code =
    "code" in error && typeof error.code === "string" ? error.code : "";
  const encryption = encryptionError(error, code);
  if (encryption !== undefined) return encryption;
  if (UNREACHABLE.has(code)) {
    return new TransientError("database-unreachable", { code });
  }
  if (BUSY.has(code)) return new TransientError("database-busy", { code });
  if (READ_ONLY.has(code)) {
    return new TransientError("database-read-only", { code });
  }
  if (isLocked(error, code))
    return new PermanentError("database-account-locked");
  if (DENIED.has(code)) {
    return new PermanentError("database-access-denied", { code });
  }
  switch (code) {
    case "ER_BAD_DB_ERROR":
      return new PermanentError("database-not-found", {
        database: quoted(error.message) ?? "?",
      });
    case "ER_NO_SUCH_TABLE":
      return new PermanentError("table-missing", {
        table: tableOf(error.message) ?? context.table ?? "?",
      });
    case "ER_BAD_FIELD_ERROR":
      return new PermanentError("column-missing", {
        table: context.table ?? "?",
      });
  }
  if (CONNECTION_GONE.test(error.message) || isFatal(error)) {
    return new TransientError("database-unreachable", {
      code: code === "" ? "connection closed" : code,
    });
  }
  // A statement that the server does not understand is a bug of ours; its text may hold values.
  return "sqlState" in error
    ? new Error(`The database refuses a statement (${code})`)
    : error;
}

function encryptionError(
  error: Error,
  code: string,
): PermanentError | undefined {
  switch (code) {
    case "ER_SECURE_TRANSPORT_REQUIRED":
      return new PermanentError("database-tls-required");
    case "HANDSHAKE_NO_SSL_SUPPORT":
      return new PermanentError("database-tls-missing");
    case "HANDSHAKE_SSL_ERROR":
      return UNTRUSTED.test(error.message)
        ? new PermanentError("database-certificate-untrusted", {
            why: error.message,
          })
        : undefined;
    default:
      return undefined;
  }
}

function isLocked(error: Error, code: string): boolean {
  return (
    code === "ER_ACCOUNT_HAS_BEEN_LOCKED" ||
    ("errno" in error &&
      error.errno === MARIADB_ACCOUNT_LOCKED &&
      error.message.includes("account is locked"))
  );
}

/** `Table 'wp.wp_blogs' doesn't exist` names the database too. */
function tableOf(message: string): string | undefined {
  return quoted(message)?.split(".").at(-1);
}

function quoted(message: string): string | undefined {
  return /'([^']*)'/.exec(message)?.[1];
}

/** mysql2 marks errors after which the connection cannot be used. */
function isFatal(error: Error): boolean {
  return "fatal" in error && error.fatal === true;
}
