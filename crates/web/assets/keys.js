// The one table of keys: it drives both what they do and the sheet that shows them.

/**
 * @typedef {object} Key
 * @property {string} action name of what is done
 * @property {string[]} keys as `KeyboardEvent.key` says; `Shift+` before where it is needed
 * @property {'all'|'list'|'group'} page where it holds
 * @property {boolean} [decides] whether something is decided by it: held down, it counts once
 */

/** @type {Key[]} */
export const KEYS = [
  { action: 'next-row', keys: ['j', 'ArrowDown'], page: 'list' },
  { action: 'previous-row', keys: ['k', 'ArrowUp'], page: 'list' },
  { action: 'open-row', keys: ['Enter'], page: 'list' },
  { action: 'previous-picture', keys: ['h', 'ArrowLeft'], page: 'group' },
  { action: 'next-picture', keys: ['l', 'ArrowRight'], page: 'group' },
  { action: 'next-group', keys: ['j', 'ArrowDown'], page: 'group' },
  { action: 'previous-group', keys: ['Shift+J', 'ArrowUp'], page: 'group' },
  { action: 'toggle', keys: [' '], page: 'group', decides: true },
  { action: 'toggle-nth', keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], page: 'group', decides: true },
  { action: 'keep', keys: ['k'], page: 'group', decides: true },
  { action: 'make-keeper', keys: ['m'], page: 'group', decides: true },
  { action: 'not-the-same', keys: ['n'], page: 'group', decides: true },
  { action: 'accept', keys: ['Enter'], page: 'group', decides: true },
  { action: 'skip', keys: ['s'], page: 'group', decides: true },
  { action: 'mode', keys: ['c'], page: 'group' },
  { action: 'zoom-one', keys: ['z'], page: 'group' },
  { action: 'zoom-in', keys: ['+', '='], page: 'group' },
  { action: 'zoom-out', keys: ['-'], page: 'group' },
  { action: 'zoom-fit', keys: ['0'], page: 'group' },
  { action: 'undo', keys: ['u'], page: 'all', decides: true },
  { action: 'redo', keys: ['Shift+U'], page: 'all', decides: true },
  { action: 'overview', keys: ['o'], page: 'all' },
  { action: 'groups', keys: ['g'], page: 'all' },
  { action: 'plan', keys: ['p'], page: 'all' },
  { action: 'runs', keys: ['r'], page: 'all' },
  { action: 'missing', keys: ['x'], page: 'all' },
  { action: 'sheet', keys: ['?'], page: 'all' },
];

/** Letters and figures can be switched off, for those whose voice or hand types them unmeant. */
const OFF = 'lookalike.keys-off';
export const areOff = () => localStorage.getItem(OFF) === '1';
/** @param {boolean} off */
export const switchOff = (off) => localStorage.setItem(OFF, off ? '1' : '');

const FIELDS = 'input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]';
/** What has keys of its own for Space and Enter. */
const PRESSED = 'a[href], button, input, select, summary, video';
/** What has arrow keys of its own. */
const MOVED = 'input, select, video, .scroll';

/** Tells whether the key belongs to what has the focus. @param {KeyboardEvent} event */
function isTaken(event) {
  const focus = event.target instanceof Element ? event.target : document.body;
  if (focus.closest(FIELDS) || document.querySelector('dialog[open]')) return true;
  if ([' ', 'Enter'].includes(event.key)) return !!focus.closest(PRESSED);
  return event.key.startsWith('Arrow') && !!focus.closest(MOVED);
}

/** @param {KeyboardEvent} event */
const nameOf = (event) => (event.shiftKey && /^\p{L}$/u.test(event.key) ? `Shift+${event.key.toUpperCase()}` : event.key);

/** Tells the second click of a double click, which was not meant for what stands there since the first. @param {MouseEvent} event */
export const isSecond = (event) => event.detail > 1;

/**
 * Listens for the keys of a page. An action gets the key; one that returns `false` leaves the key to the browser.
 * @param {string} page @param {Record<string, (key: string) => unknown>} actions
 */
export function listen(page, actions) {
  document.addEventListener('keydown', (event) => {
    // A button that is held down is pressed once.
    if (event.repeat && event.key === 'Enter' && event.target instanceof Element && event.target.closest('button, summary')) event.preventDefault();
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTaken(event)) return;
    if (areOff() && event.key.length === 1 && event.key !== ' ' && event.key !== '?') return;
    const name = nameOf(event);
    const found = KEYS.find((key) => (key.page === page || key.page === 'all') && key.keys.includes(name) && actions[key.action]);
    const isHeld = event.repeat && found?.decides;
    if (isHeld) event.preventDefault();
    else if (found && actions[found.action](event.key) !== false) event.preventDefault();
  });
}
