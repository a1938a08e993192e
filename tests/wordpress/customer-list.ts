import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrations, tablesFor } from "../../sidecar/mysql/schema";
import { sidecarSecret, type Stack } from "../stack/stack";
import { RecordingSidecar, startRecorded } from "./recording-sidecar";

/** The address that names are to point at. */
export const ADDRESS = "203.0.113.10";

/** What the sidecar knows of a name; times in milliseconds since the epoch. */
export interface Known {
  state: string;
  reason?: string;
  dns?: object | null;
  liveSince?: number;
  kind?: string;
  /** 0 ok, 1 waiting, 2 warning, 3 action, 4 critical. */
  severity?: number;
  knownSince?: number;
  endsAt?: number;
}

/** A customer's list of domains on a real WordPress, with the sidecar's tables and a recorder for the sidecar. */
export class CustomerList {
  readonly stack: Stack;
  readonly sidecar: RecordingSidecar;
  /** The site's customer, and a customer of nothing. */
  readonly cookies: Readonly<Record<"owner" | "other", string>>;

  private constructor(
    stack: Stack,
    sidecar: RecordingSidecar,
    cookies: Readonly<Record<"owner" | "other", string>>,
  ) {
    this.stack = stack;
    this.sidecar = sidecar;
    this.cookies = cookies;
  }

  static async start(): Promise<CustomerList> {
    const sidecar = new RecordingSidecar(sidecarSecret);
    const stack = await startRecorded(sidecar);
    for (const step of migrations)
      for (const statement of step(tablesFor("wp_")))
        await stack.mariadb.run(statement, [], stack.database);
    await stack.wordpress.php(`
      update_network_option( null, 'um_double_customers', array( 1 => wpmu_create_user( 'owner', 'password', 'owner@example.com' ) ) );
      wpmu_create_user( 'other', 'password', 'other@example.com' );
      update_network_option( null, 'domain_bridge_address', '${ADDRESS}' );`);
    await writeFile(
      join(stack.wordpress.root, "wp-content/mu-plugins/nonce.php"),
      "<?php add_action( 'init', function () { if ( isset( $_GET['nonce_of'] ) ) { die( wp_create_nonce( $_GET['nonce_of'] ) ); } } );",
    );
    return new CustomerList(stack, sidecar, {
      owner: await stack.wordpress.login("owner"),
      other: await stack.wordpress.login("other"),
    });
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await this.sidecar.stop();
  }

  /** No mapping, nothing known, nothing asked. */
  async clear(): Promise<void> {
    await this.stack.wordpress.php(
      "global $wpdb; $wpdb->query( \"DELETE FROM {$wpdb->base_prefix}wu_domain_mappings\" ); delete_site_transient( 'domain_bridge_checks_' . get_user_by( 'login', 'owner' )->ID ); wp_cache_flush();",
    );
    await this.sql("DELETE FROM wp_domain_bridge_names");
    this.sidecar.answer = "friendly";
    this.sidecar.calls();
  }

  sql(statement: string, values: readonly unknown[] = []): Promise<number> {
    return this.stack.mariadb.run(statement, values, this.stack.database);
  }

  /** Maps a domain to the customer's site; `more` are further columns in PHP. */
  map(domain: string, more = ""): Promise<number> {
    return this.stack.wordpress.php(
      `return wu_create_domain( array( 'domain' => '${domain}', 'blog_id' => 1${more} ) )->get_id();`,
    ) as Promise<number>;
  }

  /** Writes what the sidecar knows of a name. */
  know(
    name: string,
    { dns = null, kind = "mapping", ...known }: Known,
  ): Promise<number> {
    return this.sql(
      `REPLACE INTO wp_domain_bridge_names (name, kind, owned, state, reason, params, changed_at, dns, live_since, severity, known_since, certificate_ends_at)
       VALUES (?, ?, 1, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
      [
        name,
        kind,
        known.state,
        known.reason ?? null,
        JSON.stringify({ name }),
        dns === null ? null : JSON.stringify(dns),
        known.liveSince ?? null,
        known.severity ?? null,
        known.knownSince ?? null,
        known.endsAt ?? null,
      ],
    );
  }

  /** Has the network's public address be another one meanwhile. */
  async withAddress(address: string, run: () => Promise<void>): Promise<void> {
    const set = (value: string) =>
      this.stack.wordpress.php(
        `update_network_option( null, 'domain_bridge_address', '${value}' );`,
      );
    await set(address);
    try {
      await run();
    } finally {
      await set(ADDRESS);
    }
  }

  async page(cookie = this.cookies.owner): Promise<string> {
    return (
      await this.stack.wordpress.request("/?um_double_account=1", { cookie })
    ).body;
  }

  /** The text of the row as a person reads it. */
  async told(): Promise<string> {
    const row = /<span class="domain-bridge-domain.*?<\/span>\s*<\/div>/s.exec(
      await this.page(),
    );
    return (row?.[0] ?? "")
      .replace(/<[^>]+>/g, " ")
      .replace(/&#039;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/\s+/g, " ")
      .trim();
  }

  async nonce(action: string, cookie = this.cookies.owner): Promise<string> {
    const answer = await this.stack.wordpress.request(`/?nonce_of=${action}`, {
      cookie,
    });
    return answer.body;
  }
}
