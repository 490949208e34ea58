// Stability has no npm package of its own: its examples send forms with fetch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failingUrl } from './lib/native.mjs';
import { decodedSize } from './lib/png.mjs';
import { mockUrl } from './lib/server.mjs';

function generate(service, fields, { url = mockUrl(), accept = 'image/*' } = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return fetch(`${url}/v2beta/stable-image/generate/${service}`, {
    method: 'POST', body: form, headers: { authorization: 'Bearer mock', accept } });
}

for (const [service, ratio, size] of [
  ['core', '1:1', '1216x1216'], ['ultra', '16:9', '1344x768'], ['sd3', '9:16', '768x1344']]) {
  test(`${service} draws ${ratio}, as bytes and as JSON`, async () => {
    const fields = { prompt: 'a roof garden', aspect_ratio: ratio, output_format: 'png',
                     seed: '7' };
    const plain = await generate(service, fields);
    assert.equal(plain.status, 200);
    assert.equal(plain.headers.get('content-type'), 'image/png');
    assert.equal(plain.headers.get('finish-reason'), 'SUCCESS');
    assert.equal(plain.headers.get('seed'), '7');
    const bytes = Buffer.from(await plain.arrayBuffer());
    assert.equal(decodedSize(bytes), size);
    const json = await (await generate(service, fields, { accept: 'application/json' })).json();
    assert.equal(json.finish_reason, 'SUCCESS');
    assert.equal(json.seed, 7);
    assert.equal(decodedSize(Buffer.from(json.image, 'base64')), size);
  });
}

test('the older engines take sides and samples', async () => {
  const response = await fetch(
    `${mockUrl()}/v1/generation/stable-diffusion-xl-1024-v1-0/text-to-image`, {
      method: 'POST',
      headers: { authorization: 'Bearer mock', 'content-type': 'application/json' },
      body: JSON.stringify({ text_prompts: [{ text: 'a roof garden' }], width: 768, height: 512,
                             samples: 2, steps: 20 }) });
  assert.equal(response.status, 200);
  const { artifacts } = await response.json();
  assert.equal(artifacts.length, 2);
  for (const { base64, finishReason } of artifacts) {
    assert.equal(finishReason, 'SUCCESS');
    assert.equal(decodedSize(Buffer.from(base64, 'base64')), '768x512');
  }
});

test('what is wrong with a request is told in a list', async () => {
  const response = await generate('core', { prompt: 'x', aspect_ratio: '7:1', seed: '-1' });
  assert.equal(response.status, 400);
  const { id, name, errors } = await response.json();
  assert.ok(id);
  assert.equal(name, 'bad_request');
  assert.match(errors.join(), /aspect_ratio/);
  assert.match(errors.join(), /seed/);
  assert.equal((await generate('no-such-service', { prompt: 'x' })).status, 404);
});

for (const [status, name] of Object.entries({
  400: 'bad_request', 401: 'unauthorized', 402: 'payment_required', 403: 'content_moderation',
  404: 'not_found', 413: 'payload_too_large',
  422: 'unprocessable_entity', 429: 'rate_limit_exceeded', 500: 'internal_error' })) {
  test(`${status} is ${name}`, async () => {
    const response = await generate('ultra', { prompt: 'x' },
                                    { url: failingUrl(`stability_${status}`) });
    assert.equal(response.status, Number(status));
    const body = await response.json();
    assert.equal(body.name, name);
    assert.ok(body.errors.length > 0);
    if (status === '429') assert.ok(Number(response.headers.get('retry-after')) >= 1);
  });
}
