// What both versions share around the pipeline: options, settings, output files, errors.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { Backend } from './backend.mjs';
import { Steps } from './steps.mjs';
import { Timings } from './timings.mjs';

const usage = 'usage: node sequential.mjs|parallel.mjs --topic TEXT [--agent NAME] [--out DIR]';

function readOptions() {
  const { values } = parseArgs({
    options: {
      topic: { type: 'string' },
      agent: { type: 'string', default: 'alpha' },
      out: { type: 'string', default: 'out' },
    },
  });
  for (const [name, value] of Object.entries(values)) {
    if (!value.trim()) throw new Error(`--${name} is empty; ${usage}`);
  }
  if (!values.topic) throw new Error(`--topic is missing; ${usage}`);
  return values;
}

function readSetting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

// The post is written last: where post.json is, the post is whole.
async function save(directory, job, made) {
  await mkdir(directory, { recursive: true });
  const { image, ...post } = made;
  const imageFile = join(directory, 'image.png');
  const postFile = join(directory, 'post.json');
  await writeFile(imageFile, image);
  const content = { ...job, ...post, image: 'image.png' };
  await writeFile(postFile, `${JSON.stringify(content, null, 2)}\n`);
  return { post: postFile, image: imageFile, title: made.title, image_bytes: image.length };
}

const oneLine = (text) => String(text).replace(/\s+/g, ' ').trim();

/// Runs `pipeline(steps, job)`, saves what it made and prints one JSON line; exit code 0 or 1.
export async function main(pipeline) {
  const stop = new AbortController();
  try {
    const { topic, agent, out } = readOptions();
    const openai = new OpenAI({ apiKey: readSetting('OPENAI_API_KEY') });
    const backend = new Backend(readSetting('BACKEND_BASE_URL'), stop.signal);
    const timings = new Timings();
    const job = { topic, agent };
    const made = await pipeline(new Steps(openai, backend, timings, stop.signal), job);
    const saved = await timings.measure('save', () => save(out, job, made));
    timings.summarise();
    console.log(JSON.stringify({ ...saved, total_s: timings.totalSeconds() }));
  } catch (error) {
    stop.abort();  // what still runs beside the failed step is of no use to anybody
    console.error(`auto-post: ${oneLine(error?.message ?? error)}`);
    process.exitCode = 1;
  }
}
