// The worst texts that a scenario, a provider or a model could send, in every format, through the
// readers of other tools: `test_reports` writes them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readOpenMetrics, renderMarkdown, validateJunit, without } from './readers.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'rehearse-hostile-'));
before(() => {
  execFileSync(process.env.TEST_REPORTS,
    ['every format is written out with the worst texts there are'],
    { env: { ...process.env, REHEARSE_HOSTILE: scratch }, stdio: 'pipe' });
});
after(() => rmSync(scratch, { recursive: true, force: true }));

// The texts of one format; those of studies for which it has no place are empty.
function texts(ending) {
  const found = readdirSync(scratch).filter((name) => /^\d+\./.test(name) &&
    name.replace(/^\d+/, '') === ending)
    .map((name) => readFileSync(join(scratch, name), 'utf8')).filter((text) => text.length > 0);
  assert.ok(found.length >= 2, ending);
  return found;
}

test('prometheus_client gets hostile labels back letter by letter', { skip: without.prometheus },
  () => {
    let whole = 0;
    for (const text of texts('.prom')) {
      const families = readOpenMetrics(text);
      const labels = Object.values(families).flatMap((each) => each.samples)
        .map(([, each]) => each.scenario);
      whole += labels.filter((each) => each.includes('"x"') && each.includes("calc'!A0")).length;
      assert.ok(Object.keys(families).every((name) => name.startsWith('rehearse_')));
    }
    assert.ok(whole > 100, `${whole} labels`);
  });

test('hostile JUnit is XML that fits the schema', { skip: without.xmllint }, () => {
  for (const text of texts('.xml')) validateJunit(text);
});

// Text between tags, and the tags themselves.
const tags = (html) => [...html.matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)];

test("no hostile Markdown becomes an element, a link or an image in GitHub's renderer",
  { skip: without.cmark }, () => {
    const ours = new Set(['h2', 'h3', 'p', 'br', 'strong', 'table', 'thead', 'tbody', 'tr', 'th',
      'td', 'ul', 'li', 'details', 'summary', 'pre', 'code', 'em']);
    for (const text of texts('.md')) {
      const html = renderMarkdown(text);
      for (const [whole, name, rest] of tags(html)) {
        assert.ok(ours.has(name), whole);
        assert.match(rest, /^( align="(left|right)"| class="language-mermaid"| \/)?$/, whole);
      }
      assert.doesNotMatch(html, /<!--/);
      // Rows keep their cells: no text ends one.
      for (const table of html.matchAll(/<table>(.*?)<\/table>/gs)) {
        const widths = [...table[1].matchAll(/<tr>(.*?)<\/tr>/gs)]
          .map((row) => row[1].match(/<t[hd]/g).length);
        assert.equal(new Set(widths).size, 1);
      }
      assert.equal((html.match(/<table>/g) ?? []).length,
        (text.match(/^\| ?:?---/gm) ?? []).length);
    }
  });

test('hostile JSON of other tools is JSON, with no control character in any name', () => {
  for (const ending of ['.k6.json', '.benchmark.json', '.bmf.json']) {
    for (const text of texts(ending)) {
      JSON.parse(text, (key, value) => {
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(key, /[\u0000-\u001f\u202e]/);
        if (typeof value === 'string') assert.doesNotMatch(value, /[\u0000-\u001f\u202e]/);
        return value;
      });
    }
  }
});

// RFC 4180: quoted cells with doubled quotes; a spreadsheet takes no cell for a formula.
test('hostile CSV has its columns, and no cell that a spreadsheet would run', () => {
  let full = 0;
  for (const text of texts('.csv')) {
    const rows = [[]];
    const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g;
    for (const [, quoted, plain, end] of text.matchAll(cells)) {
      const cell = quoted?.replaceAll('""', '"') ?? plain;
      rows.at(-1).push(cell);
      if (end === '\r\n') rows.push([]);
      if (!/^-?[0-9.]/.test(cell)) assert.doesNotMatch(cell, /^[=+@\t\r-]/, cell);
    }
    full += rows.filter((row) => row.length > 1).length;
  }
  assert.ok(full > 50);
});
