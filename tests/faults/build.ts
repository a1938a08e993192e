import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { transform } from "@swc/core";
import { projectDir } from "../stack/places";

/** A bug put in on purpose: a text of a source file and what stands there instead. */
export interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The sidecar as JavaScript: it starts several times faster than through tsx, and a copy can be given bugs. */
export interface Build {
  /** The command line's program. */
  readonly program: string;
  /** To be loaded before it; see `shifted-clock.ts`. */
  readonly clock: string;
  remove(): Promise<void>;
}

let builds = 0;

/**
 * Compiles the sidecar into a folder of its own.
 *
 * @throws Error where the text of a mutation is not in its file any more.
 */
export async function buildSidecar(
  mutations: readonly Mutation[] = [],
): Promise<Build> {
  // Within the project, so that its packages are found.
  const dir = join(projectDir, ".stack/faults", `${process.pid}-${++builds}`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await writeFile(
    join(dir, "package.json"),
    await readFile(join(projectDir, "package.json")),
  );
  const sources = await readdir(join(projectDir, "sidecar"), {
    recursive: true,
  });
  const files = sources
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("sidecar", name));
  for (const { file } of mutations)
    if (!files.includes(file)) throw new Error(`there is no ${file} to change`);
  await Promise.all(
    [...files, "tests/faults/shifted-clock.ts"].map((file) =>
      compile(dir, file, mutations),
    ),
  );
  return {
    program: join(dir, "sidecar/cli/index.js"),
    clock: join(dir, "tests/faults/shifted-clock.js"),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

async function compile(
  dir: string,
  file: string,
  mutations: readonly Mutation[],
): Promise<void> {
  let source = await readFile(join(projectDir, file), "utf8");
  for (const { file: changed, from, to } of mutations) {
    if (changed !== file) continue;
    if (!source.includes(from))
      throw new Error(`${file} does not contain “${from}” any more`);
    source = source.replace(from, () => to);
  }
  const { code } = await transform(source, {
    filename: file,
    swcrc: false,
    jsc: { target: "es2023", parser: { syntax: "typescript" } },
    module: { type: "commonjs" },
  });
  const target = join(dir, file.replace(/\.ts$/, ".js"));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}
