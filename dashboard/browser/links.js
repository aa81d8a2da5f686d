// A link of ours to a page of ours is followed without loading it anew; one that says so (the language, the account), or
// with a key held down, goes the browser's own way. Whoever listens to the page or walks it by keyboard then stands at its
// heading, as after a load.
function ours(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target.closest?.("[data-testid=stHtml] a[href]");
  if (!link || "zbLoad" in link.dataset || link.target === "_blank" || link.origin !== location.origin) return null;
  return link;
}

function toHeading() {
  const heading = document.querySelector(".zb-h1") ?? document.getElementById("zb-page");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = ours(event);
  if (!link) return;
  event.preventDefault();
  if (link.classList.contains("zb-skip")) {
    toHeading();
    document.activeElement.scrollIntoView({ block: "start" });
    return;
  }
  if (link.href !== location.href) history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate"));
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
});

let following = 0;

// The heading of the page that is drawn next is found once nothing runs, and again should it be drawn anew.
addEventListener("popstate", () => {
  const left = document.activeElement;
  const until = Date.now() + 8000;
  clearInterval(following);
  following = setInterval(() => {
    if (Date.now() > until) clearInterval(following);
    if (document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning") return;
    const now = document.activeElement;
    if (now === left || now === document.body) toHeading();
    else if (!now.matches(".zb-h1, #zb-page")) clearInterval(following); // the reader has gone on
  }, 200);
});
