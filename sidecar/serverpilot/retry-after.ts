/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now`, or undefined where it says nothing that can
 * be understood. RFC 9110, 10.2.3: whole seconds or an HTTP date.
 */
export function retryAfterMs(
  header: string | undefined,
  now: number,
): number | undefined {
  const value = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // Date.parse takes numbers and other loose forms too; an HTTP date begins with the name of a day.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
