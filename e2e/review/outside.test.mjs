// What comes from outside the page: other programs, other sites, names and texts that are hostile.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { World, compare, decide, groupOf, pictured, settled, until, visit } from './world.mjs';

const TREE = `
a/one.jpg    picture=3 size=1200x900 jpeg=92
a/copy.jpg   same=a/one.jpg
b/two.jpg    picture=5 size=1200x900 jpeg=92
b/small.jpg  picture=5 size=1200x900 fit=320 jpeg=80
`;
const API = JSON.parse(fs.readFileSync(new URL('../../crates/web/openapi.json', import.meta.url), 'utf8'));
const PAGES = ['/', '/groups', '/groups?state=open', '/groups/{asset}', '/parted', '/rules', '/plan', '/runs', '/runs/{run}', '/trash'];
const ASSETS = ['/assets/page.js', '/assets/style.css', '/assets/texts.en.json', '/assets/sprite.svg'];
/** Every route with a method it has. @returns {[string, string][]} */
function routes(group) {
  const fill = (address) => address.replace('{asset}', group.member).replace('{size}', 'small').replace('{run}', '1');
  const api = Object.entries(API.paths).flatMap(([address, methods]) => Object.keys(methods).filter((name) => ['get', 'post'].includes(name)).map((name) => [name.toUpperCase(), address]));
  return [...api, ...[...PAGES, ...ASSETS].map((address) => ['GET', address])].map(([method, address]) => [method, fill(address)]);
}
/** A body that each change would take from its own page. */
async function bodies(served, group) {
  const { version } = (await served.get(`groups/${group.id}`));
  const preview = JSON.parse((await served.ask('POST', '/api/v1/accept/preview', {}, { query: 'state=', relations: ['identical', 'thumbnail'] })).text);
  return {
    [`/api/v1/groups/${group.id}/decide`]: `{"version":${version},"wish":{"kind":"accept"}}`,
    '/api/v1/accept': { query: 'state=', relations: ['identical', 'thumbnail'], token: preview.token },
    '/api/v1/undo': { id: 1 }, '/api/v1/redo': { id: 1 }, '/api/v1/rejoin': { id: 1 }, '/api/v1/rules': { rules: 'path' },
    '/api/v1/plan': { from_rules: true }, '/api/v1/remove': { plan: '0'.repeat(32), photos: 1 }, '/api/v1/work/stop': { id: 1 }, '/api/v1/runs/1/undo': { photos: 1 },
  };
}
async function world(t) {
  const made = await World.tree(t, TREE);
  const served = await made.start();
  const group = await groupOf(served, 'two.jpg');
  assert.equal(group.member, group.id);
  return { made, served, group, state: async () => ({ list: await served.list(), history: await served.get('history'), rules: await served.get('rules'), plan: await served.get('plan'), work: await served.get('work'), runs: await served.get('runs') }) };
}

test('without the token of this start every route is refused, and tells nothing', async (t) => {
  const { served, group } = await world(t);
  const wrong = `${served.cookie.split('=')[0]}=${'0'.repeat(64)}`;
  for (const [method, address] of routes(group)) {
    for (const cookie of [null, wrong, 'lookalike=1']) {
      const { status, text, headers } = await served.ask(method, address, { cookie }, method === 'POST' ? {} : null);
      assert.equal(status, 403, `${method} ${address}`);
      assert.ok(!text.includes('two.jpg'), address);
      assert.equal(headers['set-cookie'], undefined);
    }
  }
  for (const token of ['', '0'.repeat(64), served.url.searchParams.get('token').slice(0, -1)]) assert.equal((await served.ask('GET', `/?token=${token}`, { cookie: null })).status, 403);
  const { headers } = await served.ask('GET', served.url.pathname + served.url.search, { cookie: null });
  assert.match(headers['set-cookie'][0], /HttpOnly/);
  assert.match(headers['set-cookie'][0], /SameSite=Strict/);
  assert.equal(headers.location, '/', 'the token leaves the address');
});

