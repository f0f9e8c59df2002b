// What is checked of a batch, in this order, before anything of it is shown.

const FORMAT = "barrier-levering/2";
const MANIFEST = "manifest.json";
const SIGNATURE = "manifest.json.sig";
const KINDS = { signals: "nieuwe signalen", correction: "een verbetering", withdrawal: "een intrekking",
  reversal: "een herstel" };
const CONFIDENTIALITY = { vertrouwelijk: "vertrouwelijk", zeer_vertrouwelijk: "zeer vertrouwelijk" };
const FIELDS = ["batch_id", "confidentiality", "expires_at", "files", "format", "kind", "made_at", "recipient",
  "sender", "sequence"];
const AGE_START = "age-encryption.org/v1\n";
const CANNOT_OPEN = "De levering kan niet worden geopend. Zij is beschadigd, of voor een andere sleutel gemaakt. "
  + "Vraag de gemeente om haar opnieuw te sturen.";

const hasFields = (part, names) => part !== null && typeof part === "object" && !Array.isArray(part)
  && isSame(Object.keys(part).sort(), names);
const isText = (value) => typeof value === "string";
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** The key of a receiver: of age, or the certificate of OpenPGP that the municipality has. */
async function readIdentity(text) {
  if (text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
    return { secret: null, recipient: null, fingerprint: sha256Of(bytesOf(text.trim())) };
  }
  const secrets = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line.startsWith("AGE-SECRET-KEY-1"));
  if (secrets.length !== 1) {
    throw new Refusal("Hierin staat geen sleutel, of meer dan één. Kies het bestand met uw eigen sleutel.");
  }
  try {
    const recipient = await libraries.identityToRecipient(secrets[0]);
    return { secret: secrets[0], recipient, fingerprint: sha256Of(bytesOf(recipient)) };
  } catch {
    throw new Refusal("Deze sleutel is beschadigd. Kies het bestand met uw eigen sleutel, of uw reservekopie.");
  }
}

/** The tar inside a batch; one that GnuPG opened already stays as it is. */
async function opened(sealed, identity) {
  const isSealed = isSame(sealed.subarray(0, AGE_START.length), bytesOf(AGE_START));
  if (isSealed !== (identity.secret !== null)) {
    throw new Refusal(isSealed
      ? "Deze levering hoort bij een sleutel van age. Kies het bestand met uw geheime sleutel."
      : "Dit bestand is geen levering. Kies het bestand dat eindigt op .age.");
  }
  if (!isSealed) return sealed;
  try {
    const decrypter = new libraries.Decrypter();
    decrypter.addIdentity(identity.secret);
    return await decrypter.decrypt(sealed);
  } catch {
    throw new Refusal(CANNOT_OPEN);
  }
}

/** The list of a batch, by its form alone: nothing in it is believed before its signature holds. */
function readManifest(files) {
  if (!files.has(MANIFEST) || !files.has(SIGNATURE)) throw new Refusal(CHANGED);
  let manifest;
  try {
    manifest = JSON.parse(textOf(files.get(MANIFEST)));
  } catch {
    throw new Refusal(CHANGED);
  }
  const isForm = hasFields(manifest, FIELDS) && hasFields(manifest.sender, ["code", "municipality"])
    && hasFields(manifest.recipient, ["fingerprint", "name"]) && Array.isArray(manifest.files)
    && manifest.files.every((file) => hasFields(file, ["bytes", "path", "sha256"]) && isText(file.path)
      && isText(file.sha256) && isCount(file.bytes))
    && [manifest.batch_id, manifest.made_at, manifest.expires_at, ...Object.values(manifest.sender),
      ...Object.values(manifest.recipient)].every(isText)
    && isCount(manifest.sequence) && Object.hasOwn(KINDS, manifest.kind)
    && Object.hasOwn(CONFIDENTIALITY, manifest.confidentiality) && /^[0-9]{4}$/.test(manifest.sender.code);
  if (isForm && manifest.format === FORMAT) return manifest;
  throw new Refusal("De lijst van deze levering heeft een andere vorm dan deze pagina kent. Haal de nieuwste pagina.");
}

const momentOf = (text) => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || Number.isNaN(Date.parse(text))) throw new Refusal(CHANGED);
  return Date.parse(text);
};

/** Refuses attachments that are not just those that the signals name, by their hash. */
function checkAttachments(signals, listed) {
  const named = signals.flatMap(({ signal }) => signal.bijlagen ?? []).map((part) => `${part.bestand} ${part.sha256}`);
  const there = [...listed.values()].filter((file) => file.path.startsWith("bijlagen/"))
    .map((file) => `${file.path} ${file.sha256}`);
  if (!isSame(named.sort(), there.sort())) throw new Refusal(CHANGED);
}

/** A part of a batch as JSON, where the batch has it. */
const jsonOf = (files, name) => (files.has(name) ? JSON.parse(textOf(files.get(name))) : null);

/**
 * Check a batch whole. Returns its list, its files, its signals and what is known of earlier ones.
 *
 * `book`: the book of receipts. `now`: milliseconds. Raises a Refusal, and then nothing of it may be shown.
 */
async function checked(sealed, identity, book, now) {
  if (sealed.length > MOST_BYTES) throw new Refusal("De levering is te groot voor deze pagina. Bel de gemeente.");
  const files = unpacked(await opened(sealed, identity));
  const manifest = readManifest(files);
  const listed = new Map(manifest.files.map((file) => [file.path, file]));
  if (listed.size !== manifest.files.length || listed.size !== files.size - 2) throw new Refusal(CHANGED);
  for (const [name, file] of listed) {
    const content = files.get(name);
    if (!content || content.length !== file.bytes || sha256Of(content) !== file.sha256) throw new Refusal(CHANGED);
  }
  checkSignature(files.get(MANIFEST), files.get(SIGNATURE), book.signers, manifest.sender.code);
  const signals = [...files.keys()].filter((name) => /^signalen\/.+\.json$/.test(name))
    .map((name) => ({ name, signal: jsonOf(files, name) }));
  checkAttachments(signals, listed);
  if (manifest.recipient.fingerprint !== identity.fingerprint) {
    throw new Refusal("Deze levering is voor een andere sleutel gemaakt dan de uwe. Gebruik haar niet. Bel de gemeente.");
  }
  const sha256 = sha256Of(files.get(MANIFEST));
  const before = book.batches.find((batch) => batch.manifest_sha256 === sha256) ?? null;
  const [made, expires] = [momentOf(manifest.made_at), momentOf(manifest.expires_at)];
  if (!before && manifest.sequence <= lastNumber(book, manifest)) {
    throw new Refusal("U hebt al een latere levering geopend, en deze staat niet in uw ontvangstboek. Vraag de gemeente "
      + "of deze nog geldt.");
  }
  if (!before && now >= expires) {
    throw new Refusal("Deze levering is verlopen. Vraag de gemeente om haar opnieuw te sturen.");
  }
  if (made >= expires || made - now > 86_400_000) {
    throw new Refusal("De tijden in de levering kunnen niet kloppen. Kijk de klok van deze computer na.");
  }
  return { manifest, files, signals, sha256, before, notices: jsonOf(files, "berichten.json") ?? [],
    form: jsonOf(files, "antwoord.json"), words: jsonOf(files, "woorden.json") ?? {} };
}
