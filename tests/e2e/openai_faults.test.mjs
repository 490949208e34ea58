// Every error status and broken answer of faulty.json, as the SDK meets it, plain and streamed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { countingFetch, faultyUrl, openai, openaiAt } from './lib/server.mjs';

const messages = [{ role: 'user', content: 'Say hello.' }];
const model = 'gpt-4o-mini';
const failing = (name, options) => openaiAt(`${faultyUrl()}/${name}`, options);
const statuses = [
  [400, OpenAI.BadRequestError, 'content_policy_violation', 'invalid_request_error', 1],
  [401, OpenAI.AuthenticationError, 'invalid_api_key', 'invalid_request_error', 1],
  [403, OpenAI.PermissionDeniedError, 'unsupported_country_region_territory',
   'request_forbidden', 1],
  [404, OpenAI.NotFoundError, 'model_not_found', 'invalid_request_error', 1],
  [409, OpenAI.ConflictError, null, 'invalid_request_error', 2],
  [413, OpenAI.APIError, null, 'server_error', 1],
  [422, OpenAI.UnprocessableEntityError, null, 'invalid_request_error', 1],
  [429, OpenAI.RateLimitError, 'rate_limit_exceeded', 'requests', 2],
  [500, OpenAI.InternalServerError, 'server_error', 'server_error', 2],
  [502, OpenAI.InternalServerError, 'server_error', 'server_error', 2],
  [503, OpenAI.InternalServerError, 'service_unavailable', 'server_error', 2],
];

const words = {
  403: /Country, region, or territory not supported/,
  404: /does not exist or you do not have access/,
  409: /updated by another request/, 413: /Maximum content size limit \(26214400\) exceeded/,
  422: /Unable to process the request/,
};
test('a conversation that is too long is a BadRequestError that names the messages', async () => {
  const call = failing('too-long').chat.completions.create({ model, messages });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError, `${error}`);
    assert.equal(error.code, 'context_length_exceeded');
    assert.equal(error.param, 'messages');
    assert.match(error.message, /maximum context length is 128000 tokens/);
    return true;
  });
});

for (const [status, kind, code, type, attempts] of statuses) {
  for (const stream of [false, true]) {
    test(`${status} is a ${kind.name} after ${attempts} attempts (stream: ${stream})`, async () => {
      const counted = countingFetch();
      const client = failing(`status-${status}`, { maxRetries: 1, fetch: counted.fetch });
      const call = client.chat.completions.create({ model, messages, stream });
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof kind, `${error}`);
        assert.equal(error.status, status);
        assert.equal(error.code ?? null, code);
        assert.equal(error.type, type);
        assert.match(error.message, words[status] ?? /.{11}/);
        assert.ok(error.headers.get('x-request-id'));
        return true;
      });
      assert.deepEqual(counted.attempts.map((attempt) => attempt.status),
                       Array(attempts).fill(status));
      assert.deepEqual(counted.attempts.map(({ retry }) => retry), [0, 1].slice(0, attempts));
    });
  }
}

test('a used-up quota is a RateLimitError of its own code', async () => {
  const client = failing('quota', { maxRetries: 0 });
  await assert.rejects(client.chat.completions.create({ model, messages }), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, 'insufficient_quota');
    assert.equal(error.type, 'insufficient_quota');
    return true;
  });
});

test('a reset connection is retried, then an APIConnectionError', async () => {
  let attempts = 0;
  const client = failing('connection-reset', { maxRetries: 1, fetch: (...call) => {
    attempts += 1;
    return fetch(...call);
  } });
  await assert.rejects(client.chat.completions.create({ model, messages }),
                       OpenAI.APIConnectionError);
  assert.equal(attempts, 2);
});

for (const fault of ['reset-in-stream', 'malformed-body']) {
  test(`a stream with ${fault} throws in the middle and is not retried`, async () => {
    const counted = countingFetch();
    const client = failing(fault, { maxRetries: 1, fetch: counted.fetch });
    await assert.rejects(async () => {
      const stream = await client.chat.completions.create(
        { model, messages, stream: true, max_tokens: 200 });
      for await (const chunk of stream) assert.ok(chunk.id);
    });
    assert.equal(counted.attempts.length, 1);
  });
}

test('a truncated stream ends without a finish reason', async () => {
  const client = failing('truncated-body');
  const stream = await client.chat.completions.create(
    { model, messages, stream: true, max_tokens: 200 });
  let finish = null;
  for await (const chunk of stream) finish ??= chunk.choices[0]?.finish_reason ?? null;
  assert.equal(finish, null);
});

