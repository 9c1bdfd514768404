// Whom the page is for: everybody. WCAG 2.2 AA by axe, narrow screens, target sizes, focus that is seen and never lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import { World, compare, decide, pictured, settled, until, visit } from './world.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** WCAG 2.5.8. CSS pixels. */
const TARGET_LEAST = 24;

async function check(page, what, width) {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), TAGS);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join(' | ')}`);
  const { over, small } = await page.evaluate((least) => {
    const boxOf = (node) => {
      const label = node.matches('input[type=checkbox], input[type=radio]') && node.closest('label');
      return (label || node).getBoundingClientRect();
    };
    // A link within a line of text is as high as the line (2.5.8, "inline"); what is hidden from all but the mouse has its equal beside it.
    const isInline = (node) => node.matches('a') && getComputedStyle(node).display === 'inline' && node.closest('p, li, td, th, dd');
    const targets = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=option]')]
      .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('[aria-hidden=true]') && !isInline(node) && !node.matches('[href="#main"]'));
    const shown = targets.map((node) => [node, boxOf(node)]).filter(([, box]) => box.width && box.height);
    return {
      over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      small: shown.filter(([, box]) => box.width < least - 0.1 || box.height < least - 0.1).map(([node, box]) => `${node.outerHTML.slice(0, 120)} ${box.width.toFixed(1)} × ${box.height.toFixed(1)}`),
    };
  }, TARGET_LEAST);
  return [...found, ...small.slice(0, 5).map((words) => `small target: ${words}`), ...(over > 0 ? [`${over} px wider than ${width}`] : [])].map((words) => `${what}: ${words}`);
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1400, 320]) {
    test(`no barrier is found on any page, ${colorScheme}, ${width} pixels wide`, { timeout: 120_000 }, async (t) => {
      const world = World.demo(t);
      const served = await world.start();
      const page = await world.open('/', { colorScheme, viewport: { width, height: 800 } });
      const to = (address) => visit(page, new URL(address, served.url).href);
      const problems = [];
      const look = async (what) => { problems.push(...await check(page, what, width)); };
      await look('overview');
      for (const summary of await page.locator('summary').all()) await summary.click();
      await look('overview with its tables');
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await look('key sheet');
      await to('/groups?state=open');
      await look('list');
      await page.getByText('More filters').click();
      await page.locator('a[data-group]').first().waitFor();
      await look('list with all filters');
      await page.getByRole('button', { name: 'Accept many…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Re-encoded').check();
      await dialog.getByText(/photos in \d+ groups may go/).waitFor();
      await look('accept dialog');
      const { groups } = await served.get('groups?state=open&sort=members');
      await to(`/groups/${groups[0].id}?state=open`);
      for (const mode of ['side', 'overlay', 'swipe', 'flicker', 'difference']) {
        await compare(page, mode);
        await pictured(page);
        await look(`group, ${mode}`);
      }
      await compare(page, 'side');
      await decide(page, 'n');
      await look('group after a decision');
      await to('/parted');
      await page.getByRole('button', { name: 'Take back' }).first().waitFor();
      await look('parted');
      await to('/rules');
      await page.getByRole('button', { name: /down$/ }).first().click();
      await page.getByText(/groups would have another keeper/).waitFor();
      await look('rules');
      await to('/groups/999999');
      await look('a problem');
      assert.equal(problems.join('\n'), '');
    });
  }
}

test('the page of a locked review has no barrier either', async (t) => {
  const world = World.demo(t);
  await world.start();
  const page = await world.open('/');
  await page.context().clearCookies();
  await page.goto(world.served.url.origin);
  assert.deepEqual(await page.evaluate(() => document.querySelector('h1').textContent.length > 0), true);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), TAGS);
  assert.deepEqual(violations.map(({ id }) => id), []);
});

for (const [name, address] of [['overview', '/'], ['list', '/groups?state=open'], ['group', '/groups/FIRST?state=open'], ['rules', '/rules']]) {
  test(`on the ${name} the focus is seen at every step of the Tab key and not covered`, async (t) => {
    const world = World.demo(t);
    const served = await world.start();
    const { groups } = await served.get('groups?state=open');
    const page = await world.open(address.replace('FIRST', groups[0].id));
    const [unseen, met] = [[], new Set()];
    for (let step = 0; step < 70; step += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const node = document.activeElement;
        if (node === document.body) return null;
        const isDrawn = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
        const bearers = [node, node.nextElementSibling, node.closest('label')].filter(Boolean);
        const box = node.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
        const there = document.elementFromPoint(x, y);
        return { words: node.outerHTML.slice(0, 120), isSeen: bearers.some((bearer) => isDrawn(getComputedStyle(bearer))), isCovered: !there || !(node.contains(there) || there.contains(node) || node.closest('label')?.contains(there)) };
      });
      // Behind the last one the browser's own buttons come, then it begins anew.
      if (!found) continue;
      met.add(found.words);
      if (!found.isSeen) unseen.push(`not seen: ${found.words}`);
      if (found.isCovered) unseen.push(`covered: ${found.words}`);
    }
    assert.ok(met.size > 8, `${met.size} places`);
    assert.deepEqual([...new Set(unseen)], []);
  });
}

test('the focus is never lost: by keys, by buttons, in the list, at the end of a dialog', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const { groups } = await served.get('groups?state=open&sort=members');
  const page = await world.open(`/groups/${groups[0].id}?state=open&sort=members`);
  const lost = [];
  const there = async (what) => {
    await settled(page);
    const focus = await page.evaluate(() => ({ isBody: document.activeElement === document.body, isShown: document.activeElement.checkVisibility(), words: document.activeElement.outerHTML.slice(0, 80) }));
    if (focus.isBody || !focus.isShown) lost.push(`${what}: ${focus.words}`);
  };
  const pressed = async (locator, what) => {
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await locator.focus();
    await page.keyboard.press('Enter');
    assert.equal((await answered).status(), 200, what);
    await there(what);
  };
  const card = page.getByRole('article').filter({ visible: true });
  await pressed(card.nth(1).getByRole('button', { name: 'Keep', exact: true }), 'keep');
  await pressed(card.nth(1).getByRole('button', { name: 'Take back' }), 'take back, a button that goes away');
  await pressed(card.nth(1).getByRole('button', { name: 'Make keeper' }), 'another keeper');
  await pressed(page.getByRole('button', { name: /^Undo/ }).first(), 'undo');
  await pressed(card.nth(1).getByRole('button', { name: 'Not the same' }), 'not the same, a card that goes away');
  await pressed(page.getByRole('button', { name: /^(Accept|Keep all) and next/ }), 'accept by its button');
  for (const key of ['Enter', ' ', 'u', 'Shift+U', 'n', 'k']) {
    await page.locator('[role=option][aria-selected=true]').focus();
    await decide(page, key);
    await there(`the key ${key}`);
  }
  await page.keyboard.press('?');
  await page.keyboard.press('Escape');
  await there('after the key sheet');
  await visit(page, new URL('/groups?state=open', served.url).href);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await there('in the list');
  await page.getByRole('button', { name: 'Accept many…' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await there('after the accept dialog');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Accept many/);
  await visit(page, new URL('/parted', served.url).href);
  const times = await page.getByRole('button', { name: 'Take back' }).count();
  for (let time = 0; time < times; time += 1) await pressed(page.getByRole('button', { name: 'Take back' }).first(), `taking back pair ${time + 1} of ${times}`);
  await visit(page, new URL('/rules', served.url).href);
  for (const name of [/^Move .* down$/, /^Move .* up$/, /^Take .* out$/]) {
    const button = page.getByRole('button', { name }).and(page.locator(':enabled')).first();
    await button.focus();
    await page.keyboard.press('Enter');
    await there(`rules, ${name}`);
  }
  await until('a button to apply', () => page.getByRole('button', { name: 'Apply' }).isEnabled());
  await pressed(page.getByRole('button', { name: 'Apply' }), 'rules applied');
  await pressed(page.getByRole('button', { name: 'Back to the usual ones' }), 'the usual rules');
  assert.equal(lost.join('\n'), '');
});

test('single keys can be switched off, and then do nothing', async (t) => {
  const world = World.demo(t);
  const served = await world.start();
  const { groups } = await served.get('groups?state=open');
  const before = await served.list();
  const page = await world.open(`/groups/${groups[0].id}?state=open`);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).getByLabel(/Switch off keys/).check();
  await page.keyboard.press('Escape');
  for (const key of ['1', 'k', 'n', 's', 'u', 'c', 'z', 'g', 'o']) await page.keyboard.press(key);
  await settled(page);
  assert.deepEqual(await served.list(), before);
  assert.ok(page.url().includes(`/groups/${groups[0].id}`));
});
