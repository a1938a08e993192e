import { posix } from "node:path";

/** What the checks ask of the checkout; paths are from its top. */
export interface Checkout {
  exists: (path: string) => boolean;
  read: (path: string) => string;
}

const LINK = /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
const FILE = /`((?:sidecar|tests|wp-plugin|docs|\.ci)\/[\w./-]+)`/g;
const GUARD = /\]\(([^)#\s]+)\) “([^”]+)”/g;

/** What a page points at and is not there: files, headings, files named in the text, and titles of tests. */
export function brokenReferences(page: string, checkout: Checkout): string[] {
  const text = withoutCode(checkout.read(page));
  return [
    ...found(text, LINK).flatMap(([link]) => brokenLink(page, link, checkout)),
    ...found(text, FILE)
      .filter(([path]) => !checkout.exists(path))
      .map(([path]) => `${page}: there is no ${path}`),
    ...found(text, GUARD).flatMap(([link, title]) => {
      const path = target(page, link);
      return !checkout.exists(path) || checkout.read(path).includes(title)
        ? []
        : [`${page}: ${path} has no test “${title}”`];
    }),
  ];
}

function brokenLink(page: string, link: string, checkout: Checkout): string[] {
  if (/^[a-z]+:/i.test(link)) return [];
  const [file = "", anchor] = link.split("#");
  const path = target(page, file);
  if (!checkout.exists(path))
    return [`${page}: the link ${link} leads nowhere`];
  if (anchor === undefined || !path.endsWith(".md")) return [];
  return anchors(checkout.read(path)).includes(anchor)
    ? []
    : [`${page}: ${path} has no heading #${anchor}`];
}

function target(page: string, file: string): string {
  if (file === "") return page;
  return posix.join(posix.dirname(page), decodeURI(file));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  const counts = new Map<string, number>();
  return found(withoutCode(page), /^#{1,6} +(.+?)\s*$/gm).map(([heading]) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${String(count)}`;
  });
}

function withoutCode(page: string): string {
  return page.replace(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, "");
}

function found(text: string, pattern: RegExp): [string, string][] {
  return [...text.matchAll(pattern)].map(([, one = "", two = ""]) => [
    one,
    two,
  ]);
}
