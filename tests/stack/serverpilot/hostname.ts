const label = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

/**
 * Whether `name` is an ASCII hostname of two labels or more: no IP address, underscore, port or final dot.
 * With `wildcards`, a first label `*` passes too.
 */
export function isHostname(name: unknown, wildcards = false): name is string {
  if (typeof name !== "string" || name.length > 253) return false;
  const labels = name.split(".");
  if (wildcards && labels[0] === "*") labels.shift();
  const last = labels.at(-1) ?? "";
  return (
    labels.length >= 2 &&
    labels.every((part) => label.test(part)) &&
    !/^\d+$/.test(last)
  );
}
