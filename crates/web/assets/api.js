// Asks the server. Every failure becomes a Problem with words for people.

/** What went wrong, as the server or the network says. */
export class Problem extends Error {
  /** @param {string} code @param {string} what @param {?string} hint @param {?object} group the group as it stands now, after a conflict */
  constructor(code, what, hint = null, group = null) {
    super(what);
    Object.assign(this, { code, hint, group });
  }
}

/** @param {Response} response @returns {Promise<never>} */
async function fail(response) {
  const answer = await response.json().catch(() => null);
  const error = answer?.error ?? { code: String(response.status), what: response.statusText };
  throw new Problem(error.code, error.what, error.hint, answer?.group);
}

/** @param {string} address @param {RequestInit} options */
async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem('gone', 'gone');
  }
  return response.ok ? response : fail(response);
}

/** @param {string} path below /api/v1/ @param {AbortSignal} [signal] @returns {Promise<any>} */
export const get = async (path, signal) => (await ask(`/api/v1/${path}`, { signal })).json();

/** @param {string} path @param {object|string} body @param {AbortSignal} [signal] */
const send = (path, body, signal) => ask(`/api/v1/${path}`, {
  method: 'POST', signal,
  headers: { 'content-type': 'application/json', 'x-lookalike': '1' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** @param {string} path @param {object|string} body @param {AbortSignal} [signal] @returns {Promise<any>} */
export const post = async (path, body, signal) => (await send(path, body, signal)).json();

/** Calls `each` for every line of JSON, as it comes. @param {string} path @param {object} body @param {(line: any) => void} each @param {AbortSignal} signal */
export async function stream(path, body, each, signal) {
  const reader = (await send(path, body, signal)).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? '')).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line) each(JSON.parse(line));
    if (done) return;
  }
}
