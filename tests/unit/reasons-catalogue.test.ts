import { currentCatalogue, reasonsAsPhp } from "../php/reasons-catalogue";

test("the plugin's catalogue of reasons is what `npx tsx tests/php/reasons-catalogue.ts` makes of the sidecar's", () => {
  expect(currentCatalogue()).toBe(reasonsAsPhp());
});
