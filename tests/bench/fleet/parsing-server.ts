import express from "express";

/** The least that a server for events can do with express: parse the JSON. Its port is the argument. */
const app = express();
app.use(express.json());
app.post("/v1/networks/:id/events", (request, response) => {
  const { events } = request.body as { events: unknown[] };
  response.status(202).json({ accepted: events.length });
});
app.get("/readyz", (_request, response) => {
  response.json({ ok: true });
});
app.listen(Number(process.argv[2]), "127.0.0.1");
