import { isKnownError } from "../errors";

/** Whether WordPress has registered; that a constant is missing is another matter, which the pass reports. */
export async function connectable(
  connect: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await refuseUnregistered(connect);
    return true;
  } catch (error) {
    if (isKnownError(error) && error.reason === "network-not-registered")
      return false;
    throw error;
  }
}

/** @throws PermanentError `network-not-registered`; errors of the database. */
export async function refuseUnregistered(
  connect: () => Promise<unknown>,
): Promise<void> {
  try {
    await connect();
  } catch (error) {
    if (!isKnownError(error) || error.reason !== "credentials-missing")
      throw error;
  }
}
