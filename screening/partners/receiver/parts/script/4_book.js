// The book of receipts: a file that the receiver keeps. It has whom they trust, which batches they opened, and which
// signals they may not use any more. Nothing in it is secret, and no content of a signal.

const BOOK_FORMAT = "barrier-ontvangstboek/1";
const NOT_A_BOOK = "Dit is geen ontvangstboek, of het is beschadigd. Kies uw reservekopie.";

const seriesOf = (manifest) => `${manifest.sender.code}/${manifest.confidentiality}`;
const newBook = (signers) => ({ signers, batches: [], notices: new Map() });

/** The highest number that was opened of what is numbered by itself; 0 where nothing was. */
const lastNumber = (book, manifest) => Math.max(0, ...book.batches
  .filter((batch) => batch.reeks === seriesOf(manifest)).map((batch) => batch.nummer));

function readBook(text) {
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Refusal(NOT_A_BOOK);
  }
  const isForm = hasFields(read, ["berichten", "formaat", "leveringen", "ondertekenaars"])
    && read.formaat === BOOK_FORMAT && Array.isArray(read.ondertekenaars) && read.ondertekenaars.every(isText)
    && Array.isArray(read.leveringen) && read.leveringen.every((batch) => isText(batch.reeks)
      && isText(batch.manifest_sha256) && isText(batch.levering_id) && isText(batch.geopend_op) && isCount(batch.nummer))
    && read.berichten !== null && typeof read.berichten === "object"
    && Object.values(read.berichten).every((notice) => isCount(notice.tot_versie) && isText(notice.wat_te_doen));
  if (!isForm) throw new Refusal(NOT_A_BOOK);
  return { signers: readSigners(read.ondertekenaars.join("\n")), batches: read.leveringen,
    notices: new Map(Object.entries(read.berichten)) };
}

function bookText(book) {
  return JSON.stringify({ formaat: BOOK_FORMAT, ondertekenaars: book.signers.map((signer) => signer.line),
    leveringen: book.batches, berichten: Object.fromEntries(book.notices) }, null, 1) + "\n";
}

/** Write a batch that was opened into the book: its number, and up to which version its notices end a signal. */
function noteBatch(book, batch, today) {
  const { manifest } = batch;
  if (!batch.before) {
    book.batches.push({ reeks: seriesOf(manifest), nummer: manifest.sequence, levering_id: manifest.batch_id,
      manifest_sha256: batch.sha256, geopend_op: today });
  }
  for (const notice of batch.notices) {
    const known = book.notices.get(notice.signaal_id);
    if (known && known.tot_versie >= notice.ingetrokken_versie) continue;
    book.notices.set(notice.signaal_id, { tot_versie: notice.ingetrokken_versie, wat_te_doen: notice.wat_te_doen });
  }
}

/** The numbers before this one that were never opened: one of them can be a withdrawal. At most a hundred. */
function missingNumbers(book, manifest) {
  const seen = new Set(book.batches.filter((batch) => batch.reeks === seriesOf(manifest)).map((batch) => batch.nummer));
  const missing = [];
  for (let number = 1; number < manifest.sequence && missing.length < 100; number += 1) {
    if (!seen.has(number)) missing.push(number);
  }
  return missing;
}

/** Why the content of a signal is not shown; an empty text where it may be. */
function whyHidden(book, signal, today) {
  const notice = book.notices.get(signal.meta.signaal_id);
  if (notice && signal.meta.versie <= notice.tot_versie) {
    return `De gemeente heeft deze versie ingetrokken of verbeterd. ${notice.wat_te_doen}`;
  }
  if ((signal.bewaring_en_contact?.bewaren_tot ?? "9999") < today) {
    return "De bewaartermijn van dit signaal is voorbij. Vernietig het, ook uw kopieën.";
  }
  return "";
}
