import { startStack } from "./tests/stack/stack";
async function main() {
  const stack = await startStack({ simulator: { latencyMs: 0, domains: ["bridge.localhost"] }, signals: true });
  try {
    console.log(await stack.wordpress.php("return get_network_option( null, 'domain_bridge_registration' );"));
    await stack.wordpress.php("wu_create_domain( array( 'domain' => 'before.example.com', 'blog_id' => 1 ) );");
    await new Promise((r) => setTimeout(r, 9000));
    console.log(stack.simulator.domains());
    console.log(stack.simulator.journal().map((j) => `${j.method} ${j.path} ${j.status}`).slice(0, 20));
    console.log(await stack.wordpress.php("return array( get_network_option( null, 'domain_bridge_away' ), get_network_option( null, 'domain_bridge_registration' ) );"));
    console.log((await stack.sidecar.log()).slice(-6000));
  } finally { await stack.stop(); }
}
void main();