test('another host, another origin, another method are refused on every route', async (t) => {
  const { served, group, state } = await world(t);
  const before = await state();
  const changes = await bodies(served, group);
  for (const [method, address] of routes(group)) {
    const body = method === 'POST' ? changes[address] ?? {} : null;
    for (const host of ['evil.example', `evil.example:${served.url.port}`, '127.0.0.1', `127.0.0.1:${served.url.port}.evil.example`, '127.0.0.1:1']) {
      assert.equal((await served.ask(method, address, { host }, body)).status, 421, `${method} ${address} for ${host}`);
    }
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1', `https://${served.host}`, `http://localhost:${served.url.port}`]) {
      assert.equal((await served.ask(method, address, { origin }, body)).status, 403, `${method} ${address} from ${origin}`);
    }
    for (const site of ['cross-site', 'same-site']) assert.equal((await served.ask(method, address, { 'sec-fetch-site': site }, body)).status, 403, `${method} ${address} ${site}`);
    for (const other of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS', 'PROPFIND']) assert.equal((await served.ask(other, address, { origin: served.url.origin, 'x-lookalike': '1' })).status, 405, `${other} ${address}`);
  }
  for (const [address, body] of Object.entries(changes)) {
    assert.equal((await served.ask('POST', address, { 'x-lookalike': null }, body)).status, 403, `${address} without the page's header`);
    assert.equal((await served.ask('POST', address, { origin: null }, body)).status, 403, `${address} without an origin`);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', null]) {
      assert.equal((await served.ask('POST', address, { 'content-type': type }, body)).status, 415, `${address} as ${type}`);
    }
    assert.ok([404, 405].includes((await served.ask('GET', address)).status) || ['/api/v1/rules', '/api/v1/plan'].includes(address), `GET ${address}`);
  }
  await served.ask('GET', '/api/v1/rules?rules=path');
  assert.deepEqual(await state(), before, 'nothing changed');
  for (const [address, body] of Object.entries(changes).filter(([address]) => address.endsWith('decide'))) assert.equal((await served.ask('POST', address, {}, body)).status, 200, 'the same from the page itself is done');
});

