// The page itself: three steps, and below them what was opened. Keys and content are in memory and nowhere else.

const at = (id) => document.getElementById(id);
// remembered: the book that was chosen, of which new keys keep all but the keys
const state = { identity: null, book: null, remembered: null, signers: [], batch: null, isKept: true };

/** Today as the calendar of this computer has it. */
function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

function tell(id, text, isGood) {
  at(id).replaceChildren(element("p", { class: isGood ? "good" : "wrong" },
    element("strong", {}, isGood ? "In orde: " : "Let op: "), text));
}

/** Do something of one step; what is refused is told there, and whatever else goes wrong in general words. */
async function attempt(id, act) {
  try {
    await act();
  } catch (error) {
    const isOurs = error instanceof Refusal;
    tell(id, isOurs ? error.message : "Dit bestand kan niet worden gelezen. Het is beschadigd of van een andere soort.",
      false);
    (error.field ?? at(id)).focus();
  }
}

function save(name, parts, type) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const fileOf = async (id) => {
  const file = at(id).files[0];
  if (!file) return null;
  if (file.size > MOST_BYTES) throw new Refusal("Dit bestand is te groot voor deze pagina.");
  return new Uint8Array(await file.arrayBuffer());
};

const inFours = (digits) => digits.replace(/(.{4})(?=.)/g, "$1 ");

async function useKey(text) {
  state.identity = await readIdentity(text);
  at("key-text").value = "";
  const { recipient, fingerprint } = state.identity;
  tell("key-told", "uw sleutel is gelezen. Hij blijft alleen in het geheugen van deze pagina.", true);
  at("key-told").append(element("dl", {},
    recipient ? element("div", {}, element("dt", {}, "Openbare sleutel, voor de gemeente"),
      element("dd", {}, element("code", {}, recipient))) : null,
    element("div", {}, element("dt", {}, "Vingerafdruk daarvan, om door de telefoon te vergelijken"),
      element("dd", {}, element("code", {}, inFours(fingerprint))))));
}

async function makeKey() {
  const secret = await libraries.generateX25519Identity();
  const recipient = await libraries.identityToRecipient(secret);
  save("sleutel-geheim.txt", [`# Geheim. Bewaar dit bestand veilig, met een reservekopie.\n# public key: ${recipient}\n`
    + `${secret}\n`], "text/plain");
  await useKey(secret);
}

async function useSigners(text) {
  const signers = readSigners(text);
  at("compare").hidden = false;
  at("fingerprints").replaceChildren(...signers.map((signer) =>
    element("li", {}, `Gemeente ${signer.code}: `, element("code", {}, signer.fingerprint))));
  at("compared").checked = false;
  state.book = null;
  state.signers = signers;
  tell("sender-told", "het bestand is gelezen. Vergelijk nu de vingerafdrukken door de telefoon.", true);
}

async function useBook(text) {
  state.book = readBook(text);
  state.remembered = state.book;
  at("compare").hidden = true;
  at("compared").checked = false;
  const codes = [...new Set(state.book.signers.map((signer) => signer.code))].join(", ");
  const { length } = state.book.batches;
  tell("sender-told", `uw ontvangstboek is gelezen. Gemeente: ${codes}. Geopende leveringen: ${length}.`, true);
}

/** The keys of the municipality as they are now, with what the book remembers. */
function trustSigners() {
  if (!at("compared").checked) {
    state.book = null;
    return;
  }
  state.book = { ...(state.remembered ?? newBook([])), signers: state.signers };
  tell("sender-told", "u vertrouwt deze sleutels. Zij komen in uw ontvangstboek, dat u na het openen bewaart.", true);
}

async function openBatch() {
  at("open-told").replaceChildren(element("p", {}, "Bezig met openen en controleren …"));
  at("result").hidden = true;
  if (!state.identity) throw new Refusal("Kies eerst uw sleutel (stap 1).");
  if (!state.book) throw new Refusal("Kies eerst uw ontvangstboek, of de sleutels van de gemeente (stap 2).");
  const sealed = await fileOf("batch-file");
  if (!sealed) throw new Refusal("Kies eerst het bestand met de levering.");
  state.batch = await checked(sealed, state.identity, state.book, Date.now());
  const isNew = !state.batch.before;
  noteBatch(state.book, state.batch, today());
  state.isKept = state.isKept && !isNew;
  tell("open-told", "de levering is geopend en gecontroleerd. Alles klopt.", true);
  showBatch();
}

