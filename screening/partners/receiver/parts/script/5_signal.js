// A signal to read, by the schema that came with it: a field that this page never heard of is shown too.

/** An element: its attributes, and what stands in it, as text or as elements. Nothing is ever read as markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

const MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
  "november", "december"];
const GROUPS = { meta: "Gegevens van het signaal", object: "Het adres", aanleiding: "De aanleiding", feiten: "Feiten",
  afwijkingen: "Afwijkingen", organisaties: "Organisaties", personen: "Personen",
  onderzoek_en_maatregelen: "Eigen onderzoek en maatregelen", barrieres_en_vraag: "Barrières en de vraag aan u",
  twijfels: "Twijfels", bewaring_en_contact: "Bewaren en contact", bijlagen: "Bijlagen" };
const NOT_SHOWN = ["formaat"];
//: A full date of birth is for looking somebody up, and never on paper.
const NOT_ON_PAPER = ["geboortedatum"];
//: Folded at first: what one needs to look something up, not to understand it.
const FOLDED = ["meta", "aanleiding", "bewaring_en_contact"];

const worded = (name) => {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** A day as people write it, no further than it is known; any other text as it is. */
function inWords(text) {
  const parts = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(text);
  if (!parts || parts[2] < "01" || parts[2] > "12") return text;
  return `${parts[3] ? `${Number(parts[3])} ` : ""}${MONTHS[Number(parts[2]) - 1]} ${parts[1]}`;
}

/** The part of the schema behind a reference. */
function resolved(schema, part) {
  const target = part?.$ref ? schema.$defs?.[part.$ref.split("/").pop()] : null;
  return target ? { ...target, title: part.title ?? null, isNamed: Boolean(part["x-title-en"]) }
    : { ...(part ?? {}), isNamed: Boolean(part?.["x-title-en"]) };
}

function plainValue(value, part, words) {
  if (typeof value === "boolean") return value ? "ja" : "nee";
  if (typeof value === "number") return value.toLocaleString("nl-NL", { maximumFractionDigits: 3, useGrouping: false });
  if (Object.hasOwn(words, value)) return words[value];
  return part.enum || part.const ? value.replaceAll("_", " ") : inWords(value);
}

const isPlain = (value) => value === null || typeof value !== "object";

/** The fields of a part: those of a schema in its own order, then the others. */
function fieldsOf(value, part) {
  const order = [...(part.required ?? []), ...Object.keys(part.properties ?? {})];
  const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.keys(value).sort((left, right) => rank(left) - rank(right));
}

function describedPart(value, part, schema, words, level) {
  const list = element("dl");
  const below = [];
  for (const name of fieldsOf(value, part)) {
    const inner = resolved(schema, part.properties?.[name]);
    const title = inner.isNamed && inner.title ? inner.title : worded(name);
    const content = value[name];
    if (isPlain(content)) {
      list.append(element("div", {}, element("dt", {}, title), element("dd", {}, plainValue(content, inner, words))));
    } else if (Array.isArray(content) && content.every(isPlain)) {
      const of = resolved(schema, inner.items);
      const lines = content.map((one) => plainValue(one, of, words));
      const shown = lines.length > 1 ? element("ul", {}, lines.map((line) => element("li", {}, line))) : lines;
      list.append(element("div", {}, element("dt", {}, title), element("dd", {}, shown)));
    } else {
      below.push(element("div", { class: NOT_ON_PAPER.includes(name) ? "printless" : "inner" },
        element(`h${Math.min(level, 6)}`, {}, title), ...shownPart(content, inner, schema, words, level + 1)));
    }
  }
  return [...(list.children.length ? [list] : []), ...below];
}

function shownPart(value, part, schema, words, level) {
  if (!Array.isArray(value)) return describedPart(value, part, schema, words, level);
  const of = resolved(schema, part.items);
  return value.map((one) => element("div", { class: "part" },
    isPlain(one) ? element("p", {}, plainValue(one, of, words)) : describedPart(one, of, schema, words, level)));
}

/** The groups of a signal, each under its heading. */
function shownSignal(signal, schema, words) {
  const order = [...Object.keys(GROUPS).filter((name) => name in signal),
    ...Object.keys(signal).filter((name) => !(name in GROUPS) && !NOT_SHOWN.includes(name))];
  const isEmpty = (value) => value === null || (typeof value === "object" && !Object.keys(value).length);
  return order.filter((name) => !isEmpty(signal[name])).map((name) => {
    const part = resolved(schema, schema.properties?.[name]);
    const title = GROUPS[name] ?? (part.isNamed && part.title ? part.title : worded(name));
    const shown = isPlain(signal[name]) ? [element("p", {}, plainValue(signal[name], part, words))]
      : shownPart(signal[name], part, schema, words, 5);
    return element("details", { class: "group", open: !FOLDED.includes(name) },
      element("summary", {}, element("h4", {}, title)), ...shown);
  });
}
