// A zip around files of a folder, stored as they are: the browser keeps pointing at the files, nothing is copied into memory.
// Sizes beyond 4 GB of the whole are written the zip64 way (APPNOTE 4.3.14, 4.5.3).

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
const MOST = 0xffffffff;
const UTF8 = 0x0800;
const DATE = 0x21; // 1 January 1980: the same folder gives the same bytes

// files: [{path, file}]; told(bytes): how much has been looked through.
export const zipped = async (files, name, told) => {
  const parts = [];
  const central = [];
  let offset = 0;
  let seen = 0;
  for (const { path, file } of files) {
    if (file.size >= MOST) continue;
    const sum = await checksum(file, (length) => told((seen += length)));
    const named = new TextEncoder().encode(path);
    const head = [20, UTF8, 0, 0, DATE];
    const sizes = [sum, file.size, file.size];
    parts.push(record(0x04034b50, head, sizes, [named.length, 0], [], named), file);
    const far = extra(offset);
    central.push(record(0x02014b50, [45, ...head], sizes, [named.length, far.length, 0, 0, 0], [0, MOST], named, far));
    offset += 30 + named.length + file.size;
  }
  const length = central.reduce((sum, each) => sum + each.length, 0);
  return new File([...parts, ...central, end(central.length, length, offset)], name, { type: "application/zip" });
};

const checksum = async (file, told) => {
  let sum = MOST;
  for await (const bytes of pieces(file)) {
    for (let i = 0; i < bytes.length; i++) sum = TABLE[(sum ^ bytes[i]) & 255] ^ (sum >>> 8);
    told(bytes.length);
  }
  return (sum ^ MOST) >>> 0;
};

async function* pieces(file) {
  const step = 4 * 1024 * 1024;
  for (let at = 0; at < file.size; at += step) yield new Uint8Array(await file.slice(at, at + step).arrayBuffer());
}

const record = (sign, shorts, longs, more, last, ...tails) => {
  const size = 4 + 2 * shorts.length + 4 * longs.length + 2 * more.length + 4 * last.length;
  const bytes = new Uint8Array(size + tails.reduce((sum, tail) => sum + tail.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const short = (value) => (view.setUint16(at, value, true), (at += 2));
  const long = (value) => (view.setUint32(at, value, true), (at += 4));
  long(sign);
  shorts.forEach(short);
  longs.forEach(long);
  more.forEach(short);
  last.forEach(long);
  for (const tail of tails) {
    bytes.set(tail, at);
    at += tail.length;
  }
  return bytes;
};

// Where the file begins, in 64 bits.
const extra = (offset) => {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1, true);
  view.setUint16(2, 8, true);
  view.setBigUint64(4, BigInt(offset), true);
  return bytes;
};

const end = (count, length, offset) => {
  const bytes = new Uint8Array(56 + 20 + 22);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x06064b50, true);
  view.setBigUint64(4, 44n, true);
  view.setUint16(12, 45, true);
  view.setUint16(14, 45, true);
  [count, count, length, offset].forEach((value, n) => view.setBigUint64(24 + 8 * n, BigInt(value), true));
  view.setUint32(56, 0x07064b50, true);
  view.setBigUint64(64, BigInt(offset + length), true);
  view.setUint32(72, 1, true);
  view.setUint32(76, 0x06054b50, true);
  [0, 0, 0xffff, 0xffff].forEach((value, n) => view.setUint16(80 + 2 * n, value, true));
  view.setUint32(88, MOST, true);
  view.setUint32(92, MOST, true);
  return bytes;
};
