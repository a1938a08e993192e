import { TransientError } from "../../sidecar/errors";
import {
  createFixture,
  oneEvent,
  otherSecret,
  type SentRequest,
} from "./fixture";

describe("requests that come twice", () => {
  const registration = {
    method: "PUT",
    path: "/v1/networks/default",
    body: {},
  };
  const at = (path: string, body: object): SentRequest => ({
    path: `/v1/networks/default${path}`,
    body,
  });

  test.each<[string, SentRequest]>([
    ["events", at("/events", oneEvent)],
    ["a registration", registration],
    ["a sync", at("/sync", {})],
    ["a check", at("/check", {})],
  ])("are accepted once: %s", async (_what, request) => {
    const { send, network } = createFixture();
    const first = await send({ ...request, id: "msg_twice" });
    expect(first.status).toBeLessThan(300);
    await send({ ...request, id: "msg_twice" }).expect(409);
    expect(network.calls).toHaveLength(1);
  });

  test("are known from the database where they decide something", async () => {
    const { send, network } = createFixture();
    network.claimed.add("msg_before_restart");
    await send({ ...registration, id: "msg_before_restart" }).expect(409);
    expect(network.calls).toEqual([]);
  });

  test("do no harm as dry runs and reads, which need no database", async () => {
    const { send, network } = createFixture();
    for (let time = 0; time < 2; time++) {
      await send({ ...at("/sync", { dryRun: true }), id: "msg_d" }).expect(200);
      await send({
        method: "GET",
        path: "/v1/networks/default/status",
        id: "msg_s",
      }).expect(200);
    }
    expect(network.claimed.size).toBe(0);
  });

  test("are not taken for each other across networks", async () => {
    const { send } = createFixture();
    await send({ body: oneEvent, id: "msg_same" }).expect(202);
    await send({
      path: "/v1/networks/other/events",
      body: oneEvent,
      id: "msg_same",
      secrets: [otherSecret],
    }).expect(202);
  });

  test("are still known when a clock that ran ahead has been caught up with", async () => {
    const { send, clock } = createFixture();
    await send({ body: oneEvent, id: "msg_ahead", late: -299 }).expect(202);
    await clock.advance(598_000);
    await send({ body: oneEvent, id: "msg_ahead", late: 299 }).expect(409);
  });

  test("are refused with 503 while the database that knows them is away", async () => {
    const { send, network } = createFixture();
    network.claimRequest = () =>
      Promise.reject(
        new TransientError("database-unreachable", { code: "ECONNREFUSED" }),
      );
    const response = await send(registration).expect(503);
    expect(response.body).toMatchObject({ code: "database-unreachable" });
    expect(network.calls).toEqual([]);
    // Only a check goes on, because it is what tells a person so, and still but once.
    await send({ ...at("/check", {}), id: "msg_check" }).expect(200);
    await send({ ...at("/check", {}), id: "msg_check" }).expect(409);
  });
});
