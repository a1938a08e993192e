import { Router } from "express";
import { openApiDocument } from "./openapi";
import { methodNotAllowed } from "./refusal";

/** `/openapi.json`: what the sidecar can be asked and what it answers. It holds nothing that is secret. */
export function documentRouter(version: string): Router {
  let document: unknown;
  const router = Router();
  router.get("/openapi.json", (_request, response) => {
    document ??= openApiDocument(version);
    response.json(document);
  });
  router.all("/openapi.json", ({ method }) => {
    throw methodNotAllowed(method, "GET, HEAD");
  });
  return router;
}
