// Questions over HTTPS, and the sentences for what is not answered.

/** Longest time for one request, milliseconds. What is streamed may take longer, as long as something comes. */
const TIMEOUT = 120_000;

/** Answers that a host gives to everybody: its proxy wants a login, it is asked too often, or it does not work. */
const OF_ALL = [407, 429, 502, 503, 504];

/** Failures of a connection that may be gone the next time. */
const BROKEN = /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_.*)$/;

/** Something that another host has cannot be had or brought; the message is for a person. */
export class RemoteError extends Error {
  /** Whether it may be gone the next time. */
  isTransient = false;

  /** Seconds that the host wants to be left alone. */
  retryAfter: number | undefined;
}

/** A host gives nothing at all: the same is true of everything that it has. */
export class HostError extends RemoteError {
  readonly host: string;

  constructor(host: string, message: string) {
    super(message);
    this.host = host;
  }
}

/** A request, and whether its content or its answer is streamed. */
export type Question = RequestInit & { signal: AbortSignal; isStream?: boolean; duplex?: "half" };

/**
 * Asks a host.
 *
 * @throws {RemoteError} when it cannot be reached, or leads to where anybody could answer.
 */
export async function ask(url: string | URL, init: Question): Promise<Response> {
  const response = await asked(url, init);
  if (!isSafe(new URL(response.url))) {
    await response.body?.cancel();
    throw new RemoteError(`${new URL(url).origin} must answer over https://, it leads to ${response.url}`);
  }
  return response;
}

async function asked(url: string | URL, { isStream = false, signal, ...init }: Question): Promise<Response> {
  try {
    const until = isStream ? signal : AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
    return await fetch(url, { ...init, signal: until });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(new URL(url), error);
  }
}

/** Sentence for a connection that could not be made, or broke. */
export function unreachable({ host, origin }: URL, error: unknown): HostError {
  const { message, name, cause } = error as Error & { cause?: Error & { code?: string } };
  const unreached = new HostError(
    host,
    `${origin} cannot be reached (${cause?.code ?? cause?.message ?? message}): HTTPS_PROXY names a proxy, NODE_EXTRA_CA_CERTS a certificate authority of your own`,
  );
  unreached.isTransient = name === "TimeoutError" || BROKEN.test(cause?.code ?? "");
  return unreached;
}

/**
 * The answer, where it is a good one.
 *
 * @param what completes the sentence "… answered".
 */
export async function expectOk(response: Response, what: string): Promise<Response> {
  if (!response.ok) {
    await response.body?.cancel();
    const { status, statusText } = response;
    const answered = `answered ${status} ${statusText}`.trim();
    const { host, origin } = new URL(response.url);
    const refused = OF_ALL.includes(status)
      ? new HostError(host, `${origin} ${answered}`)
      : new RemoteError(`${what} ${answered}`);
    refused.isTransient = status === 429 || status >= 500;
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    refused.retryAfter = Number.isFinite(seconds) ? seconds : undefined;
    throw refused;
  }
  return response;
}

/** A registry on this machine is asked in the clear, as `docker` and `crane` do. */
export const originOf = (host: string): string =>
  `${/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host) ? "http" : "https"}://${host}`;

/** Whether nobody else can answer. */
export const isSafe = (url: URL): boolean => url.protocol === "https:" || url.origin === originOf(url.host);
