// Undo and redo, as the server's history has them.
import { post } from './api.js';
import { seen } from './pulse.js';
import { load } from './swap.js';
import { t } from './texts.js';
import { alarm, tell } from './toast.js';
import { working } from './working.js';

/** After so long it is said that it takes a while. */
const SLOW_MS = 400;
let isAtWork = false;

/** What the page does when something changed. @type {(change: {groups?: {id: number}[], asset?: ?number}) => Promise<void>} */
let changed = () => load(location.href);

/** @param {typeof changed} run */
export function onChange(run) {
  changed = run;
}

/** Tells the page that something changed elsewhere. */
export const elsewhere = () => changed({}).catch(alarm);

/** @param {'undo'|'redo'} way @param {?number} [id] the change; the latest where none is named */
export async function change(way, id) {
  const button = document.getElementById(way);
  const number = id ?? button?.dataset.change;
  if (!number) return tell(t(`${way}.nothing`));
  if (isAtWork) return undefined;
  isAtWork = true;
  const words = button.getAttribute('aria-label');
  const asset = button.dataset.asset ? Number(button.dataset.asset) : null;
  const slow = setTimeout(() => tell(t('history.working')), SLOW_MS);
  try {
    const answer = await working(post(way, { id: Number(number) }), tell);
    seen(answer.epoch);
    await changed({ groups: answer.groups, asset });
    tell(t(`${way}.done`, { what: words }));
  } catch (error) {
    alarm(error);
    await changed({}).catch(alarm);
  } finally {
    clearTimeout(slow);
    isAtWork = false;
  }
  return undefined;
}
