import { until } from "../until";
import { withWww, type Scenario } from "./scene";

/** A domain whose DNS points elsewhere, until its owner mends it. */
export const mendedDns: Scenario = {
  title: "DNS that points elsewhere, then mended",
  async run(scene) {
    const { simulator, wordpress, mariadb } = scene.stack;
    simulator.setDns("late.example.com", { a: ["203.0.113.7"] });
    simulator.setDns("www.late.example.com", { a: ["203.0.113.7"] });
    await scene.map(["late.example.com"]);
    await scene.appBecomes(
      "after mapping late.example.com",
      withWww("late.example.com"),
    );
    const nameNow = async () =>
      (await scene.status()).names.find(
        ({ name }) => name === "late.example.com",
      );
    const wrong = await until("the reason", async () => {
      const late = await nameNow();
      return late?.reason === "dns-elsewhere" && late;
    }).catch(nameNow);
    scene.tell(
      wrong?.reason === "dns-elsewhere",
      "it is said where the DNS points",
      wrong?.message ?? "nothing",
    );
    simulator.pointAtServer("late.example.com", "www.late.example.com");
    const stage = async () =>
      (
        await mariadb.rows<{ stage: string; secure: number }>(
          "SELECT stage, secure FROM wordpress.wp_wu_domain_mappings WHERE domain = 'late.example.com'",
        )
      )[0];
    await until(
      "done in WordPress",
      async () => (await stage())?.stage === "done",
      20,
    ).catch(() => undefined);
    await wordpress.cron();
    const after = await stage();
    scene.tell(
      after?.stage === "done" && after.secure === 1,
      "after the DNS was mended the mapping is done and secure in WordPress",
      `${after?.stage}, secure = ${after?.secure}`,
    );
    const { app } = await scene.status();
    scene.tell(
      app?.autossl?.enabled === true,
      "AutoSSL is enabled",
      String(app?.autossl?.enabled),
    );
  },
};
