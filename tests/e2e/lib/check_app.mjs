// Holds the JSON reports of tests/e2e/app against what was run. Argument: the folder they lie in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.argv[2];
const read = (name) => JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'));

const stages = ['context', 'image_prompt', 'title', 'description', 'image', 'upload',
  'create_post'];
for (const name of ['sequential', 'parallel']) {
  const run = read(name);
  assert.equal(run.drive, 'app', name);
  assert.equal(run.against, 'mock', name);
  assert.equal(run.valid, true, `${name}: ${run.invalid_reasons}`);
  assert.equal(run.jobs.issued, 8, name);
  assert.equal(run.jobs.done, 8, `${name}: every job made its post`);
  assert.equal(run.usage.images, 8, name);
  for (const stage of stages) {
    assert.equal(run.stages[stage]?.calls, 8, `${name}: one call of ${stage} in each job`);
  }
  assert.ok(run.cpu_s.mean > 0, `${name}: the processes' CPU was measured`);
  assert.ok(run.memory_mb.max > 10, `${name}: the processes' memory was measured`);
}

const { verdict, metrics } = read('compare');
const found = metrics.find(({ name, statistic }) => name === 'response_s' && statistic === 'mean');
assert.ok(found, 'compare reports the response time');
const [low, high] = found.interval;
console.error(`${found.statistic} of response: ${(100 * found.change).toFixed(1)}% ` +
              `[${(100 * low).toFixed(1)}%, ${(100 * high).toFixed(1)}%], verdict ${verdict}`);
assert.ok(low <= found.change && found.change <= high, 'the change lies in its interval');
assert.ok(high < 0, 'the parallel version is faster');
assert.ok(found.change > -0.25, 'and not by more than its program order can explain');
assert.equal(found.verdict, 'improved');
