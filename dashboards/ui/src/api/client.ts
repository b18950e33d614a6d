// Calls to the daemon. Addresses are relative to the page, so a reverse proxy's prefix works.

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: no answer at all
    message: string,
  ) {
    super(message);
  }
}

export type Params = Record<string, string | number | undefined>;

// Pages live one level below the root ('/logs', '/sluice/logs'), so '.' is the root.
function address(path: string, params: Params): URL {
  const url = new URL(path, new URL('.', location.href));
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

// What the daemon said is wrong: Loki's endpoints answer in plain text, the others in JSON.
async function explain(response: Response): Promise<string> {
  const text = (await response.text()).trim();
  try {
    const body = JSON.parse(text) as { error?: string; message?: string };
    return body.error ?? body.message ?? text;
  } catch {
    return text || `The daemon answered ${response.status} ${response.statusText}.`;
  }
}

export async function getJson<T>(
  path: string,
  params: Params = {},
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address(path, params), {
      signal,
      headers: { Accept: 'application/json' },
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The daemon does not answer. Is sluiced running?');
  }
  if (!response.ok) throw new ApiError(response.status, await explain(response));
  return (await response.json()) as T;
}

export function socketAddress(path: string, params: Params): string {
  const url = address(path, params);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

// For a person; every error on a page goes through here.
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
