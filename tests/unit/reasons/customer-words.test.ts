import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reasons } from "../../../sidecar/reasons/reasons";
import { projectDir } from "../../stack/places";

test("each reason that asks something of the customer has words in the customer's list", () => {
  const story = readFileSync(
    join(projectDir, "wp-plugin/includes/customer/class-domain-status.php"),
    "utf8",
  );
  const worded = [...story.matchAll(/case '([a-z0-9-]+)':/g)].map(
    ([, code]) => code,
  );
  const asked = Object.entries(reasons)
    .filter(([, { actor }]) => actor === "customer")
    .map(([code]) => code);
  expect(asked.length).toBeGreaterThan(5);
  expect(worded).toEqual(expect.arrayContaining(asked));
});
