// Holds what tests/e2e/infer inferred against its recordings. Arguments: the folder they lie in;
// "driven" for the run of the program itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory, what] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'));
const calls = ['agent_profiles', 'chat', 'chat-2', 'chat-3', 'image', 'upload', 'posts'];

if (what === 'driven') {
  const run = read('driven-report');
  assert.equal(run.valid, true, `${run.invalid_reasons}`);
  assert.equal(run.jobs.done, 2);
  for (const stage of calls) {
    assert.equal(run.stages[stage]?.calls, 2, `one call of ${stage} in each job`);
  }
  process.exit(0);
}

const names = (scenario) => Object.keys(scenario.stages).filter((s) => scenario.stages[s].call);
const seconds = (name) => read(name).response_s.mean;
const off = (model, seen) => {
  console.error(`modelled ${model.toFixed(3)} s, recorded ${seen.toFixed(3)} s`);
  return Math.abs(model / seen - 1);
};

// One recording: its parts are the model's medians and add up to its own total, however busy the
// machine was. What may be missing is less than 1% of it (gaps too small for a stage), and the
// median of a sum of lognormals with the spread 0.1 lies less than 1% above the sum of medians.
const alone = read('alone');
assert.deepEqual(names(alone), calls);
assert.equal(alone.order, 'sequential');
assert.ok(off(read('alone-model').response_s.p50, seconds('one-seen')) < 0.02, 'sequential');
assert.equal(read('alone-model').usage.images, 1000);

// What ran side by side has no edge. The maximum of three like times has a median above the largest
// of their medians: the texts are less than a tenth of the job.
const beside = read('beside');
assert.deepEqual(names(beside).sort(), [...calls].sort());
const waits = (name) =>
  [...(beside.stages[name].needs ?? []), ...(beside.stages[name].after ?? [])];
for (const text of ['chat', 'chat-2', 'chat-3']) {
  assert.ok(!waits(text).some((other) => other.startsWith('chat')), `${text} waits for no text`);
}
assert.ok(off(read('beside-model').response_s.p50, seconds('parallel-seen')) < 0.05, 'parallel');

// Three recordings: medians of the parts, so about between the fastest and the slowest job; below
// where a busy machine held up each job in another place.
const all = read('all');
assert.deepEqual(names(all), calls);
assert.ok(all.stages.image.needs.includes('chat'), 'the image is of the prompt');
assert.ok(all.stages.upload.needs.includes('image'), 'what is uploaded is the image');
assert.ok(all.stages.posts.needs.includes('chat-2'), 'the post has the title');
assert.ok(all.stages.posts.needs.includes('chat-3'), 'and the description');
assert.ok(!(all.stages['chat-2'].needs ?? []).includes('chat'), 'the title needs no prompt');
assert.ok(all.stages.image.time.spread !== undefined);
const jobs = ['one-seen', 'two-seen', 'three-seen'].map(seconds);
const model = read('all-model').response_s.p50;
console.error(`modelled ${model.toFixed(3)} s, recorded ${jobs.map((s) => s.toFixed(3))}`);
assert.ok(model > 0.85 * Math.min(...jobs) && model < 1.1 * Math.max(...jobs), 'three jobs');
