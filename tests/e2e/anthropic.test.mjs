import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { anthropic, failingUrl, watchingFetch } from './lib/native.mjs';
import { tokensOf } from './lib/server.mjs';

const messages = [{ role: 'user', content: 'Why do bees like city roofs? — “küçük arılar”' }];
const request = { model: 'claude-sonnet-4-6', max_tokens: 2000, messages };
const tools = [{ name: 'look_up', description: 'Looks a bee up.',
                 input_schema: { type: 'object', properties: { text: { type: 'string' } } } }];

const textOf = ({ content }) =>
  content.filter(({ type }) => type === 'text').map(({ text }) => text).join('');

test('a plain message is one block of text, with usage that adds up', async () => {
  const answer = await anthropic().messages.create({ ...request, system: 'Be brief.' });
  assert.match(answer.id, /^msg_/);
  assert.equal(answer.type, 'message');
  assert.equal(answer.role, 'assistant');
  assert.equal(answer.model, request.model);
  assert.deepEqual(answer.content.map(({ type }) => type), ['text']);
  assert.equal(answer.stop_reason, 'end_turn');
  assert.equal(answer.stop_sequence, null);
  assert.equal(answer.usage.output_tokens, tokensOf(textOf(answer)));
  assert.equal(answer.usage.input_tokens, tokensOf(`Be brief.${messages[0].content}`));
  assert.equal(answer.usage.cache_read_input_tokens, 0);
  assert.equal(answer.usage.cache_creation_input_tokens, 0);
});

test('an answer that reaches max_tokens is cut there', async () => {
  const answer = await anthropic().messages.create({ ...request, max_tokens: 3 });
  assert.equal(answer.stop_reason, 'max_tokens');
  assert.equal(answer.usage.output_tokens, 3);
  assert.equal(tokensOf(textOf(answer)), 3);
});

test('a stop sequence that comes up ends the answer before it', async () => {
  const answer = await anthropic().messages.create({ ...request, stop_sequences: ['zebra', '.'] });
  assert.equal(answer.stop_reason, 'stop_sequence');
  assert.equal(answer.stop_sequence, '.');
  assert.ok(!textOf(answer).includes('.'));
});

test('a stream has its events in order and the helper makes the message of them', async () => {
  const stream = anthropic().messages.stream(request);
  const events = [];
  stream.on('streamEvent', (event) => events.push(event));
  const final = await stream.finalMessage();
  assert.equal(events[0].type, 'message_start');
  assert.equal(events.at(-1).type, 'message_stop');
  assert.equal(events.at(-2).type, 'message_delta');
  const deltas = events.filter(({ type }) => type === 'content_block_delta');
  assert.ok(deltas.length > 2, 'it comes in pieces');
  assert.equal(deltas.map(({ delta }) => delta.text).join(''), textOf(final));
  assert.equal(final.stop_reason, 'end_turn');
  assert.equal(final.usage.output_tokens, tokensOf(textOf(final)));
  assert.equal(final.usage.input_tokens, tokensOf(messages[0].content));
});

for (const stream of [false, true]) {
  const ask = async (more) => {
    const client = anthropic().messages;
    const asked = { ...request, ...more };
    return stream ? client.stream(asked).finalMessage() : client.create(asked);
  };

  test(`a tool that must be called is called with an object (stream: ${stream})`, async () => {
    for (const choice of [{ type: 'any' }, { type: 'tool', name: 'look_up' }]) {
      const answer = await ask({ tools, tool_choice: choice });
      assert.equal(answer.stop_reason, 'tool_use');
      const call = answer.content.at(-1);
      assert.equal(call.type, 'tool_use');
      assert.match(call.id, /^toolu_/);
      assert.equal(call.name, 'look_up');
      assert.equal(typeof call.input.text, 'string');
    }
  });

  test(`thinking comes first and is signed (stream: ${stream})`, async () => {
    const answer = await ask({ thinking: { type: 'enabled', budget_tokens: 1024 } });
    assert.deepEqual(answer.content.map(({ type }) => type), ['thinking', 'text']);
    const [{ thinking, signature }, { text }] = answer.content;
    assert.ok(signature.length > 10);
    assert.equal(answer.usage.output_tokens, tokensOf(thinking) + tokensOf(text));
  });
}

