// Removing as a person does it: decided by keyboard, planned, confirmed by a number, taken back; and how it looks to everybody.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import axe from 'axe-core';
import { World, decide, settled, until, visit } from './world.mjs';

const NAME = '<img src=x onerror=alert(1)>.jpg';
const TREE = `
a/beach.jpg        picture=3 size=1200x900 jpeg=92 camera=pixel taken="2020:09:20 13:12:07"
a/beach-small.jpg  picture=3 size=1200x900 fit=320 jpeg=80 describe="<b onmouseover=alert(2)>sunset</b>"
b/hill.jpg         picture=5 size=1200x900 jpeg=92 camera=pixel taken="2019:01:02 03:04:05"
b/hill-copy.jpg    same=b/hill.jpg
c/lake.jpg         picture=7 size=1200x900 jpeg=92
c/lake-copy.jpg    same=c/lake.jpg
`;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** WCAG 2.5.8. CSS pixels. */
const TARGET_LEAST = 24;

/** Every file below a folder, but for trashes: path and bytes. */
function files(folder) {
  const found = {};
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory() && !/lookalike/i.test(entry.name)) Object.assign(found, files(place));
    else if (entry.isFile()) found[place] = fs.readFileSync(place).toString('base64');
  }
  return found;
}

async function world(t) {
  const made = new World(t);
  made.draw(TREE);
  fs.renameSync(path.join(made.photos, 'b/hill-copy.jpg'), path.join(made.photos, 'b', NAME));
  await made.run('scan', made.photos);
  await made.start();
  return made;
}

/** Decides the first two groups of the list, by keyboard alone. */
async function twoGroups(page) {
  await page.keyboard.press('g');
  await page.waitForURL(/\/groups\?state=open$/);
  await settled(page);
  const { groups } = await page.evaluate(async () => (await fetch('/api/v1/groups?state=open')).json());
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/groups\/\d+/);
  await settled(page);
  for (let time = 0; time < 2; time += 1) assert.equal(await decide(page, 'Enter'), 200);
  return groups;
}

/** Makes the plan on its page, which is open. */
async function planned(page) {
  await page.getByRole('button', { name: /^Make (the plan|it anew)$/ }).click();
  await page.getByRole('heading', { name: /would go/ }).waitFor();
  await settled(page);
}

/** Presses a button of the confirmation, and waits until the work has ended. */
const outcome = (page, name) => page.getByRole('heading', { name }).waitFor();

/** Goes from page to page with all that removing shows, and calls `look` on each. */
async function everyPage(t, options, look) {
  const made = await world(t);
  const page = await made.open('/plan', options);
  const to = (address) => visit(page, new URL(address, made.served.url).href);
  await look(page, 'no plan');
  await page.getByLabel(/Also what the rules offer/).check();
  await planned(page);
  await page.locator('.removal').first().waitFor();
  await look(page, 'plan');
  await page.getByLabel(/^Type 3/).fill('4');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'The number is 3' }).waitFor();
  await look(page, 'wrong number');
  await page.getByLabel(/^Type 3/).fill('3');
  await page.keyboard.press('Enter');
  await outcome(page, /3 photos removed/);
  await look(page, 'removed');
  await to('/runs');
  await look(page, 'runs');
  await to('/trash');
  await look(page, 'trash');
  await to('/runs/1');
  await look(page, 'run');
  await page.getByRole('button', { name: /^Bring 3 photos back/ }).click();
  await look(page, 'asked again');
  await page.getByRole('button', { name: /^Press again/ }).click();
  await outcome(page, /3 photos are back/);
  await look(page, 'back');
}

test('two groups decided by keyboard go, outlast a reload, and come back byte for byte', { timeout: 120_000 }, async (t) => {
  const made = await world(t);
  const before = files(made.photos);
  const page = await made.open('/');
  await twoGroups(page);
  await page.keyboard.press('p');
  await page.waitForURL(/\/plan$/);
  await settled(page);
  await page.getByRole('button', { name: 'Make the plan' }).press('Enter');
  await page.getByRole('heading', { name: /^2 photos would go/ }).waitFor();
  await until('the focus on the plan', () => page.evaluate(() => document.activeElement.id === 'plan-title'));
  const { plan } = await made.served.get('plan');
  const { removals } = await made.served.get(`plan/removals?plan=${plan.id}`);
  for (const { carried } of removals) for (const words of carried) await page.getByText(words, { exact: true }).first().waitFor();
  assert.equal(await page.locator('.removal').count(), 2);

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: /plan\.json/ }).click();
  assert.equal(JSON.parse(fs.readFileSync(await (await download).path(), 'utf8')).id, plan.id);

  for (const [typed, words] of [['', 'Type the number of photos'], ['two', 'Type the number of photos'], ['3', 'The number is 2'], ['22', 'The number is 2']]) {
    await page.getByLabel(/^Type 2/).fill(typed);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'photos');
  }
  assert.deepEqual(files(made.photos), before, 'nothing went');
  await page.getByLabel(/^Type 2/).fill('2');
  await page.keyboard.press('Enter');
  await outcome(page, /^2 photos removed/);
  await until('the focus on the outcome', () => page.evaluate(() => document.activeElement.id === 'outcome-title'));
  for (const { photo, keeper } of removals) {
    assert.ok(!fs.existsSync(photo.path), photo.path);
    assert.ok(fs.existsSync(keeper.path), keeper.path);
  }
  assert.equal((await made.served.get('groups?state=')).total, 1, 'the list shows it');

  await page.reload();
  await settled(page);
  await outcome(page, /^2 photos removed/);
  await page.keyboard.press('r');
  await page.waitForURL(/\/runs$/);
  await settled(page);
  await page.getByRole('link', { name: 'Run 1', exact: true }).click();
  await page.waitForURL(/\/runs\/1$/);
  await settled(page);
  const undo = page.getByRole('button', { name: 'Bring 2 photos back' });
  await undo.press('Enter');
  const again = page.getByRole('button', { name: 'Press again to bring 2 photos back' });
  await again.waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await again.count(), 0, 'whoever goes elsewhere did not mean it');
  await undo.press('Enter');
  await again.press('Enter');
  await outcome(page, /^2 photos are back/);
  assert.deepEqual(files(made.photos), before, 'byte for byte');
  assert.equal((await made.served.get('groups?state=')).total, 3);
});

