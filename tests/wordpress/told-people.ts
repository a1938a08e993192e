import { MailCatcher, type Mail } from "../stack/mail";
import { CustomerList, type Known } from "./customer-list";
import { status } from "./screen-answers";

/** Unix seconds at which the tests' time begins: far from the clock of the machine, which nothing here may ask. */
export const START = 2_000_000_000;
export const HOUR = 3_600;
export const DAY = 86_400;

/** A WordPress whose people are told, with a mail server that catches everything. */
export class ToldPeople {
  readonly list: CustomerList;
  readonly mail: MailCatcher;
  #now = START;

  private constructor(list: CustomerList, mail: MailCatcher) {
    this.list = list;
    this.mail = mail;
  }

  static async start(): Promise<ToldPeople> {
    const mail = await MailCatcher.start();
    const list = await CustomerList.start();
    await list.stack.wordpress.setConstants({ STACK_SMTP: mail.address });
    const people = new ToldPeople(list, mail);
    list.sidecar.answersTo.set("/status", status());
    // Registers the network: before that nothing is told.
    await list.map("first.example.com");
    return people;
  }

  async stop(): Promise<void> {
    await this.list.stop();
    await this.mail.stop();
  }

  /** Nothing told, nothing known; a day later, so that no mail of an earlier test holds one back. */
  async clear(): Promise<void> {
    await this.list.clear();
    this.list.sidecar.refusals.clear();
    this.list.sidecar.answersTo.set("/status", status());
    await this.list.stack.wordpress.php(
      "foreach ( array( 'told', 'mail', 'events', 'wrong_since', 'away' ) as $option ) { delete_network_option( null, 'domain_bridge_' . $option ); }",
    );
    this.mail.clear();
    this.#now += 10 * DAY;
  }

  /** Milliseconds since the epoch, as the sidecar's table has them; `seconds` later, or earlier. */
  at(seconds = 0): number {
    return (this.#now + seconds) * 1_000;
  }

  know(name: string, known: Known): Promise<number> {
    return this.list.know(name, known);
  }

  /** Lets time pass, runs the recurring job and gives the mails of it. */
  async after(seconds: number): Promise<readonly Mail[]> {
    this.#now += seconds;
    this.mail.clear();
    await this.list.stack.wordpress.php(
      `Domain_Bridge\\Plugin::instance()->telling()->run( ${this.#now} );`,
    );
    return this.mail.messages();
  }
}
