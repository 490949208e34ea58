// Holds answers against the schema that OpenAI publishes, where that file is: it is not part of the
// project, so its tests skip without it and say so. OPENAI_SCHEMA names it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const beside = new URL('../../../../shared/data/openai-openapi/openapi.yaml', import.meta.url);
const path = process.env.OPENAI_SCHEMA ?? fileURLToPath(beside);

/// False, or why tests against the schema are left out.
export const noSchema = existsSync(path) ? false : `the published schema is not at ${path}`;

// What OpenAPI 3.0 left in a 3.1 document, and where the document contradicts what the API sends.
function mend(node) {
  if (Array.isArray(node)) return node.map(mend);
  if (node === null || typeof node !== 'object') return node;
  const out = Object.fromEntries(Object.entries(node).map(([key, value]) =>
    [key, key === 'const' || key === 'enum' || key === 'example' ? value : mend(value)]));
  if (typeof out.$ref === 'string') out.$ref = out.$ref.replace('#/', 'openapi#/');
  if (out.nullable === true) {
    delete out.nullable;
    return { anyOf: [out, { type: 'null' }] };
  }
  for (const key of ['discriminator', 'example', 'examples', 'x-oaiMeta']) {
    if (typeof out[key] !== 'object' || !('type' in out[key])) delete out[key];
  }
  if (out.oneOf) {  // alternatives that overlap: the document means anyOf
    out.anyOf = [...(out.anyOf ?? []), ...out.oneOf];
    delete out.oneOf;
  }
  return out;
}

let validator;
const compiled = new Map();

function validatorFor(name) {
  if (!validator) {
    validator = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    const { components } = parse(readFileSync(path, 'utf8'));
    validator.addSchema(mend({ components }), 'openapi');
  }
  if (!compiled.has(name)) {
    compiled.set(name, validator.compile({ $ref: `openapi#/components/schemas/${name}` }));
  }
  return compiled.get(name);
}

// Of a union of events, the one of that type; any other schema as it is.
function variant(name, type) {
  const { components } = validator.getSchema('openapi').schema;
  for (const { $ref } of components.schemas[name].anyOf ?? []) {
    const candidate = $ref?.split('/').at(-1);
    if (components.schemas[candidate]?.properties?.type?.enum?.includes(type)) return candidate;
  }
  return name;
}

/// The value is an instance of the schema of that name in the document.
export function conforms(name, value) {
  validatorFor(name);
  const validate = validatorFor(value.type ? variant(name, value.type) : name);
  if (validate(value)) return;
  const why = validate.errors.slice(0, 12)
    .map(({ instancePath, message, params }) =>
      `${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
  assert.fail(`not a ${name}:\n  ${why.join('\n  ')}`);
}

/// The data of the events of an SSE body, parsed; "[DONE]" is left out.
export function eventsOf(body) {
  return body.split('\n\n').filter(Boolean).map((frame) => {
    const lines = frame.split('\n');
    const data = lines.find((line) => line.startsWith('data: ')).slice(6);
    const name = lines.find((line) => line.startsWith('event: '))?.slice(7);
    if (data === '[DONE]') return undefined;
    const value = JSON.parse(data);
    if (name !== undefined) assert.equal(name, value.type);
    return value;
  }).filter(Boolean);
}

/// The answer to a POST as it came, without an SDK between.
export async function post(url, body) {
  const form = body instanceof FormData;
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer mock',
               ...(form ? {} : { 'content-type': 'application/json' }) },
    body: form ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
