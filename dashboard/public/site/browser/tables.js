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
  const outcome = between.querySelector("[data-between]");
  const narrow = () => {
    const [first, last] = [Number(from.value), Number(to.value)].sort((a, b) => a - b);
    const sum = { corrections: 0, changes: 0 };
    for (const step of steps) {
      step.hidden = !(first < Number(step.dataset.step) && Number(step.dataset.step) <= last);
      if (!step.hidden) for (const what in sum) sum[what] += Number(step.dataset[what]);
    }
    outcome.textContent = outcome.dataset.between.replace(/\{(\w+)\}/g, (_, name) => sum[name]);
  };
  from.selectedIndex = from.length - 1;
  to.selectedIndex = 0;
  between.addEventListener("change", narrow);
  between.addEventListener("submit", (event) => event.preventDefault());
  narrow();
}
