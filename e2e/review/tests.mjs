// Runs every test file here, and holds that none was left out: not by a missing file, a skip, or a filter.
import fs from 'node:fs';
import process from 'node:process';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const here = new URL('.', import.meta.url);
const files = fs.readdirSync(here).filter((name) => name.endsWith('.test.mjs')).map((name) => new URL(name, here).pathname);
const FILES = ['access', 'decide', 'list', 'look', 'outside', 'pictures', 'remember'];
const missing = FILES.filter((name) => !files.some((file) => file.endsWith(`/${name}.test.mjs`)));
let [passed, failed, leftOut] = [0, [], [...missing]];
const stream = run({ files, concurrency: Number(process.env.LOOKALIKE_E2E_AT_ONCE ?? 2) });
stream.on('test:pass', ({ name, skip, todo }) => { if (skip !== undefined || todo !== undefined) leftOut.push(name); else passed += 1; });
stream.on('test:fail', ({ name }) => failed.push(name));
stream.on('end', () => {
  console.log(`\n${passed} passed, ${failed.length} failed, ${leftOut.length} left out, in ${Math.round(process.uptime())} s`);
  for (const name of leftOut) console.error(`LEFT OUT: ${name}`);
  process.exitCode = failed.length || leftOut.length || !passed ? 1 : 0;
});
stream.compose(new spec()).pipe(process.stdout);
