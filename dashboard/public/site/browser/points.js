// The figures of the point nearest to the pointer, over a chart whose points carry them.
const words = document.body.dataset;
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);

const line = (tag, text) => {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
};

const show = (point) => {
  const { period, value, expected } = point.dataset;
  const lines = [line("b", period), line("span", `${words.actual} ${value}`)];
  if (expected) lines.push(line("span", `${words.expected} ${expected}`));
  tip.replaceChildren(...lines);
  tip.hidden = false;
  const at = point.getBoundingClientRect();
  const middle = at.left + at.width / 2;
  const left = Math.min(Math.max(8, middle - tip.offsetWidth / 2), document.documentElement.clientWidth - tip.offsetWidth - 8);
  const above = at.top - tip.offsetHeight - 10;
  tip.style.left = `${left + scrollX}px`;
  tip.style.top = `${(above < 4 ? at.bottom + 10 : above) + scrollY}px`;
};
const hide = () => (tip.hidden = true);

const charts = new Set([...document.querySelectorAll("svg [data-period]")].map((point) => point.ownerSVGElement));
for (const chart of charts) {
  const points = [...chart.querySelectorAll("[data-period]")];
  const far = (point, event) => {
    const at = point.getBoundingClientRect();
    return Math.hypot(at.left + at.width / 2 - event.clientX, (at.top + at.height / 2 - event.clientY) / 4);
  };
  const nearest = (event) => show(points.reduce((a, b) => (far(b, event) < far(a, event) ? b : a)));
  chart.addEventListener("pointermove", nearest);
  chart.addEventListener("pointerdown", nearest);
  chart.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hide());
}
addEventListener("keydown", (event) => event.key === "Escape" && hide());
addEventListener("scroll", hide, { passive: true });
