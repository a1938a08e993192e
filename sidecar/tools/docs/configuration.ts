import { variables } from "../../config/settings";

/** The README's table of the sidecar's environment, as Markdown. */
export function configurationTable(): string {
  const rows = Object.entries(variables).map(([name, schema]) => {
    const { default: fallback, description } = schema.meta() ?? {};
    if (description === undefined)
      throw new Error(`${name} has no meaning: add .describe(…) to its schema`);
    return `| \`${name}\` | ${shown(fallback)} | ${description} |`;
  });
  return [
    "| variable | default | meaning |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Words stay words; values are set as code. */
function shown(fallback: unknown): string {
  if (typeof fallback !== "string") return "–";
  return fallback === "required" ||
    fallback.includes(" ") ||
    fallback.endsWith("'s")
    ? fallback
    : `\`${fallback}\``;
}