/** Sends lines as they stand; Node's own client would mend them. */
async function raw(served, lines) {
  const socket = net.connect(served.url.port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  socket.on('data', (part) => { answer += part; });
  socket.on('error', () => {});
  await once(socket, 'close');
  return answer;
}

test('addresses that climb or are odd lead nowhere, and odd requests do no harm', async (t) => {
  const { made, served } = await world(t);
  fs.writeFileSync(path.join(made.folder, 'secret.txt'), 'the secret');
  const climbs = ['/pictures/../../../secret.txt', '/pictures/..%2f..%2fsecret.txt/original', '/pictures/%2e%2e/original', '/pictures/1/..%2f..%2f..%2fsecret.txt', '/pictures/1%00/original', '/pictures/-1/original',
    '/pictures/99999999999999999999/original', '/pictures/1e3/original', '/assets/..%2f..%2fsecret.txt', '/assets/../secret.txt', '/assets/%2fetc%2fpasswd', '/assets//etc/passwd', '/groups/..%2f..', '//etc/passwd', '/api/v1/groups/%2e%2e', '/api/v1/../../secret.txt'];
  for (const address of climbs) {
    const answer = await raw(served, [`GET ${address} HTTP/1.1`, `Host: ${served.host}`, `Cookie: ${served.cookie}`, 'Connection: close']);
    assert.match(answer, /^HTTP\/1\.1 4\d\d/, `${address}: ${answer.slice(0, 80)}`);
    assert.ok(!answer.includes('the secret') && !answer.includes('root:'), address);
  }
  const odd = [['GET / HTTP/1.1', 'Connection: close'], ['GET / HTTP/1.1', `Host: ${served.host}`, 'Host: evil.example', 'Connection: close'], [`GET http://evil.example/ HTTP/1.1`, 'Host: evil.example', 'Connection: close'],
    ['nonsense'], [`GET /${'a'.repeat(100_000)} HTTP/1.1`, `Host: ${served.host}`, 'Connection: close'], ['GET / HTTP/1.1', `Host: ${served.host}`, `X: ${'a'.repeat(200_000)}`, 'Connection: close']];
  for (const lines of odd) assert.ok(!/^HTTP\/1\.1 [23]/.test(await raw(served, lines)), lines[0].slice(0, 60));
  for (const body of ['', '{', '[]', 'null', '{"version":1}', `{"version":1,"wish":{"kind":"accept"},"more":1}`, `{"version":1e99,"wish":{"kind":"accept"}}`, `${'['.repeat(100_000)}`]) {
    const { status } = await served.ask('POST', '/api/v1/groups/1/decide', {}, body);
    assert.ok(status >= 400 && status < 500, `${body.slice(0, 40)}: ${status}`);
  }
  assert.equal((await served.ask('POST', '/api/v1/rules/preview', {}, JSON.stringify({ rules: 'a'.repeat(300_000) }))).status, 413);
  assert.equal((await served.ask('GET', '/')).status, 200, 'and it goes on');
});

test('every answer carries the policy that lets nothing of elsewhere run, and files are never sent as pages', async (t) => {
  const { served, group } = await world(t);
  for (const [method, address] of [...routes(group).filter(([method]) => method === 'GET'), ['GET', '/nothing'], ['GET', '/api/v1/nothing'], ['GET', '/assets/nothing']]) {
    const { headers } = await served.ask(method, address);
    const policy = Object.fromEntries(headers['content-security-policy'].split(';').map((part) => { const [name, ...values] = part.trim().split(/\s+/); return [name, values.join(' ')]; }));
    assert.equal(policy['default-src'], "'none'", address);
    assert.equal(policy['script-src'], "'self'", address);
    assert.equal(policy['frame-ancestors'], "'none'", address);
    assert.equal(policy['base-uri'], "'none'", address);
    assert.ok(!/unsafe|\*|https?:/.test(headers['content-security-policy']), address);
    assert.equal(headers['x-content-type-options'], 'nosniff', address);
    assert.equal(headers['referrer-policy'], 'no-referrer', address);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', address);
    assert.equal(headers['access-control-allow-origin'], undefined, address);
  }
});

test('a page of another origin in the same browser changes nothing and reads nothing', { timeout: 60_000 }, async (t) => {
  const { made, served, group, state } = await world(t);
  const changes = await bodies(served, group);
  const before = await state();
  const page = await made.open('/');
  page.notes.isOutside = true;
  const evil = http.createServer((request, response) => { response.setHeader('content-type', 'text/html'); response.end('<!doctype html><title>evil</title><iframe name="sink"></iframe>'); });
  evil.listen(0, '127.0.0.1');
  t.after(() => evil.close());
  await once(evil, 'listening');
  // The same site on another port, to which even a strict cookie is sent, and another site.
  for (const host of ['127.0.0.1', 'localhost']) {
    const other = await page.context().newPage();
    await other.goto(`http://${host}:${evil.address().port}/`);
    for (const [address, body] of Object.entries(changes)) {
      const target = served.url.origin + address;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const results = await other.evaluate(async ([target, text]) => {
        const tried = {};
        const attempt = async (name, options) => { try { const answer = await fetch(target, { credentials: 'include', ...options }); tried[name] = answer.type === 'opaque' ? 'opaque' : answer.status; } catch { tried[name] = 'refused'; } };
        await attempt('no-cors', { method: 'POST', mode: 'no-cors', body: text, headers: { 'content-type': 'text/plain' } });
        await attempt('no-cors JSON', { method: 'POST', mode: 'no-cors', body: new Blob([text], { type: 'application/json' }) });
        await attempt('cors', { method: 'POST', body: text, headers: { 'content-type': 'application/json', 'x-lookalike': '1' } });
        await attempt('read', { method: 'GET' });
        tried.beacon = navigator.sendBeacon(target, new Blob([text], { type: 'text/plain' }));
        return tried;
      }, [target, text]);
      assert.equal(results.cors, 'refused');
      assert.equal(results.read, 'refused');
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
        const answered = other.waitForResponse((response) => response.url() === target && response.request().method() === 'POST');
        await other.evaluate(([target, text, type]) => {
          const form = Object.assign(document.createElement('form'), { method: 'post', action: target, enctype: type });
          const cut = text.indexOf(':') + 1;
          form.append(Object.assign(document.createElement('input'), { name: text.slice(0, cut), value: text.slice(cut) }));
          document.body.append(form);
          form.submit();
        }, [target, text, type]);
        assert.equal((await answered).status(), 403, `${type} to ${address} from ${host}`);
        await other.waitForURL(target);
        await other.goto(`http://${host}:${evil.address().port}/`);
      }
    }
    const loaded = await other.evaluate(async ([origin, asset]) => {
      const load = (tag, props) => new Promise((resolve) => {
        const node = Object.assign(document.createElement(tag), props);
        node.onload = () => resolve(true);
        node.onerror = () => resolve(false);
        document.body.append(node);
      });
      return [await load('img', { src: `${origin}/pictures/${asset}/small` }), await load('script', { src: `${origin}/api/v1/overview` }), await load('script', { src: `${origin}/assets/page.js` })];
    }, [served.url.origin, group.id]);
    assert.deepEqual(loaded, [false, false, false], `from ${host}`);
    const frame = other.frame('sink');
    await other.evaluate((address) => { document.querySelector('iframe').src = address; }, served.url.origin);
    await until('a refused frame', async () => !(await frame.evaluate(() => document.body?.dataset.page ?? null).catch(() => null)));
    assert.ok(!(await frame.content().catch(() => '')).includes('two.jpg'));
    await other.close();
  }
  assert.deepEqual(await state(), before);
  assert.equal((await page.request.get(`${served.url.origin}/api/v1/overview`)).status(), 200, 'the page itself still may');
});

