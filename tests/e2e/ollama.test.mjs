import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ollama, tokensOf } from './lib/server.mjs';

const content = 'Why do bees like city roofs? Answer in two sentences.';
const messages = [{ role: 'user', content }];
const prompt = messages[0].content;

async function anyModel() {
  const { models } = await ollama().list();
  assert.ok(models.length > 0, 'the mock lists a model');
  return models[0].name;
}

// Durations are in nanoseconds; what is left of the total is the server's own overhead.
function checkLast(last, text) {
  assert.equal(last.done, true);
  assert.equal(last.eval_count, tokensOf(text));
  assert.ok(Math.abs(last.prompt_eval_count - tokensOf(prompt)) <= 8, `${last.prompt_eval_count}`);
  assert.ok(last.eval_duration > 0);
  const parts = (last.load_duration ?? 0) + (last.prompt_eval_duration ?? 0) + last.eval_duration;
  assert.ok(parts <= last.total_duration, `${parts} ns in ${last.total_duration} ns`);
  assert.ok(last.total_duration - parts <= 0.1 * last.total_duration + 1e8, 'the parts add up');
  const tokensPerSecond = last.eval_count / (last.eval_duration / 1e9);
  assert.ok(tokensPerSecond > 0.1 && tokensPerSecond < 1e4, `${tokensPerSecond} tokens/s`);
}

async function collect(stream, textOf) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  assert.ok(parts.slice(0, -1).every(({ done }) => done === false), 'only the last line is done');
  return { text: parts.map(textOf).join(''), last: parts.at(-1), lines: parts.length };
}

test('a plain chat answers in one object', async () => {
  const answer = await ollama().chat({ model: await anyModel(), messages });
  assert.equal(answer.message.role, 'assistant');
  assert.equal(answer.done_reason, 'stop');
  checkLast(answer, answer.message.content);
});

test('a streamed chat ends with a line that accounts for it', async () => {
  const stream = await ollama().chat({ model: await anyModel(), messages, stream: true });
  const { text, last, lines } = await collect(stream, ({ message }) => message?.content ?? '');
  assert.ok(lines > 2, 'it comes in pieces');
  assert.equal(last.done_reason, 'stop');
  checkLast(last, text);
});

test('num_predict cuts the answer, which then ends for its length', async () => {
  const answer = await ollama().chat(
    { model: await anyModel(), messages, options: { num_predict: 3 } });
  assert.equal(answer.done_reason, 'length');
  assert.equal(answer.eval_count, 3);
  checkLast(answer, answer.message.content);
});

test('generate answers plain and streamed', async () => {
  const model = await anyModel();
  const plain = await ollama().generate({ model, prompt });
  checkLast(plain, plain.response);
  const stream = await ollama().generate({ model, prompt, stream: true });
  const { text, last } = await collect(stream, ({ response }) => response);
  checkLast(last, text);
});

for (const stream of [false, true]) {
  test(`an unknown model is refused (stream: ${stream})`, async () => {
    await assert.rejects(ollama().chat({ model: 'no-such-model', messages, stream }), (error) => {
      assert.equal(error.status_code, 404);
      assert.match(error.message, /model ['"]no-such-model['"] not found/);
      return true;
    });
  });
}
