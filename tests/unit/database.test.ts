import { parseDatabaseHost } from "../../sidecar/database";

const none = (): boolean => false;

describe("parseDatabaseHost", () => {
  it.each([
    ["db.example", { host: "db.example", port: 3306 }],
    ["db.example:3307", { host: "db.example", port: 3307 }],
    ["db.example:", { host: "db.example", port: 3306 }],
    ["127.0.0.1:3307", { host: "127.0.0.1", port: 3307 }],
    ["localhost", { host: "localhost", port: 3306 }],
    ["localhost:3307", { host: "localhost", port: 3307 }],
    ["", { host: "localhost", port: 3306 }],
    [":3307", { host: "localhost", port: 3307 }],
    ["localhost:/run/mysql.sock", { socketPath: "/run/mysql.sock" }],
    [":/run/mysql.sock", { socketPath: "/run/mysql.sock" }],
    ["localhost:3307:/run/mysql.sock", { socketPath: "/run/mysql.sock" }],
    ["/run/mysql.sock", { socketPath: "/run/mysql.sock" }],
    ["[::1]", { host: "::1", port: 3306 }],
    ["[2001:db8::1]:3307", { host: "2001:db8::1", port: 3307 }],
    ["2001:db8::1", { host: "2001:db8::1", port: 3306 }],
  ])("reads %j as WordPress does", (host, address) => {
    expect(parseDatabaseHost(host, none)).toEqual(address);
  });

  it("takes the default socket for a plain localhost, as PHP's client does", () => {
    const there = (path: string): boolean => path === "/tmp/mysql.sock";
    expect(parseDatabaseHost("localhost", there)).toEqual({
      socketPath: "/tmp/mysql.sock",
    });
    expect(parseDatabaseHost("127.0.0.1", there)).toEqual({
      host: "127.0.0.1",
      port: 3306,
    });
  });
});
