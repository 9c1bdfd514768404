// The list of groups: of any length, yet only the rows in sight are in the page.
import { get } from './api.js';
import { bulk } from './bulk.js';
import { filters } from './filters.js';
import { onChange } from './history.js';
import { listen } from './keys.js';
import { draw } from './row.js';
import { Rows } from './rows.js';
import { load } from './swap.js';
import { t } from './texts.js';
import { alarm } from './toast.js';

/** Tallest element that all browsers draw truly (Firefox ends at 17.9 million pixels, Chromium at 33). Pixels. */
const HEIGHT_MAX = 12_000_000;
/** Screens kept drawn above and below. */
const AHEAD = 1;
/** For how long it is said that the list changed. */
const TOLD_MS = 6000;

const byId = (id) => document.getElementById(id);
let list, spacer, rows, query;
/** Rows in the page, by place. @type {Map<number, HTMLElement>} */
const drawn = new Map();
/** Pixels of the whole list above what the scroll bar says: not 0 only in lists taller than an element may be. */
let offset = 0;
let lastTop = 0;
/** The place with the focus. */
let current = 0;
/** The place that is to have it once its row is here. @type {?number} */
let awaited = null;

const rowHeight = () => Number.parseFloat(getComputedStyle(list).getPropertyValue('--row-height'));
const whole = () => rows.total * rowHeight();
const tall = () => Math.min(whole(), HEIGHT_MAX);
const top = () => list.scrollTop + offset;

/** Scrolls so that a pixel of the whole list is at the top. */
function scrollToPixel(pixel) {
  spacer.style.height = `${tall()}px`;
  const most = Math.max(whole() - list.clientHeight, 0);
  const wanted = Math.min(Math.max(pixel, 0), most);
  const scrolled = whole() > HEIGHT_MAX ? (wanted / most) * (tall() - list.clientHeight) : wanted;
  lastTop = list.scrollTop = scrolled;
  offset = wanted - list.scrollTop;
  paint();
}

/** In a list that is too tall, long jumps go by share, short ones by pixel; at both ends share and pixel are the same. */
function scrolled() {
  if (whole() > HEIGHT_MAX) {
    const most = tall() - list.clientHeight;
    const isJump = Math.abs(list.scrollTop - lastTop) > list.clientHeight * 2;
    if (isJump || list.scrollTop <= 0 || list.scrollTop >= most - 1) offset = (list.scrollTop / most) * (whole() - list.clientHeight) - list.scrollTop;
  } else offset = 0;
  lastTop = list.scrollTop;
  paint();
}

let painting = 0;
function paint() {
  painting ||= requestAnimationFrame(() => { painting = 0; paintNow(); });
}

function paintNow() {
  const height = rowHeight();
  spacer.style.height = `${tall()}px`;
  const screen = Math.ceil(list.clientHeight / height);
  const first = Math.floor(top() / height);
  const from = Math.max(first - screen * AHEAD, 0);
  const until = Math.min(first + screen * (1 + AHEAD) + 1, rows.total);
  for (const [at, node] of drawn) if ((at < from || at >= until) && !node.contains(document.activeElement)) { node.remove(); drawn.delete(at); }
  for (let at = from; at < until; at += 1) show(at, height);
  rows.want(from, Math.max(until, from + screen));
  keepPlace();
}

/** Draws the row at a place, or an empty one until it is here. */
function show(at, height) {
  const row = rows.row(at);
  let node = drawn.get(at);
  if (!node || (row && node.dataset.version !== `${row.id}:${row.version}`)) {
    const had = node?.contains(document.activeElement);
    const made = document.createElement('div');
    made.className = 'item';
    made.setAttribute('role', 'listitem');
    made.setAttribute('aria-posinset', at + 1);
    if (row) { made.dataset.version = `${row.id}:${row.version}`; made.append(draw(row, query)); } else made.append(Object.assign(document.createElement('span'), { className: 'row waiting', textContent: t('list.loading') }));
    if (node) node.replaceWith(made);
    else insert(made, at);
    node = made;
    drawn.set(at, node);
    if (had) node.querySelector('a')?.focus({ preventScroll: true });
  }
  node.setAttribute('aria-setsize', rows.total);
  node.style.top = `${at * height - offset}px`;
  const link = node.querySelector('a');
  if (link) link.tabIndex = at === current ? 0 : -1;
  if (link && at === awaited) {
    awaited = null;
    if (document.activeElement === document.body) link.focus({ preventScroll: true });
  }
}

