import { worstOf } from "../../../sidecar/probe/reach-finding";

describe("what is told of several addresses", () => {
  const reached = { kind: "reached" };
  const page = { kind: "not-this-network" };
  const refused = { kind: "unreachable", why: "refused" };
  const noRoute = { kind: "unreachable", why: "no-route" };

  test.each([
    ["all reached", [reached, reached], reached],
    ["one with a page", [reached, page], page],
    ["one refused", [refused, reached], refused],
    ["several bad ones: the first", [reached, page, refused], page],
    ["one that this machine has no way to", [noRoute, reached], reached],
    ["a bad one, and one without a way", [noRoute, page], page],
    ["none but without a way", [noRoute], noRoute],
  ])("is the worst: %s", (_which, findings, worst) => {
    expect(worstOf<{ kind: string; why?: string }>(findings, "reached")).toBe(
      worst,
    );
  });
});
