/** The page of metrics as samples: `name{label="value"}` → number. */
export function samplesOf(page: string): Map<string, number> {
  const lines = page
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}
