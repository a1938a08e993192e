import { mapCode } from "../stack/demo/scene";
import type { Stack } from "../stack/stack";
import { until } from "../stack/until";

/** What WordPress says of a mapping. */
export interface Mapping {
  stage: string;
  secure: number;
}

export const done: Mapping = { stage: "done", secure: 1 };

/** Maps domains that have their `www.` in the name, so that no other name comes with them. */
export async function map(stack: Stack, ...names: string[]): Promise<void> {
  await stack.wordpress.php(mapCode(names, 1));
}

/** Puts a mapping to a stage, as UM's own checks do. */
export async function setStage(
  { wordpress }: Stack,
  name: string,
  stage: string,
): Promise<void> {
  await wordpress.php(
    `$found = wu_get_domains( array( 'domain' => '${name}' ) );
     $found[0]->set_stage( '${stage}' );
     $found[0]->save();`,
  );
}

export async function mappingOf(
  { mariadb, database }: Stack,
  name: string,
): Promise<Mapping | undefined> {
  const [row] = await mariadb.rows<Mapping>(
    "SELECT stage, secure FROM wp_wu_domain_mappings WHERE domain = ?",
    [name],
    database,
  );
  return row;
}

/** Waits until WordPress has a mapping as done and secure, as long as a busy machine may take. */
export function isDone(stack: Stack, name: string): Promise<boolean> {
  return until(
    `${name} done and secure in WordPress`,
    async () => {
      const mapping = await mappingOf(stack, name);
      return mapping?.stage === "done" && mapping.secure === 1;
    },
    60,
  );
}

/** Seconds from the moment at which a certificate with the name is served until WordPress has the mapping done. */
export async function secondsToDone(
  stack: Stack,
  name: string,
): Promise<number> {
  const { simulator } = stack;
  const served = () => simulator.app().served?.includes(name) === true;
  await until(`a certificate for ${name}`, served, 60);
  const servedAt = Date.now();
  await isDone(stack, name);
  return (Date.now() - servedAt) / 1000;
}
