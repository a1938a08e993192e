import type { Step } from "./stage";

type Planned = Pick<Step, "what" | "run">;

/** A person puts a name of their own on the app. */
export function adds(what: string, name: string): Planned {
  return {
    what: `${what}: ${name}`,
    run: (stage) => {
      stage.panel((domains) => {
        stage.world.model.puts(name);
        return [...domains, name];
      });
    },
  };
}

/** A person takes a name of their own off the app; null where they have none. */
export function removes(
  what: string,
  name: string | undefined,
): Planned | null {
  if (name === undefined) return null;
  return {
    what: `${what}: ${name}`,
    run: (stage) => {
      stage.panel((domains) => {
        const { model } = stage.world;
        model.foreign = model.foreign.filter((other) => other !== name);
        return domains.filter((other) => other !== name);
      });
    },
  };
}

/** A person takes every third name off the app that is not theirs. */
export function takesOursOff(what: string): Planned {
  return {
    what,
    run: (stage) => {
      stage.panel((domains) => {
        const { foreign } = stage.world.model;
        return domains.filter(
          (name, index) => foreign.includes(name) || index % 3 !== 0,
        );
      });
    },
  };
}
