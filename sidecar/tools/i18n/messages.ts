/** A text of the plugin that is translated. */
export interface Message {
  /** The English text. */
  id: string;
  /** The English plural, where the text is about a number of things. */
  plural?: string;
  /** What translators are told. */
  comment?: string;
  /** The files that it stands in, relative to the plugin. */
  files: string[];
}

const STRING = String.raw`'((?:[^'\\]|\\.)*)'`;
const ONE = new RegExp(
  String.raw`\b(?:esc_html_|esc_attr_|_)[_e]\(\s*${STRING},\s*'([\w-]+)'\s*\)`,
  "g",
);
const MANY = new RegExp(
  String.raw`\b_n\(\s*${STRING},\s*${STRING},[^;]*?,\s*'([\w-]+)'\s*\)`,
  "gs",
);
/** The last words to translators before a call, with no other statement between. */
const COMMENT = /\/\*\s*translators:\s*([^*]*?)\s*\*\/[^;{}]*$/;
const HEADER = /^ \* (?:Plugin Name|Description|Author):\s+(.*)$/gm;
/** Every call, to notice one that is written in a way the patterns above do not know. */
const CALLS = /\b(?:esc_html__|esc_attr__|esc_html_e|esc_attr_e|__|_n)\(/g;

/**
 * The translatable texts of one PHP file.
 *
 * @throws Error where a call is not understood, or names another text domain.
 */
export function messagesOf(
  php: string,
  file: string,
  textDomain: string,
): Message[] {
  const found: Message[] = [];
  const add = (domain: string, message: Message): void => {
    if (domain !== textDomain)
      throw new Error(`${file}: text domain “${domain}” in “${message.id}”`);
    found.push(message);
  };
  const commentAt = (index: number): { comment?: string } => {
    const before = php.slice(Math.max(0, index - 400), index);
    const comment = COMMENT.exec(before.slice(before.lastIndexOf("__(") + 1));
    return comment?.[1] === undefined ? {} : { comment: comment[1] };
  };
  for (const { 1: id = "", 2: domain = "", index } of php.matchAll(ONE))
    add(domain, { id: unquoted(id), ...commentAt(index), files: [file] });
  for (const call of php.matchAll(MANY)) {
    const { 1: id = "", 2: plural = "", 3: domain = "", index } = call;
    const texts = { id: unquoted(id), plural: unquoted(plural) };
    add(domain, { ...texts, ...commentAt(index), files: [file] });
  }
  const calls = php.match(CALLS)?.length ?? 0;
  if (found.length !== calls)
    throw new Error(`${file}: ${calls} texts, ${found.length} understood`);
  for (const [, id = ""] of php.matchAll(HEADER))
    found.push({ id, files: [file] });
  return found;
}

/** The same text once, with all its files; in the order of the English texts' first appearance. */
export function merged(messages: readonly Message[]): Message[] {
  const byId = new Map<string, Message>();
  for (const message of messages) {
    const known = byId.get(message.id);
    if (known === undefined)
      byId.set(message.id, { ...message, files: [...message.files] });
    else {
      Object.assign(known, { ...message, files: known.files });
      known.files = [...new Set([...known.files, ...message.files])];
    }
  }
  return [...byId.values()];
}

function unquoted(text: string): string {
  return text.replace(/\\(['\\])/g, "$1");
}
