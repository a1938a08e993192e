import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../project";
import { readProjectFile } from "./document";
import { documents } from "./documents";
import { wantedOf } from "./generate";
import { brokenReferences } from "./links";
import { unexplained, unlisted } from "./named";

const FOLDERS = ["docs", "sidecar", "tests", "wp-plugin"];

/** The checkout's pages and the plugin's PHP, from its top. */
function filesEnding(ending: string): string[] {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(projectDir, folder), {
      recursive: true,
      encoding: "utf8",
    }).map((name) => join(folder, name)),
  );
  return [...readdirSync(projectDir), ...below]
    .filter((path) => path.endsWith(ending))
    .sort();
}

/** Everything in which the documentation says otherwise than the code. */
async function problems(): Promise<string[]> {
  const outdated: string[] = [];
  for (const document of documents) {
    if ((await wantedOf(document)) !== undefined)
      outdated.push(`${document.path} is out of date: npm run generate`);
  }
  const checkout = {
    exists: (path: string) => existsSync(join(projectDir, path)),
    read: readProjectFile,
  };
  const php = filesEnding(".php")
    .filter((path) => path.startsWith("wp-plugin/"))
    .map(readProjectFile);
  return [
    ...outdated,
    ...filesEnding(".md").flatMap((page) => brokenReferences(page, checkout)),
    ...unexplained(
      readProjectFile("CONTRIBUTING.md"),
      JSON.parse(readProjectFile("package.json")) as Parameters<
        typeof unexplained
      >[1],
    ),
    ...unlisted(readProjectFile("README.md"), php.join("\n")),
  ];
}

problems()
  .then((all) => {
    process.stdout.write(all.map((problem) => `${problem}\n`).join(""));
    process.exitCode = all.length === 0 ? 0 : 1;
  })
  .catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  });
