// Reads a PNG to the last byte: signature, every chunk's checksum, and all rows of pixels.
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };  // by colour type

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = crcTable[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function* chunksOf(bytes) {
  assert.ok(bytes.subarray(0, 8).equals(signature), 'the PNG signature');
  let at = 8;
  while (at < bytes.length) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 8 + length;
    assert.equal(bytes.readUInt32BE(end), crc32(bytes.subarray(at + 4, end)), `CRC of ${type}`);
    yield { type, data: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}

/// Width and height as "WxH"; throws where the image would not decode.
export function decodedSize(bytes) {
  const chunks = [...chunksOf(bytes)];
  assert.equal(chunks[0].type, 'IHDR');
  assert.equal(chunks.at(-1).type, 'IEND');
  const header = chunks[0].data;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  assert.equal(header[12], 0, 'not interlaced');
  const bitsPerRow = width * channels[header[9]] * header[8];
  const pixels = inflateSync(Buffer.concat(
    chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  assert.equal(pixels.length, height * (1 + Math.ceil(bitsPerRow / 8)), 'all rows of pixels');
  return `${width}x${height}`;
}
