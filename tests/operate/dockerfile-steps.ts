import { readFileSync } from "node:fs";
import { cp, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DockerfileParser, Copy, JSONInstruction } from "dockerfile-ast";
import { runCommand, type Ran } from "./command";

/** A stage of a Dockerfile, played in a folder that stands for the image's root. */
export interface PlayedStage {
  root: string;
  workdir: string;
  env: Record<string, string>;
  user: string;
  entrypoint: string[];
  command: string[];
  healthcheck: string[];
}

/**
 * Does what a Dockerfile says without an engine: each stage in a folder of its own below `folder`, COPY from the
 * context or an earlier stage, RUN by sh in the working directory.
 *
 * @throws Error where a RUN fails, or an instruction is not known here.
 */
export async function playDockerfile(
  file: string,
  context: (path: string) => string,
  folder: string,
): Promise<PlayedStage> {
  const stages = new Map<string, PlayedStage>();
  let stage: PlayedStage | undefined;
  for (const step of DockerfileParser.parse(
    readFileSync(file, "utf8"),
  ).getInstructions()) {
    const keyword = step.getKeyword().toUpperCase();
    const words = step.getArguments().map((word) => word.getValue());
    if (keyword === "FROM") {
      const name = words[2] ?? String(stages.size);
      stage = await newStage(join(folder, name));
      stages.set(name, stage);
      continue;
    }
    if (!stage) throw new Error(`${keyword} stands before FROM`);
    if (keyword === "WORKDIR") {
      stage.workdir = join(stage.root, words[0] ?? "");
      await mkdir(stage.workdir, { recursive: true });
    } else if (keyword === "COPY") {
      const flags = step instanceof Copy ? step.getFlags() : [];
      const from = flags.find((flag) => flag.getName() === "from")?.getValue();
      const source = from ? stages.get(from) : undefined;
      const target = words.pop() ?? "";
      for (const path of words) {
        const found = source ? join(source.root, path) : context(path);
        await copy(found, join(stage.workdir, target), target, path);
      }
    } else if (keyword === "RUN") {
      const text = step.getArgumentsContent() ?? "";
      const ran = await run(stage, ["sh", "-c", text], 500);
      if (ran.code !== 0)
        throw new Error(
          `RUN ${text}\n${ran.out.slice(-2000)}${ran.err.slice(-2000)}`,
        );
    } else if (keyword === "ENV") {
      for (const word of words) {
        const [, name = "", value = ""] = /^([^=]+)=(.*)$/.exec(word) ?? [];
        stage.env[name] = value;
      }
    } else if (keyword === "USER") stage.user = words[0] ?? "";
    else if (keyword === "ENTRYPOINT") stage.entrypoint = list(step);
    else if (keyword === "CMD") stage.command = list(step);
    else if (keyword === "HEALTHCHECK") {
      const text = step.getArgumentsContent() ?? "";
      stage.healthcheck = JSON.parse(text.slice(text.indexOf("["))) as string[];
    } else if (!["LABEL", "EXPOSE"].includes(keyword)) {
      throw new Error(`${keyword} is not known here`);
    }
  }
  if (!stage) throw new Error("there is no FROM");
  return stage;
}

/** Runs a command in a stage, with the stage's environment. */
export function run(
  stage: PlayedStage,
  command: readonly string[],
  seconds: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const [program = "", ...args] = command;
  return runCommand(program, args, {
    cwd: stage.workdir,
    env: { ...stage.env, ...env },
    seconds,
  });
}

async function newStage(root: string): Promise<PlayedStage> {
  await mkdir(root, { recursive: true });
  return {
    ...{ root, workdir: root, env: {}, user: "root" },
    ...{ entrypoint: [], command: [], healthcheck: [] },
  };
}

/** A file goes into a folder that ends with a slash; a folder's content goes into the target. */
async function copy(
  source: string,
  target: string,
  written: string,
  path: string,
): Promise<void> {
  const isFile = (await stat(source)).isFile();
  const into =
    isFile && written.endsWith("/")
      ? join(target, path.split("/").pop() ?? "")
      : target;
  await cp(source, into, { recursive: true });
}

function list(step: unknown): string[] {
  if (!(step instanceof JSONInstruction)) throw new Error("not in JSON's form");
  return step
    .getJSONStrings()
    .map((text) => JSON.parse(text.getValue()) as string);
}