test('a plan that says no longer what was decided is refused with what differs; another tab sees the list change', { timeout: 60_000 }, async (t) => {
  const made = await world(t);
  const before = files(made.photos);
  const page = await made.open('/');
  await twoGroups(page);
  await visit(page, new URL('/plan', made.served.url).href);
  await planned(page);
  const other = await made.tab(page, '/groups?state=');
  assert.equal(await decide(other, 'u'), 200);
  await page.getByText(/Groups changed since this plan was made/).waitFor();
  await page.getByLabel(/^Type 2/).fill('2');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: /the plan is not what the verdicts say now/ }).waitFor();
  assert.deepEqual(files(made.photos), before);
  await planned(page);
  await page.getByLabel(/^Type 1/).fill('1');
  await page.keyboard.press('Enter');
  await outcome(page, /^1 photo removed/);
  await until('a shorter list in the other tab', async () => /^2 groups/.test(await other.locator('#total').textContent()));
});

test('what the terminal removed is told, and its lock is heard', { timeout: 60_000 }, async (t) => {
  const made = await world(t);
  await made.run('remove', '--from-rules', '--yes');
  const page = await made.open('/runs');
  await page.getByRole('link', { name: 'Run 1' }).waitFor();
  await page.getByText(/3 files wait in the trash/).waitFor();
  await page.getByText('lookalike trash empty --older-than 60d').waitFor();
  assert.equal(await page.getByRole('button', { name: /empty/i }).count(), 0, 'emptying is not offered');
  await made.run('undo');
  await page.reload();
  await settled(page);
  await page.getByText(/0 files wait in the trash/).waitFor();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1400, 320]) {
    test(`no barrier where photos are removed, ${colorScheme}, ${width} pixels wide`, { timeout: 120_000 }, async (t) => {
      const problems = [];
      await everyPage(t, { colorScheme, viewport: { width, height: 800 } }, async (page, what) => {
        await settled(page);
        for (const summary of await page.locator('main details:not([open]) > summary').all()) await summary.click();
        if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
        const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), TAGS);
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`);
        const { over, small } = await page.evaluate((least) => {
          const boxOf = (node) => ((node.matches('input[type=checkbox]') && node.closest('label')) || node).getBoundingClientRect();
          const targets = [...document.querySelectorAll('main :is(a[href], button, input, summary)')].filter((node) => node.checkVisibility());
          return {
            over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            small: targets.filter((node) => { const box = boxOf(node); return box.height < least - 0.1 || box.width < least - 0.1; }).map((node) => node.outerHTML.slice(0, 120)),
          };
        }, TARGET_LEAST);
        problems.push(...[...found, ...small.map((words) => `small: ${words}`), ...(over > 0 ? [`${over} px too wide`] : [])].map((words) => `${what}: ${words}`));
        if (process.env.LOOKALIKE_E2E_SHOTS) await page.screenshot({ path: path.join(process.env.LOOKALIKE_E2E_SHOTS, `${what.replaceAll(' ', '-')}-${colorScheme}-${width}.png`), fullPage: true });
      });
      assert.equal(problems.join('\n'), '');
    });
  }
}

test('hostile names and captions stay text where photos are removed', { timeout: 120_000 }, async (t) => {
  const seen = [];
  await everyPage(t, {}, async (page, what) => {
    await settled(page);
    for (const summary of await page.locator('main details:not([open]) > summary').all()) await summary.click();
    const found = await page.evaluate(() => ({ ran, odd: document.querySelectorAll('img[src="x"], [onerror], [onmouseover], main script, main b').length, text: document.body.innerText }));
    assert.deepEqual([found.ran, found.odd], [[], 0], what);
    if (found.text.includes(NAME)) seen.push(what);
    if (what === 'plan') assert.ok(found.text.includes('<b onmouseover=alert(2)>sunset</b>'), found.text);
  });
  assert.deepEqual(['plan', 'trash', 'run'].filter((what) => !seen.includes(what)), [], `seen on ${seen}`);
});
