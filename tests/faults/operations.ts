import { adds, removes, takesOursOff } from "./panel-operations";
import type { Random } from "./random";
import type { Step } from "./stage";
import { create, find, php, sql } from "./table-operations";

type Planned = Pick<Step, "what" | "run">;

const WEIGHTS = {
  map: 9,
  "map many": 2,
  remove: 4,
  rename: 2,
  "map again": 1,
  "site created": 1,
  "site deleted": 1,
  "two processes at once": 2,
  "row without event": 2,
  "row gone without event": 1,
  "bad name": 1,
  "inactive mapping": 1,
  "panel adds": 3,
  "panel removes": 1,
  "panel takes ours off": 1,
  "www policy": 1,
  "refused name": 2,
};

/** Chooses the operations of one seed. What it chooses depends on the seed only, not on what came of it. */
export class OperationPlanner {
  readonly #random: Random;
  readonly #mapped: string[] = [];
  readonly #removed: string[] = [];
  readonly #sites: string[] = [];
  readonly #foreign: string[] = [];
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Planned {
    const what = this.#random.weighted(WEIGHTS);
    switch (what) {
      case "map":
        return this.#map(what, [this.#newName()]);
      case "map many":
        return this.#map(
          what,
          Array.from({ length: this.#random.whole(4, 8) }, () =>
            this.#newName(),
          ),
        );
      case "two processes at once":
        return this.#twoAtOnce(what);
      case "remove":
        return this.#remove(what);
      case "rename":
        return this.#rename(what);
      case "map again": {
        const name = this.#removed.shift();
        return name ? this.#map(what, [name]) : this.next();
      }
      case "site created":
        return this.#siteCreated(what);
      case "site deleted":
        return this.#siteDeleted(what);
      case "row without event":
        return this.#row(what, this.#newName());
      case "bad name":
        return sql(
          what,
          `INSERT INTO wp_wu_domain_mappings (blog_id, domain) VALUES (1, 'bad_${++this.#count}.example.com'), (999, 'orphan-${this.#count}.example.com')`,
        );
      case "row gone without event":
        return this.#rowGone(what);
      case "inactive mapping":
        return this.#inactive(what);
      case "panel adds":
        return adds(what, this.#newForeign());
      case "panel removes":
        return removes(what, this.#foreign.shift()) ?? this.next();
      case "panel takes ours off":
        return takesOursOff(what);
      case "www policy":
        return this.#policy(what);
      case "refused name":
        return this.#refused(what);
    }
  }

  #newForeign(): string {
    const name = `panel-${++this.#count}.example.org`;
    this.#foreign.push(name);
    return name;
  }

  #newName(): string {
    const name = `name-${++this.#count}.example.com`;
    this.#mapped.push(name);
    return name;
  }

  #map(what: string, names: string[]): Planned {
    return {
      what: `${what}: ${names.join(" ")}`,
      run: (stage) => {
        stage.world.model.asks(...names);
        php(stage, names.map(create).join(" "));
      },
    };
  }

  /** A name that ServerPilot does not take, with others that it must not keep away. */
  #refused(what: string): Planned {
    const name = `refused-${++this.#count}.example.com`;
    const good = [this.#newName(), this.#newName()];
    return {
      what: `${what}: ${name} ${good.join(" ")}`,
      run: (stage) => {
        const { model, simulator } = stage.world;
        model.refused.add(name);
        simulator.setName(name, { refused: true, times: 0 });
        model.asks(name, ...good);
        php(stage, [name, ...good].map(create).join(" "));
      },
    };
  }

  #twoAtOnce(what: string): Planned {
    const halves = [0, 1].map(() => [this.#newName(), this.#newName()]);
    return {
      what: `${what}: ${halves.flat().join(" ")}`,
      run: (stage) => {
        stage.world.model.asks(...halves.flat());
        for (const half of halves) php(stage, half.map(create).join(" "));
      },
    };
  }

  #takeMapped(): string | undefined {
    const at = this.#random.whole(0, Math.max(0, this.#mapped.length - 1));
    return this.#mapped.splice(at, 1)[0];
  }

  #remove(what: string): Planned {
    const name = this.#takeMapped();
    if (!name) return this.next();
    this.#removed.push(name);
    return {
      what: `${what}: ${name}`,
      run: (stage) => {
        stage.world.model.lets(name);
        php(stage, `${find(name)} if ( $found ) { $found->delete(); }`);
      },
    };
  }

  #rename(what: string): Planned {
    const old = this.#takeMapped();
    if (!old) return this.next();
    const name = this.#newName();
    return {
      what: `${what}: ${old} ${name}`,
      run: (stage) => {
        stage.world.model.lets(old);
        stage.world.model.asks(name);
        php(
          stage,
          `${find(old)} if ( $found ) { $found->set_domain( '${name}' ); $found->save(); }`,
        );
      },
    };
  }

  #siteCreated(what: string): Planned {
    const name = `site-${++this.#count}.bridge.localhost`;
    this.#sites.push(name);
    return {
      what: `${what}: ${name}`,
      run: (stage) => {
        stage.world.model.asks(name);
        php(
          stage,
          `wpmu_create_blog( '${name}:' . STACK_PORT, '/', 'Site', 1 );`,
        );
      },
    };
  }

  #siteDeleted(what: string): Planned {
    const name = this.#sites.shift();
    if (!name) return this.next();
    return {
      what: `${what}: ${name}`,
      run: (stage) => {
        stage.world.model.lets(name);
        php(
          stage,
          `foreach ( get_sites( array( 'domain' => '${name}' ) ) as $site ) { wp_delete_site( (int) $site->blog_id ); }`,
        );
      },
    };
  }

  #row(what: string, name: string): Planned {
    const planned = sql(
      `${what}: ${name}`,
      `INSERT INTO wp_wu_domain_mappings (blog_id, domain, date_created) VALUES (1, '${name}', UTC_TIMESTAMP())`,
    );
    return {
      ...planned,
      run: (stage) => {
        stage.world.model.asks(name);
        return planned.run(stage);
      },
    };
  }

  #rowGone(what: string): Planned {
    const name = this.#takeMapped();
    if (!name) return this.next();
    const planned = sql(
      `${what}: ${name}`,
      `DELETE FROM wp_wu_domain_mappings WHERE domain = '${name}'`,
    );
    return {
      ...planned,
      run: (stage) => {
        stage.world.model.lets(name);
        return planned.run(stage);
      },
    };
  }

  #inactive(what: string): Planned {
    const name = this.#mapped.at(-1);
    if (!name) return this.next();
    return {
      what: `${what}: ${name}`,
      run: (stage) => {
        php(
          stage,
          `${find(name)} if ( $found ) { $found->set_active( false ); $found->save(); }`,
        );
      },
    };
  }

  #policy(what: string): Planned {
    const policy = this.#random.pick(["always", "never", "main_only"]);
    return {
      what: `${what}: ${policy}`,
      run: (stage) => {
        stage.world.model.letsWww();
        php(
          stage,
          `wu_save_setting( 'auto_create_www_subdomain', '${policy}' );`,
        );
      },
    };
  }
}
