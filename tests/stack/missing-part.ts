/** A real part (MariaDB, PHP, WordPress …) that this machine has not and that could not be installed by itself. */
export class MissingPart extends Error {
  readonly part: string;

  constructor(part: string, why: string, packages: readonly string[]) {
    const install =
      packages.length === 0
        ? ""
        : ` Install it with: apt-get install ${packages.join(" ")}.`;
    super(
      `${part} is missing: ${why}.${install} Or use docker compose up, which needs none of it.`,
    );
    this.name = "MissingPart";
    this.part = part;
  }
}
