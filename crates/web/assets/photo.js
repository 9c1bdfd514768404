// Fetches pictures as blobs, so that a failure brings its reason, and a picture given up ends at the server too.

/** Why there is no picture. */
export class NoPicture extends Error {}

/** Pictures kept in memory; the browser's own cache keeps their bytes. */
const KEPT_MAX = 24;
/** `coarse` says why only the small stored picture is there. @type {Map<string, Promise<{address: string, coarse: ?string}>>} */
const kept = new Map();

const addressOf = (asset, picture, size) => `/pictures/${asset}/${size}?v=${encodeURIComponent(picture)}`;

async function fetchPicture(address) {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) throw new NoPicture((await response.json().catch(() => null))?.why ?? response.statusText);
  return { address: URL.createObjectURL(await response.blob()), coarse: response.headers.get('lookalike-coarse') };
}

/** @param {string|number} asset @param {string} picture its key @param {'small'|'large'|'full'} size */
export function photo(asset, picture, size) {
  const address = addressOf(asset, picture, size);
  const found = kept.get(address) ?? fetchPicture(address);
  kept.delete(address);
  kept.set(address, found);
  found.catch(() => kept.delete(address));
  if (kept.size > KEPT_MAX) {
    const [oldest, gone] = kept.entries().next().value;
    kept.delete(oldest);
    // An image element that shows it keeps its pixels; only the address ends.
    gone.then((old) => setTimeout(() => URL.revokeObjectURL(old.address), 10_000), () => {});
  }
  return found;
}

/** Returns the address of a film or clip, which the browser reads by ranges. @param {string|number} asset @param {string} picture @param {'original'|'clip'} which */
export const film = (asset, picture, which) => addressOf(asset, picture, which);
