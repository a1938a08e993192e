import axios from "axios";

export interface TransportRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Sends a request as it is and gives status and text back; rejects when there is no answer. */
export type Transport = (
  request: TransportRequest,
) => Promise<{ status: number; body: string }>;

/** A dry run reads the database and ServerPilot, in milliseconds. */
const TIMEOUT_MS = 60_000;

const asItIs = (data: unknown): unknown => data;

/** HTTP without proxies and redirects: the signature is for the sidecar alone. */
export const httpTransport: Transport = async ({
  method,
  url,
  headers,
  body,
}) => {
  const { status, data } = await axios.request<string>({
    method,
    url,
    headers: { ...headers },
    data: body === "" ? undefined : body,
    timeout: TIMEOUT_MS,
    proxy: false,
    maxRedirects: 0,
    responseType: "text",
    transformRequest: [asItIs],
    transformResponse: [asItIs],
    validateStatus: () => true,
  });
  return { status, body: data };
};
