// Files as people have them, and the two ways in that need no dialog: the clipboard and the pointer.
import { deflateSync, crc32 } from 'node:zlib';

/** A photograph of a lamp, more or less, as a PNG. */
export function picture(name, width = 1200, height = 800) {
  const line = 1 + width * 3;
  const raw = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      raw.set(colour(x / width, y / height), y * line + 1 + x * 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const buffer = Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))]);
  return { name, mimeType: 'image/png', buffer };
}

function colour(x, y) {
  const shade = y > 0.25 && y < 0.5 && Math.abs(x - 0.55) < 0.09 + (y - 0.25) * 0.3;
  const stand = y >= 0.5 && y < 0.85 && Math.abs(x - 0.55) < 0.008;
  if (shade) return [176, 70, 52];
  if (stand) return [70, 60, 52];
  return y > 0.85 ? [196, 178, 140] : [226, 220, 208];
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

export function text(name, words, mimeType = 'text/plain') {
  return { name, mimeType, buffer: Buffer.from(words) };
}

/** Pastes or drops files on an element. */
export async function brings(element, how, files) {
  const all = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  await element.evaluate((target, { how, all }) => {
    const data = new DataTransfer();
    for (const { name, mimeType, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: mimeType }));
    }
    const about = { bubbles: true, cancelable: true };
    if (how === 'paste') return target.dispatchEvent(new ClipboardEvent('paste', { ...about, clipboardData: data }));
    target.dispatchEvent(new DragEvent('dragover', { ...about, dataTransfer: data }));
    if (how === 'drop') target.dispatchEvent(new DragEvent('drop', { ...about, dataTransfer: data }));
  }, { how, all });
}
