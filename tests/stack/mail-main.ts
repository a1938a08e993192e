import { MailCatcher } from "./mail";

/** The mailbox as a process, for docker-compose.yml: SMTP on port 1025, its page on port 8025. */
async function main(): Promise<void> {
  const mail = await MailCatcher.start({
    host: "0.0.0.0",
    smtpPort: 1025,
    webPort: 8025,
  });
  process.stdout.write(`Mail is taken at ${mail.address}.\n`);
  const stop = (): void => void mail.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

void main();
