// Begins each page: what all have, then its own script.
import { frame } from './frame.js';
import { elsewhere } from './history.js';
import { watch } from './pulse.js';
import { dress } from './swap.js';

const PAGES = {
  overview: () => import('./overview.js'),
  list: () => import('./list.js'),
  group: () => import('./group.js'),
  parted: () => import('./parted.js'),
  rules: () => import('./rules.js'),
  plan: () => import('./plan.js'),
  runs: () => import('./runs.js'),
  run: () => import('./runs.js'),
  missing: () => import('./missing.js'),
};

const { page } = document.body.dataset;
dress(document);
frame(page);
if (PAGES[page]) (await PAGES[page]()).start();
if (page !== 'problem') watch(elsewhere);
document.documentElement.dataset.ready = page;
