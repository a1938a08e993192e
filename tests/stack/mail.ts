import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import { until } from "./until";
import { mailPage } from "./mail-page";

/** A mail that was caught. */
export interface Mail {
  /** Wall-clock milliseconds. */
  readonly at: number;
  /** The envelope's, to whom it would have been delivered: Bcc too. */
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  /** As sent; empty where there is only HTML. */
  readonly text: string;
  readonly html: string;
  /** By lower-case name; the first one where a name comes twice. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface MailOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: free ones. */
  readonly smtpPort?: number;
  readonly webPort?: number;
}

/** More is not kept: the oldest go. */
const MOST = 500;

/**
 * Takes every mail over SMTP, delivers none, and shows them on a web page. WordPress sends to it where the constant
 * STACK_SMTP is its `address`.
 */
export class MailCatcher {
  readonly #smtp: SMTPServer;
  readonly #web: Server;
  readonly #mails: Mail[] = [];

  private constructor() {
    this.#smtp = new SMTPServer({
      authOptional: true,
      // Without a certificate STARTTLS would be offered with one that nobody trusts.
      disabledCommands: ["STARTTLS"],
      disableReverseLookup: true,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.#take(Buffer.concat(chunks), to).then(() => {
            done();
          }, done);
        });
      },
    });
    this.#web = createServer((request, response) => {
      const { status, type, body } = mailPage(
        request.url ?? "/",
        this.messages(),
      );
      response.writeHead(status, { "content-type": type });
      response.end(body);
    });
  }

  static async start(options: MailOptions = {}): Promise<MailCatcher> {
    const host = options.host ?? "127.0.0.1";
    const mail = new MailCatcher();
    mail.#smtp.listen(options.smtpPort ?? 0, host);
    await once(mail.#smtp.server, "listening");
    mail.#web.listen(options.webPort ?? 0, host);
    await once(mail.#web, "listening");
    return mail;
  }

  /** `host:port` of SMTP. */
  get address(): string {
    return addressOf(this.#smtp.server.address());
  }

  /** The page; `/messages` below it has the mails as JSON. */
  get url(): string {
    return `http://${addressOf(this.#web.address())}`;
  }

  /** What was caught so far, the oldest first. */
  messages(): readonly Mail[] {
    return [...this.#mails];
  }

  /**
   * Waits for the first mail that fits.
   *
   * @throws Error after `seconds`.
   */
  waitFor(fits: (mail: Mail) => boolean, seconds = 10): Promise<Mail> {
    return until("the mail", () => this.#mails.find(fits) ?? null, seconds);
  }

  clear(): void {
    this.#mails.length = 0;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#smtp.close(resolve);
    });
    this.#web.closeAllConnections();
    await new Promise((resolve) => this.#web.close(resolve));
  }

  async #take(raw: Buffer, to: readonly string[]): Promise<void> {
    const mail = await PostalMime.parse(raw);
    const headers: Record<string, string> = {};
    for (const { key, value } of mail.headers) headers[key] ??= value;
    this.#mails.push({
      at: Date.now(),
      to,
      from: mail.from?.address ?? "",
      subject: mail.subject ?? "",
      text: mail.text ?? "",
      html: mail.html ?? "",
      headers,
    });
    if (this.#mails.length > MOST) this.#mails.shift();
  }
}

function addressOf(bound: string | AddressInfo | null): string {
  const { address, port } = bound as AddressInfo;
  return `${address}:${port}`;
}
