// A sheet of paper says when it was printed and where the page can be seen, and at its foot what the page stands on.
function now(timeZone) {
  const language = document.documentElement.lang;
  const shown = { year: "numeric", month: language === "en" ? "short" : "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false, timeZone };
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "sv-SE", shown).format(new Date());
}

function quoted(text) {
  return JSON.stringify(text).replaceAll("<", "\\3c ");
}

addEventListener("beforeprint", () => {
  const paper = document.querySelector(".zb-paper");
  if (!paper) return;
  const place = paper.querySelector("[data-zb-printed]");
  const time = now(place.dataset.zbPrinted);
  const address = paper.querySelector("[data-zb-seen-at]");
  place.textContent = time;
  const seen = new URL(location.href);
  new URLSearchParams(address.dataset.zbSeenAt).forEach((value, name) => seen.searchParams.set(name, value));
  address.textContent = seen.href;
  let style = document.getElementById("zb-sheet");
  if (!style) {
    style = document.createElement("style");
    style.id = "zb-sheet";
    document.head.append(style);
  }
  const font = "font-size: 8pt; color: #566172; font-family: sans-serif;";
  style.textContent =
    `@page { @bottom-left { content: ${quoted(paper.dataset.zbSheet)}; ${font} }` +
    ` @bottom-right { content: ${quoted(time)} " · " counter(page) " / " counter(pages); ${font} } }`;
});
