import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { openai, tokensOf } from './lib/server.mjs';

const request = { model: 'gpt-4o-mini', input: 'Name a post about bees on city roofs.' };
const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'],
               additionalProperties: false };
const tools = [{ type: 'function', name: 'weather', parameters: city, strict: true }];

function checkUsage(usage, text) {
  assert.equal(usage.output_tokens, tokensOf(text));
  assert.equal(usage.total_tokens, usage.input_tokens + usage.output_tokens);
}

test('a response has its text, and usage that adds up', async () => {
  const answer = await openai().responses.create(request);
  assert.match(answer.id, /^resp_/);
  assert.equal(answer.status, 'completed');
  assert.ok(answer.output_text.length > 0);
  checkUsage(answer.usage, answer.output_text);
});

test('the same request has the same answer, another one has another', async () => {
  const [first, again, other] = await Promise.all([request, request, { ...request, input: 'Other' }]
    .map((body) => openai().responses.create(body)));
  assert.deepEqual(again, first);
  assert.notEqual(other.output_text, first.output_text);
});

test('the SDK\'s stream helper accepts the events in their order', async () => {
  const stream = openai().responses.stream(request);
  const types = [];
  let text = '';
  for await (const event of stream) {
    types.push(event.type);
    if (event.type === 'response.output_text.delta') text += event.delta;
  }
  const final = await stream.finalResponse();
  assert.equal(final.status, 'completed');
  assert.equal(final.output_text, text);
  checkUsage(final.usage, text);
  assert.deepEqual(types.slice(0, 4), ['response.created', 'response.in_progress',
    'response.output_item.added', 'response.content_part.added']);
  assert.deepEqual(types.slice(-4), ['response.output_text.done', 'response.content_part.done',
    'response.output_item.done', 'response.completed']);
});

test('a function is called, plain and streamed, with arguments of its schema', async () => {
  const body = { ...request, tools, tool_choice: 'required' };
  const [call] = (await openai().responses.create(body)).output;
  assert.equal(call.type, 'function_call');
  assert.equal(typeof JSON.parse(call.arguments).city, 'string');
  const stream = openai().responses.stream(body);
  let pieces = '';
  for await (const event of stream) {
    if (event.type === 'response.function_call_arguments.delta') pieces += event.delta;
  }
  const [streamed] = (await stream.finalResponse()).output;
  assert.equal(streamed.arguments, pieces);
  assert.equal(typeof JSON.parse(pieces).city, 'string');
});

test('a schema is kept to, and a response that is cut is incomplete', async () => {
  const text = { format: { type: 'json_schema', name: 'city', schema: city, strict: true } };
  const whole = await openai().responses.create({ ...request, text });
  assert.deepEqual(Object.keys(JSON.parse(whole.output_text)), ['city']);
  const cut = await openai().responses.create({ ...request, max_output_tokens: 3 });
  assert.equal(cut.status, 'incomplete');
  assert.equal(cut.incomplete_details.reason, 'max_output_tokens');
  assert.equal(cut.usage.output_tokens, 3);
});

test('a model that reasons bills tokens that it does not show', async () => {
  const { usage, output, output_text: text } = await openai().responses.create(
    { ...request, model: 'gpt-5-mini', reasoning: { effort: 'high' } });
  assert.equal(output[0].type, 'reasoning');
  const hidden = usage.output_tokens_details.reasoning_tokens;
  assert.ok(hidden > 0);
  assert.equal(usage.output_tokens, tokensOf(text) + hidden);
});

test('a response is kept, continued, and gone once deleted', async () => {
  const client = openai();
  const { id, output_text: text } = await client.responses.create({ ...request, user: 'kept' });
  assert.equal((await client.responses.retrieve(id)).output_text, text);
  const items = [];
  for await (const item of client.responses.inputItems.list(id)) items.push(item);
  assert.equal(items[0].content[0].text, request.input);
  const next = await client.responses.create({ ...request, previous_response_id: id });
  assert.equal(next.previous_response_id, id);
  await client.responses.delete(id);
  await assert.rejects(client.responses.retrieve(id), OpenAI.NotFoundError);
  await assert.rejects(client.responses.create({ ...request, previous_response_id: id }),
                       OpenAI.BadRequestError);
});

test('one that is not to be stored cannot be retrieved', async () => {
  const { id } = await openai().responses.create({ ...request, store: false, user: 'unkept' });
  await assert.rejects(openai().responses.retrieve(id), OpenAI.NotFoundError);
});

test('a response in the background is queued or in progress, then completed', async () => {
  const client = openai();
  const body = { ...request, background: true };
  const first = await client.responses.create(body);
  assert.equal(first.status, 'queued');
  const second = await client.responses.create(body);
  assert.notEqual(second.id, first.id, 'equal requests are different jobs');
  const seen = new Set();
  let answer;
  do {
    answer = await client.responses.retrieve(first.id);
    seen.add(answer.status);
  } while (['queued', 'in_progress'].includes(answer.status));
  assert.equal(answer.status, 'completed', [...seen].join());
  assert.ok(answer.output_text.length > 0);
  assert.equal(answer.background, true);
  checkUsage(answer.usage, answer.output_text);
});

test('a response in the background can be cancelled, another cannot', async () => {
  const client = openai();
  const { id } = await client.responses.create({ ...request, model: 'o3', background: true });
  assert.equal((await client.responses.cancel(id)).status, 'cancelled');
  assert.equal((await client.responses.retrieve(id)).status, 'cancelled');
  const plain = await client.responses.create({ ...request, user: 'plain' });
  await assert.rejects(client.responses.cancel(plain.id), OpenAI.BadRequestError);
});

test('without input, or of an unknown model, it is refused', async () => {
  await assert.rejects(openai().responses.create({ model: 'gpt-4o' }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, 'input');
    assert.equal(error.code, 'missing_required_parameter');
    return true;
  });
  for (const background of [false, true]) {
    await assert.rejects(openai().responses.create({ model: 'none', input: 'x', background }),
                         OpenAI.NotFoundError);
  }
});
