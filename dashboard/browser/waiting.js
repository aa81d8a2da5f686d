// The outline of a page stands in for it until all of its first run is in its place, so that nothing moves before the eyes.
const LONGEST = 8000; // ms; then whatever there is

function stands() {
  const app = document.querySelector("[data-testid=stApp]");
  const drawn = document.querySelector(".zb-foot") || app?.querySelector("[data-testid=stMain] .stElementContainer");
  if (!drawn || app.dataset.testScriptState !== "notRunning") return false;
  const charts = [...document.querySelectorAll("[data-testid=stVegaLiteChart]")];
  return !document.querySelector("[data-testid=stSkeleton]") && charts.every((chart) => chart.querySelector("canvas, svg"));
}

function show() {
  watching.disconnect();
  document.documentElement.classList.add("zb-stands");
}

const watching = new MutationObserver(() => stands() && show());
watching.observe(document.documentElement, {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ["data-test-script-state"],
});
setTimeout(show, LONGEST);
