/** A part that this machine lacks, and why it could not be had. */
export interface Missing {
  readonly title: string;
  /** Debian packages that bring it; none where it is downloaded. */
  readonly packages: readonly string[];
  readonly why: string;
}

/** Real parts (MariaDB, PHP, WordPress …) that are missing and could not be installed; says all of them at once. */
export class MissingPart extends Error {
  constructor(missing: readonly Missing[]) {
    const packages = missing.flatMap((part) => part.packages);
    super(
      [
        "Missing on this machine:",
        ...missing.map(({ title, why }) => `  ${title}: ${why}`),
        ...(packages.length === 0
          ? []
          : [
              `Install what is missing. On Debian 12 or 13, as root:  apt-get install --no-install-recommends ${packages.join(" ")}`,
              "Or use docker compose up, which needs none of it.",
            ]),
      ].join("\n"),
    );
    this.name = "MissingPart";
  }
}
