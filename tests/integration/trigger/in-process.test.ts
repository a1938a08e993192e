import { createInProcessTrigger } from "../../../sidecar/trigger/in-process";
import { itConforms } from "./conformance";

describe("the trigger within one process", () => {
  itConforms(() => createInProcessTrigger(2));
});
