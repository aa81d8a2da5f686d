// A link of ours to a page of ours is followed without loading it anew; one that says so (the language, the account), or
// with a key held down, goes the browser's own way.
function ours(event) {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target.closest?.("[data-testid=stHtml] a[href]");
  if (!link || "zbLoad" in link.dataset || link.target === "_blank" || link.origin !== location.origin) return null;
  return link;
}

document.addEventListener("click", (event) => {
  const link = ours(event);
  if (!link) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, "", link.href);
  dispatchEvent(new PopStateEvent("popstate"));
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
});