test('a conversation with a tool\'s result is understood', async () => {
  const answer = await anthropic().messages.create({ ...request, tools, messages: [
    ...messages,
    { role: 'assistant', content: [
      { type: 'tool_use', id: 'toolu_1', name: 'look_up', input: { text: 'bee' } }] },
    { role: 'user', content: [
      { type: 'tool_result', tool_use_id: 'toolu_1', content: 'A bee is an insect.' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] },
  ] });
  assert.equal(answer.stop_reason, 'end_turn');
});

test('tokens are counted without an answer, as the answer counts them', async () => {
  const counted = await anthropic().messages.countTokens({ model: request.model, messages });
  assert.equal(counted.input_tokens, tokensOf(messages[0].content));
});

test('the models are listed, and each can be retrieved', async () => {
  const ids = [];
  for await (const model of anthropic().models.list()) {
    assert.equal(model.type, 'model');
    ids.push(model.id);
  }
  assert.ok(ids.includes('claude-sonnet-4-6'), ids.join());
  assert.equal((await anthropic().models.retrieve('claude-haiku-4-5')).id, 'claude-haiku-4-5');
  await assert.rejects(anthropic().models.retrieve('no-such-model'), Anthropic.NotFoundError);
});

test('every answer tells limits and request, and has the type of its form', async () => {
  for (const stream of [false, true]) {
    const watched = watchingFetch();
    const client = anthropic({ fetch: watched.fetch });
    const answer = await client.messages.create({ ...request, stream });
    if (stream) for await (const event of answer) assert.ok(event.type);
    const { headers } = watched.attempts[0].response;
    const type = stream ? /^text\/event-stream/ : /^application\/json$/;
    assert.match(headers.get('content-type'), type);
    assert.equal(headers.get('content-encoding'), null);
    assert.match(headers.get('request-id'), /^req_/);
    for (const what of ['requests', 'tokens', 'input-tokens', 'output-tokens']) {
      const limit = Number(headers.get(`anthropic-ratelimit-${what}-limit`));
      const remaining = Number(headers.get(`anthropic-ratelimit-${what}-remaining`));
      assert.ok(limit > 0 && remaining >= 0 && remaining <= limit,
                `${remaining} of ${limit} ${what}`);
      const reset = headers.get(`anthropic-ratelimit-${what}-reset`);
      assert.match(reset, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.ok(Math.abs(Date.parse(reset) - Date.now()) < 120_000, reset);
    }
  }
});

test('what is missing or unknown is told in the provider\'s words', async () => {
  const endless = { model: request.model, messages };
  await assert.rejects(anthropic().messages.create(endless), (error) => {
    assert.ok(error instanceof Anthropic.BadRequestError, `${error}`);
    assert.equal(error.error.error.type, 'invalid_request_error');
    assert.match(error.error.error.message, /^max_tokens: Field required/);
    assert.equal(error.error.request_id, error.headers.get('request-id'));
    return true;
  });
  const unknown = { ...request, model: 'no-such-model' };
  await assert.rejects(anthropic().messages.create(unknown), (error) => {
    assert.ok(error instanceof Anthropic.NotFoundError, `${error}`);
    assert.equal(error.error.error.message, 'model: no-such-model');
    return true;
  });
  const response = await fetch(`${process.env.MOCK_URL}/v1/messages`, {
    method: 'POST', body: JSON.stringify(request),
    headers: { 'content-type': 'application/json' } });
  assert.equal(response.status, 400);
  assert.match((await response.json()).error.message, /anthropic-version/);
});

const failures = {
  400: [Anthropic.BadRequestError, 'invalid_request_error', 1],
  401: [Anthropic.AuthenticationError, 'authentication_error', 1],
  402: [Anthropic.APIError, 'billing_error', 1],
  403: [Anthropic.PermissionDeniedError, 'permission_error', 1],
  404: [Anthropic.NotFoundError, 'not_found_error', 1],
  409: [Anthropic.ConflictError, 'conflict_error', 3],
  413: [Anthropic.APIError, 'request_too_large', 1],
  429: [Anthropic.RateLimitError, 'rate_limit_error', 3],
  500: [Anthropic.InternalServerError, 'api_error', 3],
  504: [Anthropic.InternalServerError, 'timeout_error', 3],
  529: [Anthropic.InternalServerError, 'overloaded_error', 3],
};
for (const [status, [errorClass, type, tries]] of Object.entries(failures)) {
  for (const stream of [false, true]) {
    test(`${status} is a ${type} after ${tries} attempts (stream: ${stream})`, async () => {
      const watched = watchingFetch();
      const client = anthropic({ baseURL: failingUrl(`claude_${status}`), maxRetries: 2,
                                 fetch: watched.fetch });
      await assert.rejects(client.messages.create({ ...request, stream }), (error) => {
        assert.ok(error instanceof errorClass, `${error}`);
        assert.equal(error.status, Number(status));
        assert.equal(error.error.type, 'error');
        assert.equal(error.error.error.type, type);
        return true;
      });
      assert.equal(watched.attempts.length, tries);
      assert.deepEqual(
        watched.attempts.map(({ headers }) => Number(headers.get('x-stainless-retry-count'))),
        [0, 1, 2].slice(0, tries));
    });
  }
}

test('the SDK waits as long as retry-after says', async () => {
  const watched = watchingFetch();
  const client = anthropic({ baseURL: failingUrl('claude_wait'), maxRetries: 2,
                             fetch: watched.fetch });
  await assert.rejects(client.messages.create(request), Anthropic.RateLimitError);
  assert.equal(watched.attempts[0].response.headers.get('retry-after'), '1');
  assert.equal(watched.gaps().length, 2);
  // Its own first wait would be half a second at most.
  for (const gap of watched.gaps()) assert.ok(gap >= 990, `${gap} ms`);
});

test('past the limit calls are refused, and retried until they are served', async () => {
  const watched = watchingFetch();
  const client = anthropic({ baseURL: failingUrl('claude_limited'), maxRetries: 12,
                             fetch: watched.fetch });
  const short = { ...request, max_tokens: 2 };
  const answers = await Promise.all(Array.from({ length: 9 }, () => client.messages.create(short)));
  assert.equal(answers.length, 9);
  const refused = watched.attempts.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0, 'some attempts are refused');
  assert.equal(watched.attempts.length, 9 + refused.length);
  for (const { response } of refused) {
    assert.equal(response.headers.get('anthropic-ratelimit-requests-remaining'), '0');
    assert.ok(Number(response.headers.get('retry-after')) >= 1);
  }
});

test('an error inside a stream is an APIError with its type, and is not retried', async () => {
  const watched = watchingFetch();
  const client = anthropic({ baseURL: failingUrl('claude_error'), maxRetries: 2,
                             fetch: watched.fetch });
  await assert.rejects(client.messages.stream(request).finalMessage(), (error) => {
    assert.ok(error instanceof Anthropic.APIError, `${error}`);
    assert.match(error.message, /overloaded_error/);
    return true;
  });
  assert.equal(watched.attempts.length, 1);
});

for (const how of ['cut', 'truncated']) {
  test(`a stream that is ${how} fails and is not retried`, async () => {
    const watched = watchingFetch();
    const client = anthropic({ baseURL: failingUrl(`claude_${how}`), maxRetries: 2,
                               fetch: watched.fetch });
    await assert.rejects(client.messages.stream(request).finalMessage());
    assert.equal(watched.attempts.length, 1);
  });
}

test('both kinds of keys and every version are taken', async () => {
  for (const options of [{ apiKey: 'mock' }, { apiKey: null, authToken: 'mock' }]) {
    for (const version of ['2023-06-01', '2026-10-21']) {
      const client = anthropic({ ...options, defaultHeaders: { 'anthropic-version': version } });
      assert.equal((await client.messages.create(request)).type, 'message');
    }
  }
});
