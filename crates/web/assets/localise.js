// Numbers, sizes and moments in the reader's form.

const numbers = new Intl.NumberFormat();
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const wall = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'];

/** @param {number} value @returns {string} */
export const number = (value) => numbers.format(value);

/** @param {number} value @returns {string} a size in steps of a thousand */
export function bytes(value) {
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  const style = { style: 'unit', unit: UNITS[unit], unitDisplay: 'short', minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(undefined, style).format(value);
}

/** @param {string} utc `2019-07-14 12:00:00` @returns {string} the day */
export const day = (utc) => days.format(new Date(`${utc.replace(' ', 'T')}Z`));

/** Returns a text in which what hides is seen; the server does the same (show.rs). @param {string} text @returns {string} */
export const clean = (text) => String(text).replace(
  /[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu,
  (hidden) => ('\n\t'.includes(hidden) ? ' ' : `⟨U+${hidden.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`),
);

/** @param {number} ms @returns {string} `1:02:03` */
export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, at) => (at ? String(part).padStart(2, '0') : part)).join(':');
}

const AS = { number, bytes, duration };

/** Says all values below `root` in the reader's form. @param {ParentNode} root */
export function localise(root) {
  for (const node of root.querySelectorAll('data[data-as]')) node.textContent = AS[node.dataset.as](Number(node.value));
  for (const node of root.querySelectorAll('time[data-seconds]')) {
    const moment = new Date(Number(node.dataset.seconds) * 1000);
    node.dateTime = moment.toISOString();
    node.textContent = moments.format(moment);
  }
  for (const node of root.querySelectorAll('time[datetime]:not([data-seconds])')) {
    const moment = new Date(node.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const offset = node.dataset.offset;
    if (offset === 'local') node.textContent = moments.format(moment);
    else if (offset === undefined) node.textContent = `${wall.format(moment)} UTC`;
    else node.textContent = wall.format(new Date(moment.getTime() + Number(offset) * 60000));
  }
}
