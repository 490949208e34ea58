// Just enough of WAV and MP3 to know how long a file plays.
import assert from 'node:assert/strict';

/// A mono 16-bit WAV file with a quiet tone of `seconds`.
export function makeWav(seconds, rate = 16000) {
  const samples = Math.round(seconds * rate);
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + 2 * samples, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);  // PCM
  wav.writeUInt16LE(1, 22);  // mono
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(2 * rate, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i += 1) {
    wav.writeInt16LE(Math.round(3000 * Math.sin((2 * Math.PI * 440 * i) / rate)), 44 + 2 * i);
  }
  return wav;
}

/// Seconds of a WAV file. A streamed one says 0xffffffff bytes of data: then what arrived counts.
export function wavSeconds(bytes) {
  assert.equal(bytes.toString('latin1', 0, 4), 'RIFF');
  assert.equal(bytes.toString('latin1', 8, 12), 'WAVE');
  let byteRate = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const type = bytes.toString('latin1', at, at + 4);
    const stated = bytes.readUInt32LE(at + 4);
    if (type === 'fmt ') byteRate = bytes.readUInt32LE(at + 8 + 8);
    if (type === 'data') {
      const there = bytes.length - at - 8;
      const right = stated === 0xffffffff || stated === there;
      assert.ok(right, `${stated} bytes stated, ${there} there`);
      return there / byteRate;
    }
    at += 8 + stated + (stated % 2);
  }
  throw new assert.AssertionError({ message: 'a WAV file has a data chunk' });
}

const kbps = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],  // MPEG-1 layer III
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],      // MPEG-2 layer III
};
const mpeg1Rates = [44100, 48000, 32000];

/// Seconds of an MP3 file, frame by frame to its last byte.
export function mp3Seconds(bytes) {
  let at = 0;
  if (bytes.toString('latin1', 0, 3) === 'ID3') {
    at = 10 + ((bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9]);
  }
  let seconds = 0;
  while (at < bytes.length) {
    const head = bytes.readUInt32BE(at);
    assert.equal(head >>> 21, 0x7ff, `a frame begins at byte ${at}`);
    const version = (head >>> 19) & 3;
    assert.ok(version >= 2 && ((head >>> 17) & 3) === 1, 'MPEG-1 or -2, layer III');
    const mpeg = version === 3 ? 1 : 2;
    const rate = mpeg1Rates[(head >>> 10) & 3] / mpeg;
    const samples = mpeg === 1 ? 1152 : 576;
    const bitRate = 1000 * kbps[mpeg][(head >>> 12) & 15];
    at += Math.floor(((samples / 8) * bitRate) / rate) + ((head >>> 9) & 1);
    seconds += samples / rate;
  }
  assert.equal(at, bytes.length, 'the last frame is whole');
  return seconds;
}
