// What one source has and another has not: chosen, searched, looked at, left missing on purpose and taken back; and how it looks to everybody.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import axe from 'axe-core';
import { World, settled, until, visit } from './world.mjs';

const NAME = '"><img src=x onerror=alert(1)>.jpg';
const TREE = `
phone/beach.jpg  picture=3 size=1200x900 jpeg=92 camera=pixel taken="2020:09:20 13:12:07"
phone/hill.jpg   picture=5 size=1200x900 jpeg=92
phone/lake.jpg   picture=7 size=1200x900 jpeg=92
disk/beach.jpg   same=phone/beach.jpg
disk/hill.jpg    picture=5 size=1200x900 fit=300 jpeg=80
`;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function world(t) {
  const made = new World(t);
  made.draw(TREE);
  fs.renameSync(path.join(made.photos, 'phone/lake.jpg'), path.join(made.photos, 'phone', NAME));
  for (const name of ['phone', 'disk']) await made.run('scan', '--name', name, path.join(made.photos, name));
  return made;
}

/** Chooses both sides and looks. */
async function searched(page) {
  await page.getByRole('group', { name: 'Photos of' }).getByLabel('phone').check();
  await page.getByRole('group', { name: 'that are not in' }).getByLabel('disk').check();
  await page.getByRole('button', { name: 'Look for them' }).press('Enter');
  await page.getByRole('heading', { name: /^1 photo is missing/ }).waitFor();
  await settled(page);
}

test('what is missing is found, left on purpose, and taken back', { timeout: 60_000 }, async (t) => {
  const made = await world(t);
  const page = await made.open('/');
  await page.keyboard.press('x');
  await page.waitForURL(/\/missing$/);
  await settled(page);
  await page.getByRole('button', { name: 'Look for them' }).click();
  await page.getByRole('alert').filter({ hasText: 'at least one source on each side' }).waitFor();
  await searched(page);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'found-title');
  assert.equal(await page.getByRole('listitem').filter({ hasText: NAME }).count(), 1);
  assert.deepEqual(await page.evaluate(() => [ran, document.querySelectorAll('[onerror], img[src="x"]').length]), [[], 0]);
  await page.getByLabel('Also what is there only in part').check();
  await page.getByRole('listitem').filter({ hasText: 'hill.jpg' }).waitFor();
  await page.getByText('2 photos', { exact: true }).waitFor();

  await page.getByRole('button', { name: /^Leave it missing: .*onerror/ }).press('Enter');
  const back = page.getByRole('button', { name: /^Take back/ });
  await back.waitFor();
  assert.equal(JSON.parse(await made.run('missing', '--in', 'phone', '--but-not-in', 'disk', '--json')).sums.ignored, 1, 'the terminal knows it');
  await page.reload();
  await settled(page);
  assert.equal(await page.getByRole('listitem').filter({ hasText: NAME }).count(), 0, 'and it is not told again');
  await page.getByLabel('Also what is left on purpose').check();
  await back.press('Enter');
  await until('it is told again', async () => JSON.parse(await made.run('missing', '--in', 'phone', '--but-not-in', 'disk', '--json')).sums.ignored === 0);
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1400, 320]) {
    test(`no barrier where photos are missing, ${colorScheme}, ${width} pixels wide`, { timeout: 60_000 }, async (t) => {
      const made = await world(t);
      const page = await made.open('/missing', { colorScheme, viewport: { width, height: 800 } });
      const problems = [];
      const look = async (what) => {
        await settled(page);
        if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
        const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), TAGS);
        problems.push(...violations.map(({ id, nodes }) => `${what}: ${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].any[0]?.message ?? ''}`));
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) problems.push(`${what}: ${over} px too wide`);
        if (process.env.LOOKALIKE_E2E_SHOTS) await page.screenshot({ path: path.join(process.env.LOOKALIKE_E2E_SHOTS, `missing-${what}-${colorScheme}-${width}.png`), fullPage: true });
      };
      await look('nothing');
      await searched(page);
      await page.getByLabel('Also what is there only in part').check();
      await page.getByRole('listitem').filter({ hasText: 'hill.jpg' }).waitFor();
      await look('found');
      assert.equal(problems.join('\n'), '');
    });
  }
}

test('with one source nothing can be looked for, and an unknown one is refused', { timeout: 60_000 }, async (t) => {
  const made = await World.tree(t, TREE);
  const served = await made.start();
  const page = await made.open('/missing');
  await page.getByText(/This needs two sources/).waitFor();
  await visit(page, new URL('/missing', served.url).href);
  for (const [body, status] of [[{ from: [], but_not_in: ['a'], originals: false }, 400], [{ from: ['a'], but_not_in: ['a'], originals: false }, 400]]) {
    assert.equal((await served.ask('POST', '/api/v1/missing', {}, body)).status, status);
  }
});
