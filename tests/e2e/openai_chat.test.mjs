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

// ---- tools, JSON, reasoning

const city = { type: 'object', additionalProperties: false, required: ['city', 'unit', 'days'],
               properties: { city: { type: 'string' }, unit: { enum: ['C', 'F'] },
                             days: { type: 'array', items: { type: 'integer', minimum: 1 } } } };
const tools = [{ type: 'function', function: { name: 'weather', parameters: city } }];

function checkCity(text) {
  const value = JSON.parse(text);
  assert.deepEqual(Object.keys(value).sort(), ['city', 'days', 'unit']);
  assert.equal(typeof value.city, 'string');
  assert.ok(['C', 'F'].includes(value.unit));
  assert.ok(value.days.every((day) => Number.isInteger(day) && day >= 1));
}

for (const [why, more] of Object.entries({
  'tool_choice is required': { tool_choice: 'required' },
  'tool_choice names it': { tool_choice: { type: 'function', function: { name: 'weather' } } },
  'the user names it': { messages: [{ role: 'user', content: 'Ask the weather tool.' }] },
})) {
  test(`a tool is called where ${why}, with arguments of its schema`, async () => {
    const answer = await openai().chat.completions.create({ ...request, tools, ...more });
    const [{ message, finish_reason: finish }] = answer.choices;
    assert.equal(finish, 'tool_calls');
    assert.equal(message.content, null);
    assert.equal(message.tool_calls[0].function.name, 'weather');
    checkCity(message.tool_calls[0].function.arguments);
  });
}

test('a streamed tool call has its name first, and its arguments piece by piece', async () => {
  const stream = await openai().chat.completions.create(
    { ...request, tools, tool_choice: 'required', stream: true });
  const deltas = [];
  let finish;
  for await (const { choices: [choice] } of stream) {
    deltas.push(...(choice.delta.tool_calls ?? []));
    finish = choice.finish_reason ?? finish;
  }
  assert.equal(finish, 'tool_calls');
  assert.ok(deltas.length > 3, 'in pieces');
  assert.match(deltas[0].id, /^call_/);
  assert.deepEqual(deltas[0].function, { name: 'weather', arguments: '' });
  assert.ok(deltas.slice(1).every(({ id, index }) => id === undefined && index === 0));
  checkCity(deltas.map((delta) => delta.function.arguments).join(''));
});

test('after the tool has answered, text comes', async () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } };
  const answer = await openai().chat.completions.create({ ...request, tools, messages: [
    { role: 'user', content: 'Ask weather.' }, { role: 'assistant', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'sunny' }] });
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.ok(answer.choices[0].message.content.length > 0);
});

test('JSON mode gives JSON, a schema one of that schema, plain and streamed', async () => {
  const object = await openai().chat.completions.create(
    { ...request, response_format: { type: 'json_object' } });
  assert.equal(typeof JSON.parse(object.choices[0].message.content), 'object');
  const schema = { ...request, response_format: { type: 'json_schema',
    json_schema: { name: 'city', schema: city, strict: true } } };
  const plain = await openai().chat.completions.create(schema);
  checkCity(plain.choices[0].message.content);
  assert.equal(plain.usage.completion_tokens, tokensOf(plain.choices[0].message.content));
  const seen = await collect(await openai().chat.completions.create({ ...schema, stream: true }));
  checkCity(seen.texts[0]);
});

test('a model that reasons bills tokens that it does not show, less with less effort', async () => {
  const hidden = [];
  for (const effort of ['low', 'high']) {
    const { usage, choices } = await openai().chat.completions.create(
      { ...request, model: 'o4-mini', reasoning_effort: effort });
    hidden.push(usage.completion_tokens_details.reasoning_tokens / usage.completion_tokens);
    assert.equal(usage.completion_tokens, tokensOf(choices[0].message.content) +
                 usage.completion_tokens_details.reasoning_tokens);
  }
  assert.ok(hidden[0] > 0 && hidden[0] < hidden[1], `${hidden}`);
});

test('logprobs come for every token where they are asked for', async () => {
  const { choices: [choice] } = await openai().chat.completions.create(
    { ...request, logprobs: true });
  assert.equal(choice.logprobs.content.map(({ token }) => token).join(''), choice.message.content);
  assert.ok(choice.logprobs.content.every(({ logprob }) => logprob <= 0));
});

test('the same request and seed have the same answer', async () => {
  const [first, again] = [await openai().chat.completions.create(request),
                          await openai().chat.completions.create(request)];
  assert.deepEqual(again, first);
  const seen = await collect(await openai().chat.completions.create({ ...request, stream: true }));
  assert.ok(seen.texts[0].length > 0);
});

test('a prompt longer than the context window is refused in the provider\'s words', async () => {
  const messages = [{ role: 'user', content: 'bees '.repeat(20_000) }];
  const call = openai().chat.completions.create({ model: 'gpt-3.5-turbo', messages });
  await assert.rejects(call, (error) => {
    assert.equal(error.status, 400);
    assert.equal(error.code, 'context_length_exceeded');
    assert.equal(error.param, 'messages');
    assert.match(error.message, /maximum context length is 16385 tokens/);
    return true;
  });
});

test('what is wrong with a request is said with its place', async () => {
  for (const [more, param, code] of [
    [{ messages: undefined }, 'messages', 'missing_required_parameter'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role', 'missing_required_parameter'],
    [{ n: 1000 }, 'n', 'invalid_value'],
    [{ tools, tool_choice: { type: 'function', function: { name: 'other' } } },
     'tool_choice', null],
  ]) {
    await assert.rejects(openai().chat.completions.create({ ...request, ...more }), (error) => {
      assert.equal(error.status, 400, `${error}`);
      assert.equal(error.type, 'invalid_request_error');
      assert.equal(error.param, param);
      assert.equal(error.code, code);
      return true;
    });
  }
});
