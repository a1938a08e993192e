import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

/** A request to the stack's WordPress. */
export interface WebRequest {
  /** Name of the site; the network's main site where it is not given. */
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, an object as a form. */
  readonly body?: string | Readonly<Record<string, string>>;
  /** As `login()` gives it. */
  readonly cookie?: string;
}

/** An answer; redirects are not followed. */
export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The cookies it sets, as a Cookie header. */
  readonly cookie: string;
  json(): unknown;
}

/** Sends a request to PHP's web server, whatever the site's name would resolve to. */
export function webRequest(
  port: number,
  path: string,
  options: WebRequest,
): Promise<WebAnswer> {
  const { body, host, cookie } = options;
  const form = typeof body === "object";
  const text = form ? new URLSearchParams(body).toString() : body;
  const headers: Record<string, string> = {
    host: `${host ?? "bridge.localhost"}:${port}`,
    ...(form ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    ...(cookie === undefined ? {} : { cookie }),
    ...options.headers,
    ...(text === undefined
      ? {}
      : { "content-length": String(Buffer.byteLength(text)) }),
  };
  const method = options.method ?? (text === undefined ? "GET" : "POST");
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port, path, method, headers, timeout: 60_000 },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("end", () => {
          const whole = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: whole,
            cookie: (answer.headers["set-cookie"] ?? [])
              .map((line) => line.split(";")[0] ?? "")
              .join("; "),
            json: () => JSON.parse(whole) as unknown,
          });
        });
      },
    );
    sent.once("error", reject);
    sent.once("timeout", () =>
      sent.destroy(new Error(`WordPress did not answer ${path} within 60 s`)),
    );
    sent.end(text);
  });
}
