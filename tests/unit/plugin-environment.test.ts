import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tableNames } from "../../sidecar/mysql/schema";

test("the grants that the plugin shows name every table of the sidecar", () => {
  const source = readFileSync(
    join(__dirname, "../../wp-plugin/includes/admin/class-environment.php"),
    "utf8",
  );
  const [, list] = /const OWN = array\( (.*) \);/.exec(source) ?? [];
  expect(list?.replaceAll("'", "").split(", ")).toEqual([...tableNames]);
});
