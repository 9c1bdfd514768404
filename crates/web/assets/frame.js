// What every page has around its content: theme, keys, history, and words in place of pictures that cannot be shown.
import { change } from './history.js';
import { isSecond, listen } from './keys.js';
import { showSheet } from './sheet.js';
import { t } from './texts.js';
import { tell } from './toast.js';

const THEMES = ['', 'light', 'dark'];

function nextTheme() {
  const root = document.documentElement;
  const theme = THEMES[(THEMES.indexOf(root.dataset.theme ?? '') + 1) % THEMES.length];
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  localStorage.setItem('lookalike.theme', theme);
  tell(t(`theme.${theme || 'system'}`));
}

/** Starts them. @param {string} page */
export function frame(page) {
  document.getElementById('theme').addEventListener('click', nextTheme);
  document.getElementById('keys').addEventListener('click', showSheet);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('#undo, #redo');
    if (button && !isSecond(event)) change(button.id);
  });
  const failed = (image) => image.closest('.thumb')?.classList.add('failed');
  document.addEventListener('error', (event) => event.target instanceof HTMLImageElement && failed(event.target), true);
  for (const image of document.querySelectorAll('.thumb img')) if (image.complete && !image.naturalWidth) failed(image);
  listen(page, {
    undo: () => change('undo'),
    redo: () => change('redo'),
    overview: () => location.assign('/'),
    groups: () => location.assign(sessionStorage.getItem('lookalike.list') ?? '/groups?state=open'),
    plan: () => location.assign('/plan'),
    runs: () => location.assign('/runs'),
    missing: () => location.assign('/missing'),
    sheet: showSheet,
  });
}
