import type { Stage, Step } from "./stage";

type Planned = Pick<Step, "what" | "run">;

/** PHP that maps a name. */
export const create = (name: string): string =>
  `wu_create_domain( array( 'domain' => '${name}', 'blog_id' => 1, 'active' => true ) );`;

/** PHP that puts a name's mapping into `$found`. */
export const find = (name: string): string =>
  `$found = wu_get_domain_by_domain( '${name}' );`;

/** Runs PHP in WordPress in the background; a fault may keep it from being done. */
export function php(stage: Stage, code: string): void {
  stage.background(() => stage.world.php(code));
}

/** A statement behind UM's back, of which nobody hears. */
export function sql(what: string, statement: string): Planned {
  return {
    what,
    run: (stage) => {
      stage.background(() =>
        stage.world.stack.mariadb.run(statement, [], "wordpress"),
      );
    },
  };
}
