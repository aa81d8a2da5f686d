// Search: what there is to find is fetched when the field is entered. Words may name an indicator, a region, or both.
const page = document.body.dataset;
const field = document.querySelector(".find input");
const list = document.getElementById("found");
const MOST = 10;
let known, chosen;

const fold = (text) => text.normalize("NFKC").toLowerCase();
const has = (text, words) => words.filter((word) => text.includes(word));

const found = (query) => {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (!words.length || !known) return [];
  const hits = [];
  const add = (name, note, address, rank) => hits.push({ name, note, address, rank });
  const all = (entries, folder) => {
    for (const [id, name, text] of entries) if (has(text, words).length === words.length) add(name, "", `${folder}/${id}/`, 0);
  };
  all(known.plans, "plans");
  all(known.domains, "domains");
  all(known.regions, "regions");
  const regions = known.regions.map(([, , text]) => has(text, words));
  for (const [id, name, text, places] of known.indicators) {
    const own = has(text, words);
    if (!own.length) continue;
    const there = places.filter((place) => words.every((word) => own.includes(word) || regions[place].includes(word)));
    const rank = fold(name).startsWith(words[0]) ? 1 : 2;
    if (there.length > 3) add(name, page.places.replace("{count}", there.length), `indicators/${id}/`, rank);
    else for (const place of there) add(name, known.regions[place][1], `indicators/${id}/${known.regions[place][0]}/`, rank);
  }
  return hits.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length).slice(0, MOST);
};

const close = () => {
  list.hidden = true;
  chosen = undefined;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
};

const option = (hit, number) => {
  const link = document.createElement("a");
  link.id = `found-${number}`;
  link.setAttribute("role", "option");
  link.setAttribute("aria-selected", "false");
  link.tabIndex = -1;
  link.href = page.root + hit.address;
  link.append(hit.name);
  if (hit.note) {
    const note = document.createElement("small");
    note.append(hit.note);
    link.append(note);
  }
  return link;
};

const draw = () => {
  if (!field.value.trim()) return close();
  const hits = found(field.value);
  list.replaceChildren(...hits.map(option));
  if (known && !hits.length) {
    const none = document.createElement("p");
    none.className = "none";
    none.setAttribute("role", "option");
    none.setAttribute("aria-disabled", "true");
    none.append(page.none);
    list.append(none);
  }
  list.hidden = !list.children.length;
  chosen = undefined;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.removeAttribute("aria-activedescendant");
};

const choose = (step) => {
  const options = [...list.querySelectorAll("a")];
  if (!options.length) return;
  const from = chosen ? options.indexOf(chosen) : step > 0 ? -1 : 0;
  chosen?.setAttribute("aria-selected", "false");
  chosen = options[(from + step + options.length) % options.length];
  chosen.setAttribute("aria-selected", "true");
  chosen.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", chosen.id);
};

if (field) {
  field.addEventListener("focus", async () => {
    if (known) return;
    const answer = await fetch(page.search).catch(() => undefined);
    if (answer?.ok) known = await answer.json();
    draw();
  });
  field.addEventListener("input", draw);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter") (chosen ?? list.querySelector("a"))?.click();
    else return;
    event.preventDefault();
  });
  field.closest(".find").addEventListener("focusout", (event) => event.currentTarget.contains(event.relatedTarget) || close());
  list.addEventListener("pointerdown", (event) => event.preventDefault());
}
