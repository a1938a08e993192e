import { inspect } from "node:util";
import { toDatabaseError } from "../../../sidecar/mysql/errors";
import { TransientError } from "../../../sidecar/errors";

const mysqlError = (code: string, message = "", more: object = {}): Error =>
  Object.assign(new Error(message), { code, sqlState: "HY000", ...more });

describe("toDatabaseError", () => {
  it.each([
    ["ECONNREFUSED", "TransientError", "database-unreachable"],
    ["ETIMEDOUT", "TransientError", "database-unreachable"],
    ["ENOENT", "TransientError", "database-unreachable"],
    ["PROTOCOL_CONNECTION_LOST", "TransientError", "database-unreachable"],
    ["PROTOCOL_SEQUENCE_TIMEOUT", "TransientError", "database-unreachable"],
    ["ER_CON_COUNT_ERROR", "TransientError", "database-busy"],
    ["ER_LOCK_DEADLOCK", "TransientError", "database-busy"],
    ["ER_LOCK_WAIT_TIMEOUT", "TransientError", "database-busy"],
    ["ER_OPTION_PREVENTS_STATEMENT", "TransientError", "database-read-only"],
    ["ER_OPEN_AS_READONLY", "TransientError", "database-read-only"],
    ["HANDSHAKE_SSL_ERROR", "TransientError", "database-unreachable"],
    ["ER_ACCESS_DENIED_ERROR", "PermanentError", "database-access-denied"],
    ["ER_DBACCESS_DENIED_ERROR", "PermanentError", "database-access-denied"],
    ["ER_TABLEACCESS_DENIED_ERROR", "PermanentError", "database-access-denied"],
  ])("makes of %s a %s %s that names the code", (code, name, reason) => {
    expect(toDatabaseError(mysqlError(code))).toMatchObject({
      name,
      reason,
      params: { code },
    });
  });

  it.each([
    ["ER_SECURE_TRANSPORT_REQUIRED", "", "database-tls-required"],
    ["HANDSHAKE_NO_SSL_SUPPORT", "", "database-tls-missing"],
    [
      "HANDSHAKE_SSL_ERROR",
      "self-signed certificate in certificate chain",
      "database-certificate-untrusted",
    ],
    [
      "HANDSHAKE_SSL_ERROR",
      "Hostname/IP does not match certificate's altnames",
      "database-certificate-untrusted",
    ],
    ["ER_ACCOUNT_HAS_BEEN_LOCKED", "", "database-account-locked"],
  ])(
    "makes of %s %j a %s that a person has to settle",
    (code, text, reason) => {
      expect(toDatabaseError(mysqlError(code, text))).toMatchObject({
        name: "PermanentError",
        reason,
      });
    },
  );

  it("knows MariaDB's locked account, whose number means something else in MySQL", () => {
    const code = "ER_BULK_PARSER_INCOMPLETE_ESCAPE_SEQUENCE";
    const words = "Access denied, this account is locked";
    expect(
      toDatabaseError(mysqlError(code, words, { errno: 4151 })),
    ).toMatchObject({ reason: "database-account-locked" });
    expect(
      toDatabaseError(mysqlError(code, "Incomplete", { errno: 4151 })),
    ).not.toHaveProperty("reason");
  });

  it("names what is missing", () => {
    expect(
      toDatabaseError(mysqlError("ER_BAD_DB_ERROR", "Unknown database 'wp'")),
    ).toMatchObject({
      reason: "database-not-found",
      params: { database: "wp" },
    });
    expect(
      toDatabaseError(
        mysqlError("ER_NO_SUCH_TABLE", "Table 'wp.wp_blogs' doesn't exist"),
      ),
    ).toMatchObject({ reason: "table-missing", params: { table: "wp_blogs" } });
    expect(
      toDatabaseError(mysqlError("ER_BAD_FIELD_ERROR"), { table: "wp_site" }),
    ).toMatchObject({ reason: "column-missing", params: { table: "wp_site" } });
  });

  it.each([
    new Error("Pool is closed."),
    new Error("Can't add new command when connection is in closed state"),
    mysqlError("ER_NEW_IN_THIS_VERSION", "", { fatal: true }),
  ])("knows a lost connection by %s", (error) => {
    expect(toDatabaseError(error)).toMatchObject({
      name: "TransientError",
      reason: "database-unreachable",
    });
  });

  it("keeps neither the statement nor its values, not even for a bug of ours", () => {
    const error = mysqlError("ER_PARSE_ERROR", "syntax near 's3cret'", {
      sql: "INSERT s3cret",
    });
    const mapped = toDatabaseError(error);
    expect(mapped).not.toHaveProperty("reason");
    expect(inspect(mapped, { depth: 10, showHidden: true })).not.toContain(
      "s3cret",
    );
  });

  it("hands on what is no database error", () => {
    const bug = new TypeError("bug");
    const known = new TransientError("stopped");
    expect(toDatabaseError(bug)).toBe(bug);
    expect(toDatabaseError(known)).toBe(known);
    expect(toDatabaseError("text")).toBe("text");
  });
});
