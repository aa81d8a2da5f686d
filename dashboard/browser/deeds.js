// What a reader does with a page as it stands: print it, copy its verdict or its address, make its letters larger.
const LARGE = "zhibiao-large";

function enlarge(large) {
  document.documentElement.classList.toggle("zb-large", large);
  document.querySelectorAll("[data-zb-do=large]").forEach((button) => button.setAttribute("aria-pressed", String(large)));
}

// without https a browser has no clipboard to offer, but still copies what is selected
async function copied(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.style.cssText = "position:fixed;opacity:0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("nothing was copied");
  return undefined;
}

function tell(button, text) {
  const line = document.querySelector(".zb-told");
  if (line) line.textContent = text;
  button.classList.add("done");
  setTimeout(() => {
    button.classList.remove("done");
    if (line?.textContent === text) line.textContent = "";
  }, 2500);
}

// the address of this page with nothing left to defaults
function pinned(parameters) {
  const address = new URL(location.href);
  new URLSearchParams(parameters).forEach((value, name) => address.searchParams.set(name, value));
  address.searchParams.delete("closed");
  return address.href;
}

async function copy(button) {
  const text = [button.dataset.zbText, pinned(button.dataset.zbPin)].filter(Boolean).join("\n");
  try {
    await copied(text);
    tell(button, button.dataset.zbDone);
  } catch {
    tell(button, text); // to be copied by hand
  }
}

const DEEDS = {
  print: () => window.print(),
  copy,
  large: () => {
    const large = !document.documentElement.classList.contains("zb-large");
    localStorage.setItem(LARGE, large ? "1" : "");
    enlarge(large);
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zb-do]");
  if (button) DEEDS[button.dataset.zbDo]?.(button);
  // a list that is open closes when something else is chosen
  document.querySelectorAll("details.zb-pop[open]").forEach((list) => list.contains(event.target) || list.removeAttribute("open"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const list = document.querySelector("details.zb-pop[open]");
  list?.removeAttribute("open");
  list?.querySelector("summary")?.focus();
});

function remembered() {
  try {
    return localStorage.getItem(LARGE) === "1";
  } catch {
    return false; // a browser that keeps nothing
  }
}

enlarge(remembered());
// the button itself is drawn later, and again with each page
new MutationObserver(() => {
  const button = document.querySelector("[data-zb-do=large]:not([aria-pressed])");
  if (button) enlarge(remembered());
}).observe(document.documentElement, { childList: true, subtree: true });
