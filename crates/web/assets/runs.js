// Runs, one run, and the trash: only undoing needs a script.
import { works } from './work.js';

/** Starts the page. */
export function start() {
  works();
}
