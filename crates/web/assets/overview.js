// The overview.

/** Starts the page: whoever comes back out of the browser's memory sees how it stands now. */
export function start() {
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
}