/** Keeps rows in the page in their order, which is the order of reading and of the Tab key. */
function insert(node, at) {
  const behind = [...drawn].filter(([other]) => other > at).sort(([a], [b]) => a - b)[0];
  spacer.insertBefore(node, behind?.[1] ?? null);
}

function keepPlace() {
  const at = Math.round(top() / rowHeight());
  const kept = { pixel: top(), current, group: rows.row(current)?.id ?? null, at };
  sessionStorage.setItem(`lookalike.place ${query}`, JSON.stringify(kept));
}

/** Puts the focus on a row. @param {number} at */
function focus(at) {
  if (!rows.total) return;
  current = Math.min(Math.max(at, 0), rows.total - 1);
  const height = rowHeight();
  const pixel = current * height;
  if (pixel < top()) scrollToPixel(pixel);
  else if (pixel + height > top() + list.clientHeight) scrollToPixel(pixel + height - list.clientHeight);
  paintNow();
  drawn.get(current)?.querySelector('a')?.focus({ preventScroll: true });
}

/** Tells how many there are; after a change the rows in sight come anew, and the place stays. */
function came({ isStale }) {
  byId('total').textContent = t('list.total', { count: rows.total });
  byId('empty').hidden = rows.total > 0;
  list.hidden = rows.total === 0;
  byId('bulk').disabled = rows.total === 0;
  if (isStale) tellChanged();
  if (returning) { const back = returning; returning = null; back(); } else paint();
}

function tellChanged() {
  byId('changed').hidden = false;
  setTimeout(() => { byId('changed').hidden = true; }, TOLD_MS);
}

/** Where to scroll to once the length of the list is known. @type {?(() => void)} */
let returning = null;

/** Goes back to where the list was left; after a look at groups, to the one looked at last. */
async function comeBack() {
  const kept = JSON.parse(sessionStorage.getItem(`lookalike.place ${query}`) ?? 'null');
  const looked = sessionStorage.getItem('lookalike.group');
  sessionStorage.removeItem('lookalike.group');
  if (!kept) return;
  let at = kept.current;
  if (looked) {
    try {
      at = (await get(`groups/${looked}/neighbours?${query}`)).at;
    } catch {
      // The group is gone: the place it had is near enough.
    }
  }
  returning = () => {
    current = Math.min(at, Math.max(rows.total - 1, 0));
    scrollToPixel(looked ? Math.max(current * rowHeight() - list.clientHeight / 3, 0) : kept.pixel);
    if (looked) awaited = current;
    paintNow();
  };
}

/** Starts the page. */
export async function start() {
  list = byId('list');
  spacer = list.querySelector('.spacer');
  query = list.dataset.query;
  sessionStorage.setItem('lookalike.list', location.pathname + location.search);
  rows = new Rows(query, came, alarm);
  filters();
  const refresh = () => { rows.forget(); rows.want(Math.floor(top() / rowHeight()), Math.floor(top() / rowHeight()) + 1); };
  bulk(query, refresh);
  onChange(async ({ groups }) => {
    if (!groups) tellChanged();
    await load(location.href);
    refresh();
  });
  list.addEventListener('scroll', scrolled, { passive: true });
  list.addEventListener('focusin', (event) => {
    const at = [...drawn].find(([, node]) => node.contains(event.target))?.[0];
    if (at === undefined || at === current) return;
    current = at;
    paint();
  });
  new ResizeObserver(paint).observe(list);
  listen('list', {
    'next-row': () => focus(document.activeElement?.closest('.item') ? current + 1 : current),
    'previous-row': () => focus(document.activeElement?.closest('.item') ? current - 1 : current),
    'open-row': () => drawn.get(current)?.querySelector('a')?.click(),
  });
  await comeBack();
  // The first rows may have come meanwhile, asked for when the list was laid out.
  if (rows.epoch === null) rows.want(0, 1);
  else came({ isStale: false });
}
