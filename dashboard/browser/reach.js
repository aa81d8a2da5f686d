// What the markup cannot know: which tables are wider than their place, and are therefore scrolled by keyboard too; and what
// Streamlit's own controls leave unsaid; and which words of an English page are Chinese, for whoever has it read aloud.
const ROOM = new ResizeObserver((seen) => seen.forEach(({ target }) => reach(target)));

function reach(place) {
  const over = place.scrollWidth > place.clientWidth + 1;
  if (over) place.setAttribute("tabindex", "0");
  else place.removeAttribute("tabindex");
}

function mend() {
  // the way past the top bar comes first
  document.querySelector("[data-testid=stMain][tabindex='0']")?.setAttribute("tabindex", "-1");
  document.querySelectorAll(".zb-scroll:not([data-zb-seen])").forEach((place) => {
    place.dataset.zbSeen = "";
    ROOM.observe(place);
  });
  document.querySelectorAll("[data-testid=stFileUploaderDropzone][role=presentation]").forEach((zone) => zone.setAttribute("role", "group"));
}

const CHINESE = /[\u2e80-\u9fff\uff00-\uffef]+(?:[ ·・]*[\u2e80-\u9fff\uff00-\uffef]+)*/g;

function markChinese() {
  const nodes = [];
  for (const page of document.querySelectorAll("[data-testid=stHtml]")) {
    const walk = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (walk.currentNode.data.search(CHINESE) >= 0) nodes.push(walk.currentNode);
  }
  for (const node of nodes) {
    if (node.parentElement.closest("[lang^=zh]")) continue;
    const pieces = document.createElement("template").content;
    let from = 0;
    for (const found of node.data.matchAll(CHINESE)) {
      const said = document.createElement("bdi"); // no rule of ours is about it
      said.lang = "zh-CN";
      said.textContent = found[0];
      pieces.append(node.data.slice(from, found.index), said);
      from = found.index + found[0].length;
    }
    pieces.append(node.data.slice(from));
    node.replaceWith(pieces);
  }
}

let due = 0;
new MutationObserver(() => {
  due ||= requestAnimationFrame(() => {
    due = 0;
    mend();
    if (document.documentElement.lang === "en") markChinese();
  });
}).observe(document.documentElement, { childList: true, subtree: true });
