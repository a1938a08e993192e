import fc from "fast-check";
import { isKnownError } from "../../../sidecar/errors";
import {
  readAction,
  readApp,
  readErrorMessage,
  readServer,
  readWritten,
} from "../../../sidecar/serverpilot/answers";

const canary = "-----BEGIN PRIVATE KEY-----canary";
const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constant(canary));
const anything = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    text,
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.array(tie("any")),
    fc.dictionary(text, tie("any")),
  ),
})).any;
const mostly = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: anything });
/** Answers that have the right fields more often than not. */
const nearly = fc.record({
  actionid: mostly(text),
  data: mostly(
    fc.record({
      id: mostly(text),
      name: mostly(text),
      serverid: mostly(text),
      runtime: mostly(text),
      domains: mostly(fc.array(text)),
      ssl: mostly(
        fc.record({
          key: fc.constant(canary),
          cert: text,
          auto: mostly(fc.boolean()),
          force: mostly(fc.boolean()),
        }),
      ),
      autossl: mostly(
        fc.record({ available: fc.boolean(), domains: fc.array(text) }),
      ),
      status: mostly(fc.constantFrom("open", "success", "error")),
      lastaddress: mostly(text),
    }),
  ),
  error: anything,
});

/** What was read, or the error that says which field is wrong. */
function read<T>(reader: (body: unknown) => T, body: unknown): T | null {
  try {
    return reader(body);
  } catch (error) {
    if (!isKnownError(error)) throw error;
    expect(error.reason).toBe("serverpilot-unreadable");
    expect(JSON.stringify(error.params)).not.toContain(canary);
    return null;
  }
}

test("whatever ServerPilot answers is read completely or refused, and the private key goes no further", () => {
  let understood = 0;
  fc.assert(
    fc.property(fc.oneof(anything, nearly, nearly), (body) => {
      const app = read(readApp, body);
      if (app) {
        understood += 1;
        // A list that was not an array of texts must never count as an empty one.
        const { data } = body as { data: { domains: unknown } };
        expect(app.domains).toEqual(data.domains);
        expect(Object.keys(app.ssl ?? {}).sort()).toEqual(
          app.ssl ? ["auto", "custom", "force"] : [],
        );
      }
      read(readWritten, body);
      const action = read(readAction, body);
      if (action !== null)
        expect(["open", "success", "error"]).toContain(action);
      read(readServer, body);
      expect(typeof readErrorMessage(body)).toBe("string");
    }),
    { numRuns: 1500 },
  );
  expect(understood).toBeGreaterThan(20);
});