function showBatch() {
  const { manifest, before, notices, signals, form } = state.batch;
  const missing = missingNumbers(state.book, manifest);
  const facts = [["Levering", manifest.batch_id], ["Van", `gemeente ${manifest.sender.municipality}`],
    ["Voor", manifest.recipient.name], ["Wat het is", KINDS[manifest.kind]],
    ["Nummer", `${manifest.sequence} (${CONFIDENTIALITY[manifest.confidentiality]})`],
    ["Gemaakt op", inWords(manifest.made_at.slice(0, 10))]];
  at("facts").replaceChildren(...facts.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
  at("remarks").replaceChildren(
    ...(before ? [element("p", {}, `U opende deze levering al eerder, op ${inWords(before.geopend_op)}.`)] : []),
    ...(missing.length ? [element("p", { class: "wrong" }, element("strong", {}, "Let op: "),
      `volgens uw ontvangstboek hebt u nummer ${missing.join(", ")} niet geopend. Dat kan een intrekking zijn. Vraag het `
      + "de gemeente.")] : []));
  at("signals").replaceChildren(...notices.map(noticeArticle), ...signals.map(signalArticle));
  at("answering").hidden = !form;
  at("no-form").hidden = Boolean(form);
  showFiles();
  at("keep-book").hidden = false;
  at("result").hidden = false;
  at("result-title").focus();
}

const titled = (id, ...title) => element("h3", { id: `h-${id}`, tabindex: "-1" }, ...title);

function noticeArticle(notice) {
  const words = state.batch.words;
  const isAnsweredBelow = state.batch.signals.some(({ signal }) => signal.meta.signaal_id === notice.signaal_id);
  return element("article", { class: "notice" },
    titled(`n-${notice.signaal_id}`, "Bericht over ", element("code", {}, notice.signaal_id)),
    element("p", {}, element("strong", {}, notice.wat_te_doen)),
    element("p", {}, `Reden: ${words[notice.reden] ?? notice.reden.replaceAll("_", " ")}. Versie `
      + `${notice.ingetrokken_versie}. Op ${inWords(notice.op)}. Eerder gekregen in levering `
      + `${notice.eerdere_leveringen.join(", ")}.`),
    state.batch.form && !isAnsweredBelow ? answerFields(state.batch.form, notice.signaal_id) : null);
}

function schemaOf(signal) {
  const number = /(\d+)$/.exec(signal.formaat ?? "")?.[1];
  return jsonOf(state.batch.files, `schema/signaal-${number}.schema.json`) ?? {};
}

function signalArticle({ signal }) {
  const id = signal.meta.signaal_id;
  const why = whyHidden(state.book, signal, today());
  return element("article", {},
    titled(id, signal.object?.adres ?? id),
    element("p", { class: "hint" }, element("code", {}, id), ` versie ${signal.meta.versie}`),
    ...(why ? [element("p", { class: "wrong" }, element("strong", {}, "Niet gebruiken: "), why)]
      : shownSignal(signal, schemaOf(signal), state.batch.words)),
    state.batch.form ? answerFields(state.batch.form, id) : null);
}

/** The files to save: not where a signal among them may not be used any more. */
function showFiles() {
  const { files, signals, manifest } = state.batch;
  const isBlocked = signals.some(({ signal }) => whyHidden(state.book, signal, today()));
  at("files-blocked").hidden = !isBlocked;
  at("files").hidden = isBlocked;
  const type = (name) => (name.endsWith(".pdf") ? "application/pdf" : "application/octet-stream");
  at("file-list").replaceChildren(...[...files].map(([name, content]) => {
    const button = element("button", { type: "button", class: "plain" }, name);
    button.addEventListener("click", () => save(name.split("/").pop(), [content], type(name)));
    return element("li", {}, button, ` ${Math.ceil(content.length / 1024)} kB`);
  }));
  at("save-all").onclick = () => save(`${manifest.batch_id}.zip`, zipOf([...files]), "application/zip");
}

function saveBook() {
  save("ontvangstboek.json", [bookText(state.book)], "application/json");
  state.isKept = true;
  tell("book-told", "uw ontvangstboek is opgeslagen. Gebruik de volgende keer dit bestand, en gooi het oude weg.", true);
}

async function saveAnswer() {
  const answers = readAnswers(at("signals"));
  const text = await sealedAnswer(state.batch, answers, today());
  save(`antwoord-${state.batch.manifest.batch_id}.age`, [text], "text/plain");
  tell("answer-told", `uw antwoord over ${answers.length} ${answers.length === 1 ? "signaal" : "signalen"} is opgeslagen. `
    + "Alleen de gemeente kan het openen. Stuur het over hetzelfde beveiligde kanaal.", true);
}

function start() {
  const onFile = (id, told, use) => at(id).addEventListener("change", () => attempt(told, async () => {
    const content = await fileOf(id);
    if (content) await use(textOf(content));
  }));
  const onClick = (id, told, act) => at(id).addEventListener("click", () => attempt(told, act));
  onFile("key-file", "key-told", useKey);
  onClick("key-use", "key-told", () => useKey(at("key-text").value));
  onClick("key-make", "key-told", makeKey);
  onFile("book-file", "sender-told", useBook);
  onFile("signers-file", "sender-told", useSigners);
  at("compared").addEventListener("change", trustSigners);
  onClick("open", "open-told", openBatch);
  onClick("save-book", "book-told", saveBook);
  onClick("save-answer", "answer-told", saveAnswer);
  at("print").addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", () => {
    for (const group of document.querySelectorAll("details.group")) group.open = true;
  });
  at("forget").addEventListener("click", () => window.location.reload());
  window.addEventListener("beforeunload", (event) => state.isKept || event.preventDefault());
  // what a browser keeps of a page that was left is not shown again
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
  at("steps").hidden = false;
  at("no-script").hidden = true;
}

start();