const TAG = '<img src=x onerror=alert(1)>';
const BREAK = '"><script>alert(2)</script>';
const BIDI = 'gpj.\u202eexe\u2066';
const EMOJI = '👩‍👩‍👧‍👦🏳️‍🌈é';
const HOSTILE_NAMES = [`${TAG}.jpg`, `"><svg onload=alert(3)>'.jpg`, `${BIDI}.jpg`, `two\nlines\t${EMOJI}.jpg`, '{{constructor}}${alert(4)}`&lt;b&gt;.jpg'];

/** Writes an export with hostile titles, captions, people and albums. */
function takeout(made) {
  const root = path.join(made.photos, 'export/Takeout/Google Photos');
  made.draw(`t/one.jpg picture=21 size=1200x900 jpeg=92\nt/two.jpg picture=21 size=1200x900 fit=300 jpeg=80\nt/three.jpg picture=23 size=1200x900 jpeg=92\nt/four.jpg picture=23 size=1200x900 fit=300 jpeg=80\n`);
  const year = path.join(root, 'Photos from 2020');
  const albums = [`${TAG} & friends`, BREAK, `${BIDI} album ${EMOJI}`];
  fs.mkdirSync(year, { recursive: true });
  ['one', 'two', 'three', 'four'].forEach((name, at) => {
    const sidecar = { title: `${name}.jpg`, description: [`${TAG}\n${BREAK}`, `javascript:alert(5) ${BIDI}`, BREAK, EMOJI][at], photoTakenTime: { timestamp: String(1_600_000_000 + at), formatted: '' }, creationTime: { timestamp: '1700000000', formatted: '' },
      people: [{ name: `${BREAK}${at}` }], url: `https://photos.google.com/photo/AF1Qip${'x'.repeat(30)}${at}`, googlePhotosOrigin: { webUpload: { computerUpload: {} } } };
    const album = path.join(root, `Album ${at % albums.length}`);
    fs.mkdirSync(album, { recursive: true });
    fs.writeFileSync(path.join(album, 'metadata.json'), JSON.stringify({ title: albums[at % albums.length], description: BREAK, access: 'protected', date: { timestamp: '1600000000', formatted: '' } }));
    for (const folder of [year, album]) {
      fs.copyFileSync(path.join(made.photos, `t/${name}.jpg`), path.join(folder, `${name}.jpg`));
      fs.writeFileSync(path.join(folder, `${name}.jpg.supplemental-metadata.json`), JSON.stringify(sidecar));
    }
  });
  fs.rmSync(path.join(made.photos, 't'), { recursive: true });
  return path.join(made.photos, 'export');
}

