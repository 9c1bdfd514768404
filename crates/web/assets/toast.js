// Short messages: a toast for what was done, an alarm for what was not; a later one takes the place of the one before. Both are read aloud.
import { Problem } from './api.js';
import { clean } from './localise.js';
import { t } from './texts.js';

const TOAST_MS = 8000;

/** @param {HTMLElement} place @param {string} words @param {{words: string, run: () => void}} [action] */
function show(place, words, action) {
  const toast = document.createElement('div');
  toast.className = 'toast';
  toast.append(Object.assign(document.createElement('span'), { textContent: words }));
  const close = () => toast.remove();
  const button = (text, run) => {
    const made = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: text });
    made.addEventListener('click', () => { close(); run?.(); });
    toast.append(made);
  };
  if (action) button(action.words, action.run);
  button(t('toast.close'));
  place.replaceChildren(toast);
  return { toast, close };
}

/** Tells what was done. @param {string} words @param {{words: string, run: () => void}} [action] */
export function tell(words, action) {
  const { toast, close } = show(document.getElementById('toasts'), words, action);
  let timer = setTimeout(close, TOAST_MS);
  const wait = () => clearTimeout(timer);
  const go = () => { wait(); timer = setTimeout(close, TOAST_MS); };
  for (const event of ['pointerenter', 'focusin']) toast.addEventListener(event, wait);
  for (const event of ['pointerleave', 'focusout']) toast.addEventListener(event, go);
}

/** Tells what went wrong; stays until it is closed. @param {unknown} error */
export function alarm(error) {
  if (error?.name === 'AbortError') return;
  const words = typeof error === 'string' ? error : describe(error);
  show(document.getElementById('alerts'), words);
}

/** @param {unknown} error @returns {string} */
export function describe(error) {
  if (!(error instanceof Problem)) return t('problem.script', { what: String(error?.message ?? error) });
  if (error.code === 'gone') return t('problem.gone');
  return clean(error.hint ? `${error.message} – ${error.hint}` : error.message);
}
