// The answer: for each signal closed words and at most one short text, sealed to the municipality alone.

const ANSWER_FORMAT = "barrier-antwoord/1";
const NOT_YET = "nog niet";
//: What is certainly no answer. The municipality looks at the text again, by its own lists.
const TELLS_WHO = /[0-9](?:[\s.\-/]?[0-9]){6,}|@|\b(?:bsn|v-nummer)\b/i;

/** The fields of the answer about one signal. `form`: antwoord.json of the batch. */
function answerFields(form, signalId) {
  const option = ({ code, tekst }) => element("option", { value: code }, tekst);
  const field = (name, label, input, hint = null) => {
    input.id = `${name}-${signalId}`;
    if (hint) input.setAttribute("aria-describedby", `${input.id}-hint`);
    return element("div", { class: "field" }, element("label", { for: input.id }, label),
      hint ? element("p", { class: "hint", id: `${input.id}-hint` }, hint) : null, input);
  };
  return element("fieldset", { "data-answer": signalId },
    element("legend", {}, "Uw antwoord over dit signaal"),
    field("uitkomst", "Wat is ervan geworden?", element("select", { autocomplete: "off" },
      option({ code: NOT_YET, tekst: "Nog niets te melden" }), form.uitkomsten.map(option))),
    field("opmerking", "Is er iets mee?", element("select", { autocomplete: "off" }, form.opmerkingen.map(option))),
    field("toelichting", "Toelichting (hoeft niet)",
      element("textarea", { rows: "3", maxlength: String(form.meeste_tekens), autocomplete: "off", spellcheck: "false" }),
      `Hooguit ${form.meeste_tekens} tekens. Schrijf geen namen, nummers of adressen. Schrijf niets uit gegevens van `
      + "politie, justitie of de Belastingdienst: dat mag niet terug naar de gemeente. Twee medewerkers van de gemeente "
      + "lezen dit."));
}

/** What was filled in, of the signals that something is said of. Raises a Refusal that names the field. */
function readAnswers(root) {
  const answers = [];
  for (const fieldset of root.querySelectorAll("[data-answer]")) {
    const id = fieldset.dataset.answer;
    const [outcome, remark, text] = ["uitkomst", "opmerking", "toelichting"]
      .map((name) => document.getElementById(`${name}-${id}`));
    text.removeAttribute("aria-invalid");
    const written = text.value.replace(/\s+/g, " ").trim();
    if (outcome.value === NOT_YET) {
      if (written) throw fieldRefusal(outcome, "Kies wat ervan geworden is. Zonder dat gaat uw toelichting niet mee.");
      continue;
    }
    if (TELLS_WHO.test(written)) {
      throw fieldRefusal(text, "In de toelichting staat een nummer of een e-mailadres. Haal dat weg.");
    }
    answers.push({ signaal_id: id, uitkomst: outcome.value, opmerking: remark.value,
      ...(written ? { toelichting: written } : {}) });
  }
  if (!answers.length) throw new Refusal("U hebt nog niets ingevuld. Kies bij een signaal wat ervan geworden is.");
  return answers;
}

function fieldRefusal(field, text) {
  field.setAttribute("aria-invalid", "true");
  const refusal = new Refusal(text);
  refusal.field = field;
  return refusal;
}

/** The answer as a text that can go by mail, which the municipality alone can open. */
async function sealedAnswer(batch, answers, today) {
  const answer = { formaat: ANSWER_FORMAT, levering_id: batch.manifest.batch_id, manifest_sha256: batch.sha256,
    op: today, antwoorden: answers };
  const encrypter = new libraries.Encrypter();
  encrypter.addRecipient(batch.form.sleutel);
  return libraries.armor.encode(await encrypter.encrypt(JSON.stringify(answer)));
}
