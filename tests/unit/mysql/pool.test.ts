import { parseDatabaseHost } from "../../../sidecar/mysql/pool";

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

  it.each(["localhost", "localhost:3307", ":3307", "", "LocalHost:"])(
    "takes the default socket for %j, whatever its port, as PHP's client does",
    (host) => {
      const there = (path: string): boolean => path === "/tmp/mysql.sock";
      expect(parseDatabaseHost(host, there)).toEqual({
        socketPath: "/tmp/mysql.sock",
      });
    },
  );

  it.each(["127.0.0.1", "localhost.example", "db.localhost"])(
    "takes no socket for %j",
    (host) => {
      expect(parseDatabaseHost(host, () => true)).toEqual({ host, port: 3306 });
    },
  );
});
