import { inspect } from "node:util";
import { toDatabaseError } from "../../sidecar/database-error";
import { TransientError } from "../../sidecar/errors";

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
    ["ER_OPTION_PREVENTS_STATEMENT", "TransientError", "database-busy"],
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