test('hostile names, captions, people and albums stay text everywhere, and no script of theirs runs', { timeout: 120_000 }, async (t) => {
  const made = new World(t);
  const folder = path.join(made.photos, 'camera', '<b onmouseover=alert(6)>folder\u202e');
  fs.mkdirSync(folder, { recursive: true });
  HOSTILE_NAMES.forEach((name, at) => {
    made.draw(`x/one.jpg picture=${31 + at * 2} size=1200x900 jpeg=92 describe="${TAG} caption"\nx/two.jpg picture=${31 + at * 2} size=1200x900 fit=300 jpeg=80\n`);
    fs.renameSync(path.join(made.photos, 'x/one.jpg'), path.join(folder, name));
    fs.renameSync(path.join(made.photos, 'x/two.jpg'), path.join(folder, `small ${name}`));
  });
  fs.rmSync(path.join(made.photos, 'x'), { recursive: true });
  const exported = takeout(made);
  await made.run('scan', '--name', `${TAG}${BREAK}`, path.join(made.photos, 'camera'));
  await made.run('scan', exported);
  const served = await made.start();
  const page = await made.open('/');
  const groups = await served.list();
  assert.ok(groups.length >= 7, `${groups.length} groups`);
  const harmless = async (what) => {
    const found = await page.evaluate(() => ({ ran, odd: document.querySelectorAll('img[src="x"], [onerror], [onload], [onmouseover], main script, main b, a[href^="javascript"]').length,
      hidden: (document.body.innerText.match(/[\u202a-\u202e\u2066-\u2069]/g) ?? []).length, title: /[\u202a-\u202e\u2066-\u2069\n]/.test(document.title) }));
    assert.deepEqual(found, { ran: [], odd: 0, hidden: 0, title: false }, what);
  };
  const seen = (text) => until(`the text ${text}`, () => page.evaluate((text) => document.body.innerText.includes(text), text));
  await seen(TAG);
  await harmless('overview');
  await visit(page, new URL('/groups?state=', served.url).href);
  for (const text of [TAG, '<b onmouseover=alert(6)>folder', '⟨U+202E⟩', '{{constructor}}', EMOJI]) await seen(text);
  await harmless('list');
  await page.getByText('More filters').click();
  for (const [label, text] of [['Source', TAG], ['Album', `${TAG} & friends`], ['Album', BREAK]]) {
    const select = page.getByRole('combobox', { name: label, exact: true });
    const option = (await select.locator('option').allTextContents()).find((words) => words.includes(text));
    assert.ok(option, `${label} offers ${text}`);
    await select.selectOption({ label: option });
    await settled(page);
    await until('a filtered list', () => page.evaluate(() => /\d group/.test(document.body.innerText)));
    assert.ok((await page.locator('a[data-group]').count()) >= 1, `${label} ${text} finds its groups`);
    await harmless(`filter ${label}`);
    await visit(page, new URL('/groups?state=', served.url).href);
    await page.locator('details:not([open]) > summary', { hasText: 'More filters' }).click({ timeout: 1000 }).catch(() => {});
  }
  const folderFilter = new URL(`/groups?state=&folder=${encodeURIComponent(BREAK)}`, served.url).href;
  await visit(page, folderFilter);
  assert.equal(await page.getByLabel('Folder or below').inputValue(), BREAK);
  await harmless('a hostile address');
  await visit(page, new URL(`/groups?state=${encodeURIComponent(TAG)}`, served.url).href);
  await harmless('an odd address');
  await visit(page, new URL('/groups?state=', served.url).href);
  await page.getByRole('button', { name: 'Accept many…' }).click();
  await page.getByRole('dialog').getByLabel('Thumbnail').check();
  await page.getByRole('dialog').getByText(/photos in \d+ groups may go/).waitFor();
  assert.ok((await page.getByRole('dialog').innerText()).includes(TAG));
  await harmless('accept dialog');
  await page.getByRole('button', { name: 'Cancel' }).click();
  for (const group of groups) {
    await visit(page, new URL(`/groups/${group.id}?state=`, served.url).href);
    await pictured(page);
    for (const mode of ['overlay', 'difference', 'side']) await compare(page, mode);
    await harmless(`group ${group.members[0].name}`);
  }
  const one = await groupOf(served, 'one.jpg');
  await visit(page, new URL(`/groups/${one.id}?state=`, served.url).href);
  for (const text of [TAG, BREAK, `${TAG} & friends`]) await seen(text);
  assert.ok((await page.getByRole('link', { name: 'Open in Google Photos' }).evaluateAll((links) => links.map((link) => [new URL(link.href).origin, link.rel, link.target]))).every(([origin, rel]) => origin === 'https://photos.google.com' && /noreferrer/.test(rel)));
  const tagged = await groupOf(served, HOSTILE_NAMES[0]);
  await visit(page, new URL(`/groups/${tagged.id}?state=`, served.url).href);
  await seen(`${TAG} caption`);
  assert.equal(await decide(page, 'n'), 200);
  await harmless('a toast');
  await visit(page, new URL('/parted', served.url).href);
  await seen(TAG);
  await harmless('parted');
  await visit(page, new URL('/rules', served.url).href);
  const select = page.getByLabel('Add a rule');
  await select.selectOption(await select.locator('option').evaluateAll((options) => options.find(({ value }) => value.startsWith('path:')).value));
  await page.getByRole('textbox', { name: 'Paths that match' }).fill(BREAK);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await seen(BREAK);
  await harmless('rules');
});
