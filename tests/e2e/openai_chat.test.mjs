import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openai, tokensOf } from './lib/server.mjs';

const messages = [
  { role: 'system', content: 'You write the title of a social post. Answer with the title only.' },
  { role: 'user', content: 'Topic: bees on city roofs, and who looks after them — “küçük arılar”' },
];
const request = { model: 'gpt-4o-mini', messages };

function checkPromptTokens(usage) {
  const asked = tokensOf(messages.map(({ content }) => content).join(''));
  const slack = 4 * messages.length + 1;  // a provider counts a few tokens for each message's role
  assert.ok(Math.abs(usage.prompt_tokens - asked) <= slack,
            `${usage.prompt_tokens} prompt tokens for about ${asked}`);
}

function checkUsage(usage, texts) {
  checkPromptTokens(usage);
  assert.equal(usage.completion_tokens, texts.reduce((sum, text) => sum + tokensOf(text), 0));
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
}

async function collect(stream) {
  const seen = { texts: [], finishes: [], usages: [], roles: [], ids: new Set(), last: undefined };
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    seen.ids.add(chunk.id);
    if (chunk.usage) seen.usages.push({ usage: chunk.usage, choices: chunk.choices.length });
    for (const { index, delta, finish_reason: finish } of chunk.choices) {
      if (delta.role) seen.roles[index] = delta.role;
      seen.texts[index] = (seen.texts[index] ?? '') + (delta.content ?? '');
      if (finish) seen.finishes[index] = finish;
    }
    seen.last = chunk;
  }
  return seen;
}

test('a plain chat answer has one choice that stops, and usage that adds up', async () => {
  const answer = await openai().chat.completions.create(request);
  assert.equal(answer.object, 'chat.completion');
  assert.equal(answer.model, 'gpt-4o-mini');
  assert.match(answer.id, /^chatcmpl-/);
  assert.equal(answer.choices.length, 1);
  const [choice] = answer.choices;
  assert.equal(choice.index, 0);
  assert.equal(choice.message.role, 'assistant');
  assert.ok(choice.message.content.length > 0);
  assert.equal(choice.finish_reason, 'stop');
  checkUsage(answer.usage, [choice.message.content]);
});

for (const limit of ['max_tokens', 'max_completion_tokens']) {
  test(`an answer that reaches ${limit} is cut there and finishes with length`, async () => {
    const answer = await openai().chat.completions.create({ ...request, [limit]: 3 });
    assert.equal(answer.choices[0].finish_reason, 'length');
    assert.equal(answer.usage.completion_tokens, 3);
    checkUsage(answer.usage, [answer.choices[0].message.content]);
  });
}

test('n=2 gives two choices and bills both', async () => {
  const answer = await openai().chat.completions.create({ ...request, n: 2 });
  assert.deepEqual(answer.choices.map(({ index }) => index), [0, 1]);
  assert.deepEqual(answer.choices.map(({ finish_reason: finish }) => finish), ['stop', 'stop']);
  checkUsage(answer.usage, answer.choices.map(({ message }) => message.content));
});

test('a stream without include_usage carries text and a finish reason but no usage', async () => {
  const seen = await collect(await openai().chat.completions.create({ ...request, stream: true }));
  assert.equal(seen.ids.size, 1);
  assert.deepEqual(seen.roles, ['assistant']);
  assert.ok(seen.texts[0].length > 0);
  assert.deepEqual(seen.finishes, ['stop']);
  assert.deepEqual(seen.usages, []);
});

test('a stream with include_usage ends with one chunk of usage and no choices', async () => {
  const seen = await collect(await openai().chat.completions.create(
    { ...request, stream: true, stream_options: { include_usage: true } }));
  assert.equal(seen.usages.length, 1);
  assert.equal(seen.usages[0].choices, 0);
  assert.equal(seen.last.usage, seen.usages[0].usage);
  checkUsage(seen.usages[0].usage, seen.texts);
});

test('a stream that reaches max_tokens finishes with length', async () => {
  const seen = await collect(await openai().chat.completions.create(
    { ...request, stream: true, max_tokens: 3, stream_options: { include_usage: true } }));
  assert.deepEqual(seen.finishes, ['length']);
  assert.equal(seen.usages[0].usage.completion_tokens, 3);
  checkUsage(seen.usages[0].usage, seen.texts);
});

test('a stream with n=2 finishes both choices', async () => {
  const seen = await collect(await openai().chat.completions.create(
    { ...request, n: 2, stream: true, stream_options: { include_usage: true } }));
  assert.deepEqual(seen.finishes, ['stop', 'stop']);
  checkUsage(seen.usages[0].usage, seen.texts);
});

test('the SDK\'s stream helper accepts the stream and its final completion', async () => {
  const stream = openai().chat.completions.stream(
    { ...request, stream_options: { include_usage: true } });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0].finish_reason, 'stop');
  checkUsage(final.usage, [final.choices[0].message.content]);
});

test('the same question in a plain and a streamed call costs the same prompt tokens', async () => {
  const plain = await openai().chat.completions.create(request);
  const seen = await collect(await openai().chat.completions.create(
    { ...request, stream: true, stream_options: { include_usage: true } }));
  assert.equal(seen.usages[0].usage.prompt_tokens, plain.usage.prompt_tokens);
});

test('a client that leaves in mid-stream ends it, and the server serves the next', async () => {
  const client = openai();
  const long = { ...request, model: 'gpt-4o', stream: true };
  const stream = await client.chat.completions.create(long);
  let finish = null;
  for await (const chunk of stream) {  // what had already arrived may still be handed out
    finish ??= chunk.choices[0].finish_reason;
    stream.controller.abort();
  }
  assert.equal(finish ?? null, null, 'the answer was cut off');
  const next = await client.chat.completions.create(request);
  assert.equal(next.choices[0].finish_reason, 'stop');
});
