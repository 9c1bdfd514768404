// Runs every test file here, and holds that none was left out: not by a missing file, a skip, or a filter.
import fs from 'node:fs';
import process from 'node:process';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const here = new URL('.', import.meta.url);
const files = fs.readdirSync(here).filter((name) => name.endsWith('.test.mjs')).map((name) => new URL(name, here).pathname);
const FILES = ['access', 'decide', 'list', 'look', 'outside', 'missing', 'pictures', 'remember', 'remove'];
const missing = FILES.filter((name) => !files.some((file) => file.endsWith(`/${name}.test.mjs`)));
/** Most tests that are tried once more: a browser on a busy machine may be late once. More failures are no chance. */
const AGAIN_MAX = 2;
let [passed, failed, leftOut] = [0, [], [...missing]];

/** Runs test files; calls `met` with each test of the first level and how it ended. */
function go(options, met) {
  return new Promise((resolve) => {
    const stream = run(options);
    stream.on('test:pass', (test) => test.nesting === 0 && met(test, test.skip !== undefined || test.todo !== undefined ? 'left out' : 'passed'));
    stream.on('test:fail', (test) => test.nesting === 0 && met(test, 'failed'));
    stream.on('end', resolve);
    stream.compose(new spec()).pipe(process.stdout, { end: false });
  });
}

await go({ files, concurrency: Number(process.env.LOOKALIKE_E2E_AT_ONCE ?? 2) }, ({ name, file }, end) => {
  if (end === 'passed') passed += 1;
  else if (end === 'failed') failed.push({ name, file });
  else leftOut.push(name);
});
if (failed.length && failed.length <= AGAIN_MAX) {
  const wanted = new Set(failed.map(({ name }) => name));
  const testNamePatterns = [...wanted].map((name) => new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`));
  await go({ files: [...new Set(failed.map(({ file }) => file))], concurrency: 1, testNamePatterns }, ({ name }, end) => {
    if (end !== 'passed' || !wanted.has(name)) return;
    console.log(`PASSED AT THE SECOND TRY ONLY: ${name}`);
    failed = failed.filter((one) => one.name !== name);
    passed += 1;
  });
}
console.log(`\n${passed} passed, ${failed.length} failed, ${leftOut.length} left out, in ${Math.round(process.uptime())} s`);
for (const name of leftOut) console.error(`LEFT OUT: ${name}`);
process.exitCode = failed.length || leftOut.length || !passed ? 1 : 0;
