// Who signed: the form that `ssh-keygen -Y sign -n barrier` writes, of an Ed25519 key that this receiver pinned.

libraries.hashes.sha512 = libraries.sha512;

const NAMESPACE = "barrier";
const KEY_TYPE = "ssh-ed25519";
const ARMOUR = new RegExp(
  "^-----BEGIN SSH SIGNATURE-----\\n((?:[A-Za-z0-9+/]{70}\\n){3}[A-Za-z0-9+/]{26})\\n-----END SSH SIGNATURE-----\\n$");
const SIGNER = /^gemeente-([0-9]{4}) namespaces="barrier" ssh-ed25519 ([A-Za-z0-9+/]{68})(?: .*)?$/;
const HASHES = { sha256: (bytes) => libraries.sha256(bytes), sha512: (bytes) => libraries.sha512(bytes) };
const OTHER_SENDER = "Deze levering is niet ondertekend door iemand van de gemeente die u kent, of zij is daarna "
  + "veranderd. Gebruik haar niet. Bel de gemeente.";

const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** Reads the parts of what ssh-keygen writes, in their order; refuses what is cut off. */
class WireReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.place = 0;
  }

  take(length) {
    const part = this.bytes.subarray(this.place, this.place + length);
    if (part.length !== length) throw new Refusal(OTHER_SENDER);
    this.place += length;
    return part;
  }

  number() {
    const [first, second, third, fourth] = this.take(4);
    return ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
  }

  string() {
    return this.take(this.number());
  }

  text() {
    return String.fromCharCode(...this.string());
  }

  end() {
    if (this.place !== this.bytes.length) throw new Refusal(OTHER_SENDER);
  }
}

/** The 32 bytes of a public key or the 64 of a signature, out of their wrapping. */
function rawOf(blob, length) {
  const reader = new WireReader(blob);
  if (reader.text() !== KEY_TYPE) throw new Refusal(OTHER_SENDER);
  const raw = reader.string();
  reader.end();
  if (raw.length !== length) throw new Refusal(OTHER_SENDER);
  return raw;
}

/** The lines of the file allowed_signers: of each the municipality, its key and how a telephone names that. */
function readSigners(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const signers = lines.map((line) => {
    const parts = SIGNER.exec(line);
    if (!parts) {
      throw new Refusal("Dit is niet het bestand allowed_signers van de gemeente. Vraag het opnieuw.");
    }
    const blob = fromBase64(parts[2]);
    const fingerprint = "SHA256:" + toBase64(libraries.sha256(blob)).replace(/=+$/, "");
    return { line, code: parts[1], key: toBase64(rawOf(blob, 32)), fingerprint };
  });
  if (!signers.length) throw new Refusal("In het bestand allowed_signers staat geen sleutel. Vraag het opnieuw.");
  return signers;
}

/** Refuses a statement that nobody of these signers of this municipality signed. */
function checkSignature(statement, signature, signers, code) {
  const armour = signature.length < 1000 && ARMOUR.exec(String.fromCharCode(...signature));
  if (!armour) throw new Refusal(OTHER_SENDER);
  const reader = new WireReader(fromBase64(armour[1].replaceAll("\n", "")));
  const isForm = String.fromCharCode(...reader.take(6)) === "SSHSIG" && reader.number() === 1;
  const key = rawOf(reader.string(), 32);
  const [namespace, reserved, hash] = [reader.text(), reader.string(), reader.text()];
  const raw = rawOf(reader.string(), 64);
  reader.end();
  const isKnown = signers.some((signer) => signer.code === code && signer.key === toBase64(key));
  if (!isForm || namespace !== NAMESPACE || !Object.hasOwn(HASHES, hash) || !isKnown) throw new Refusal(OTHER_SENDER);
  const framed = (bytes) => [...new Uint8Array(new Uint32Array([bytes.length]).buffer).reverse(), ...bytes];
  const signed = Uint8Array.from([...bytesOf("SSHSIG"), ...framed(bytesOf(namespace)), ...framed(reserved),
    ...framed(bytesOf(hash)), ...framed(HASHES[hash](statement))]);
  if (!libraries.verify(raw, signed, key, { zip215: false })) throw new Refusal(OTHER_SENDER);
}
