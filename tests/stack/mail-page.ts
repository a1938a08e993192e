import type { Mail } from "./mail";

/** What the mailbox's web server answers. */
export interface MailAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const html = "text/html; charset=utf-8";

/** `/` is the list, the newest first, `/1` the first mail, `/messages` all of them as JSON. */
export function mailPage(path: string, mails: readonly Mail[]): MailAnswer {
  if (path === "/messages") {
    return {
      status: 200,
      type: "application/json",
      body: JSON.stringify(mails),
    };
  }
  if (path === "/") return { status: 200, type: html, body: list(mails) };
  const mail = mails[Number(path.slice(1)) - 1];
  return mail === undefined
    ? { status: 404, type: html, body: frame("Not found", "<p>No such mail.") }
    : { status: 200, type: html, body: frame(mail.subject, one(mail)) };
}

function list(mails: readonly Mail[]): string {
  const rows = mails.map(
    ({ at, to, subject }, index) =>
      `<tr><td>${time(at)}<td>${escape(to.join(", "))}<td><a href="/${String(index + 1)}">${escape(subject || "(no subject)")}</a>`,
  );
  const table =
    rows.length === 0
      ? "<p>No mail yet."
      : `<table><tr><th>At<th>To<th>Subject${rows.reverse().join("")}</table>`;
  return frame("Mail", `${table}<p>The newest first. Reload to see more.`);
}

function one({ at, to, from, text, html: markup }: Mail): string {
  const shown =
    markup === ""
      ? `<pre>${escape(text)}</pre>`
      : // What is in a mail runs nothing here.
        `<iframe sandbox title="The mail" srcdoc="${escape(markup)}"></iframe>`;
  return `<p><a href="/">All mail</a><dl><dt>From<dd>${escape(from)}<dt>To<dd>${escape(to.join(", "))}<dt>At<dd>${time(at)}</dl>${shown}`;
}

function frame(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}pre{white-space:pre-wrap}iframe{width:100%;height:70vh;border:1px solid #ccc}
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1rem}dd{margin:0}</style>
<h1>${escape(title)}</h1>${body}</html>`;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
