// The batch as one file: a tar of which every byte follows from names and contents. Nothing else is read.

/** Why a batch or a file is not taken: a sentence for the reader. */
class Refusal extends Error {}

const BLOCK = 512;
const NAME = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}\/){0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const MOST_FILES = 250_000;
const MOST_BYTES = 1024 ** 3;
const CHANGED = "De levering is beschadigd, of onderweg veranderd. Gebruik haar niet. Bel de gemeente.";

const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const bytesOf = (text) => new TextEncoder().encode(text);
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const isSame = (left, right) => left.length === right.length && left.every((byte, place) => byte === right[place]);
const sha256Of = (bytes) => hexOf(libraries.sha256(bytes));

/** The one header (POSIX ustar) that a file of this name and size can have: mode 0600, owner 0, time 0. */
function tarHeader(name, size) {
  const block = new Uint8Array(BLOCK);
  const put = (place, text) => block.set(bytesOf(text), place);
  put(0, name);
  put(100, "0000600\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, size.toString(8).padStart(11, "0") + "\0");
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  put(329, "0000000\0");
  put(337, "0000000\0");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, sum.toString(8).padStart(6, "0") + "\0 ");
  return block;
}

/** The files of a batch by name, in order. Refuses a link, a folder, another order, and whatever stands beside. */
function unpacked(tar) {
  const files = new Map();
  let place = 0;
  let previous = "";
  for (;;) {
    const block = tar.subarray(place, place + BLOCK);
    if (block.length === BLOCK && block.every((byte) => byte === 0)) break;
    const name = String.fromCharCode(...block.subarray(0, 100)).replace(/\0+$/, "");
    const digits = String.fromCharCode(...block.subarray(124, 135));
    if (block.length !== BLOCK || !NAME.test(name) || !/^[0-7]{11}$/.test(digits)) throw new Refusal(CHANGED);
    const size = Number.parseInt(digits, 8);
    if (!isSame(block, tarHeader(name, size)) || (files.size && name <= previous)) throw new Refusal(CHANGED);
    const start = place + BLOCK;
    const end = start + size;
    place = end + ((BLOCK - (size % BLOCK)) % BLOCK);
    const isPadded = tar.subarray(end, place).every((byte) => byte === 0);
    if (place > tar.length || !isPadded || files.size >= MOST_FILES) throw new Refusal(CHANGED);
    files.set(name, tar.subarray(start, end));
    previous = name;
  }
  if (tar.length !== place + 2 * BLOCK || tar.subarray(place).some((byte) => byte !== 0)) throw new Refusal(CHANGED);
  return files;
}

/** Several files as one ZIP without compression, which Windows opens by itself. */
function zipOf(files) {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  const checksum = (bytes) => {
    let value = 0xffffffff;
    for (const byte of bytes) value = table[(value ^ byte) & 255] ^ (value >>> 8);
    return (value ^ 0xffffffff) >>> 0;
  };
  const numbers = (...pairs) => {
    const view = new DataView(new ArrayBuffer(pairs.reduce((total, [size]) => total + size, 0)));
    let place = 0;
    for (const [size, value] of pairs) {
      if (size === 2) view.setUint16(place, value, true);
      else view.setUint32(place, value, true);
      place += size;
    }
    return new Uint8Array(view.buffer);
  };
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const title = bytesOf(name);
    // version, flags (names in UTF-8), no compression, 1 January 1980
    const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, checksum(bytes)], [4, bytes.length],
      [4, bytes.length], [2, title.length], [2, 0]];
    const local = numbers([4, 0x04034b50], ...common);
    directory.push(
      numbers([4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), title);
    parts.push(local, title, bytes);
    offset += local.length + title.length + bytes.length;
  }
  const size = directory.reduce((total, part) => total + part.length, 0);
  const end = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, size], [4, offset],
    [2, 0]);
  return [...parts, ...directory, end];
}