test('a malformed plain answer is not JSON to the SDK', async () => {
  const client = failing('malformed-body', { maxRetries: 0 });
  await assert.rejects(client.chat.completions.create({ model, messages }));
});

test('an answer that is called HTML is a text to the SDK', async () => {
  const answer = await failing('wrong-content-type').chat.completions.create({ model, messages });
  assert.equal(typeof answer, 'string');
  assert.equal(JSON.parse(answer).object, 'chat.completion');
});

for (const stream of [false, true]) {
  test(`slow bytes come whole in the end (stream: ${stream})`, async () => {
    const answer = await failing('slow-bytes').chat.completions.create(
      { model, messages, stream, max_tokens: 20 });
    let finish = stream ? null : answer.choices[0].finish_reason;
    if (stream) {
      for await (const chunk of answer) finish ??= chunk.choices[0]?.finish_reason ?? null;
    }
    assert.ok(['stop', 'length'].includes(finish), finish);
  });

  test(`an answer that never comes times out, and is retried (stream: ${stream})`, async () => {
    let attempts = 0;
    const client = failing('stalled', { maxRetries: 1, timeout: 300, fetch: (...call) => {
      attempts += 1;
      return fetch(...call);
    } });
    await assert.rejects(client.chat.completions.create({ model, messages, stream }),
                         OpenAI.APIConnectionTimeoutError);
    assert.equal(attempts, 2);
  });

  test(`in an outage nobody is there, however often it is tried (stream: ${stream})`, async () => {
    let attempts = 0;
    const client = failing('outage', { maxRetries: 1, fetch: (...call) => {
      attempts += 1;
      return fetch(...call);
    } });
    await assert.rejects(client.chat.completions.create({ model, messages, stream }),
                         OpenAI.APIConnectionError);
    assert.equal(attempts, 2);
  });

  test(`the SDK's third attempt is served where the first two fail (stream: ${stream})`,
    async () => {
      const counted = countingFetch();
      const client = failing('first-two-fail', { maxRetries: 2, fetch: counted.fetch });
      const answer = await client.chat.completions.create({ model, messages, stream });
      if (stream) for await (const chunk of answer) assert.ok(chunk.id);
      assert.deepEqual(counted.attempts.map(({ status }) => status), [500, 500, 200]);
    });
}

test('a stream that stalls in its middle has begun, and waits until its caller gives up',
  async () => {
    const client = failing('stalled-in-stream');
    const stream = await client.chat.completions.create(
      { model, messages, stream: true, max_tokens: 200 });
    let chunks = 0;
    const watch = setTimeout(() => stream.controller.abort(), 1500);
    for await (const chunk of stream) chunks += chunk.choices.length;
    clearTimeout(watch);
    assert.ok(chunks > 0 && chunks < 200, `${chunks} chunks`);
    assert.ok(stream.controller.signal.aborted);
  });

test('an error inside a stream is an APIError with its code, and is not retried', async () => {
  const counted = countingFetch();
  const client = failing('error-in-stream', { maxRetries: 1, fetch: counted.fetch });
  const told = (error) => {
    assert.ok(error instanceof OpenAI.APIError, `${error}`);
    assert.equal(error.code, 'server_error');
    return true;
  };
  await assert.rejects(async () => {
    const stream = await client.chat.completions.create(
      { model, messages, stream: true, max_tokens: 200 });
    for await (const chunk of stream) assert.ok(chunk.id);
  }, told);
  const types = [];
  const stream = await client.responses.create(
    { model, input: 'Say hello.', stream: true, max_output_tokens: 200 });
  for await (const event of stream) {
    types.push(event.type);
    if (event.type === 'error') assert.equal(event.code, 'server_error');
  }
  assert.equal(types.at(-1), 'error');
  assert.ok(!types.includes('response.completed'));
  assert.equal(counted.attempts.length, 2);
});

test('stop texts end an answer before them', async () => {
  const client = openai();
  const whole = await client.chat.completions.create({ model, messages });
  const words = whole.choices[0].message.content.split(' ');
  const stop = ` ${words[2]} `;
  for (const asked of [stop, [stop, '\u0001']]) {
    const cut = await client.chat.completions.create({ model, messages, stop: asked });
    assert.equal(cut.choices[0].finish_reason, 'stop');
    assert.ok(!cut.choices[0].message.content.includes(stop));
    assert.ok(cut.usage.completion_tokens <= whole.usage.completion_tokens);
  }
  await assert.rejects(
    client.chat.completions.create({ model, messages, stop: ['1', '2', '3', '4', '5'] }),
    OpenAI.BadRequestError);
});
