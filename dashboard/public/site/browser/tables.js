// Tables sorted by a column, each of their groups in itself; and the releases between two that are compared.
const order = new Intl.Collator(document.documentElement.lang, { numeric: true });

for (const table of document.querySelectorAll("table.rows")) {
  const heads = [...table.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    if (!head.dataset.by) return;
    const button = document.createElement("button");
    button.type = "button";
    button.title = document.body.dataset.sort;
    button.append(...head.childNodes);
    head.append(button);
    const read = (row) => {
      const cell = row.cells[column];
      return head.dataset.by === "text" ? cell.textContent : cell.dataset.key;
    };
    const compare = (a, b) => {
      const [x, y] = [read(a), read(b)];
      if (head.dataset.by === "text") return order.compare(x, y);
      return x === "" || y === "" ? (x === "") - (y === "") : x - y;
    };
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      for (const body of table.tBodies) {
        const rows = [...body.rows].filter((row) => !row.classList.contains("group"));
        body.append(...rows.sort((a, b) => (down ? compare(b, a) : compare(a, b))));
      }
    });
  });
}

const between = document.querySelector("form.between");
if (between) {
  const { from, to } = between.elements;
  const steps = [...document.querySelectorAll("[data-step]")];
  const again = document.querySelector("[data-again]");
  const outcome = between.querySelector("[data-between]");
  let inside;

  // a figure corrected more than once: its value before the first of these corrections, and after the last
  const net = (row) => {
    const all = [...row.querySelectorAll("[data-of]")];
    for (const one of all) one.hidden = !inside(one.dataset.of);
    const left = all.filter((one) => !one.hidden);
    row.hidden = left.length < 2;
    if (row.hidden) return;
    row.querySelector("del").textContent = left[0].dataset.before;
    row.querySelector("b").textContent = left.at(-1).dataset.after;
  };

  const narrow = () => {
    const [first, last] = [Number(from.value), Number(to.value)].sort((a, b) => a - b);
    [from.value, to.value] = [first, last];
    inside = (number) => first < Number(number) && Number(number) <= last;
    const sum = { figures: 0, corrections: 0, changes: 0 };
    for (const step of steps) {
      step.hidden = !inside(step.dataset.step);
      if (!step.hidden) for (const what in sum) sum[what] += Number(step.dataset[what]);
    }
    if (again) {
      const rows = [...again.querySelectorAll("tbody tr")];
      rows.forEach(net);
      again.hidden = rows.every((row) => row.hidden);
    }
    const told = outcome.dataset.between.replace(/\{(\w+)\}/g, (_, name) => sum[name]);
    outcome.textContent = first === last ? outcome.dataset.same : told;
  };

  const asked = new URLSearchParams(location.search);
  for (const one of [from, to]) {
    const number = asked.get(one.name);
    if ([...one.options].some((option) => option.value === number)) one.value = number;
  }
  between.addEventListener("change", () => {
    narrow();
    history.replaceState(null, "", `?from=${from.value}&to=${to.value}`);
  });
  between.addEventListener("submit", (event) => event.preventDefault());
  narrow();
}
