// What Streamlit's own controls say, in Chinese where the page is Chinese; and the page's language for whoever asks.
const SAID = [
  [/^Upload$/, "选择文件"],
  [/^Help for (.*)$/, "“$1”的说明"],
  [/^Browse files$/, "选择文件"],
  [/^([\d.]+) ?MB per file(?: [•·] (.*))?$/, (_, size, kinds) => `每个文件不超过 ${size} MB${kinds ? ` · ${kinds}` : ""}`],
  [/^Error: .* files are not allowed\.$/, "不能上传这种文件,请选择 .xlsx 或 .csv。"],
  [/^Error: File must be ([\d.]+) ?MB or smaller\.$/, "文件超过 $1 MB,请拆分后分次报送。"],
  [/^Error: (.*)$/, "上传没有成功,请重试。"],
  [/^file upload$/, "选择文件"],
  [/^Add files$/, "添加文件"],
  [/^add icon$/, "添加"],
  [/^Remove (.*)$/, "移除 $1"],
  [/^Press Enter to apply$/, "按回车键确认"],
  [/^Press Enter to submit form$/, "按回车键提交"],
  [/^Choose an option$/, "请选择"],
  [/^Choose options$/, "请选择"],
  [/^No results$/, "没有符合的选项"],
  [/^Select all$/, "全选"],
  [/^Clear all$/, "全部清除"],
  [/^Clear value$/, "清除"],
  [/^Close$/, "关闭"],
  [/^Running\.\.\.$/, "正在处理…"],
  [/^Stop$/, "停止"],
  [/^Connecting$/i, "正在连接"],
  [/^Connection error$/, "连接中断"],
  [/^Is Streamlit still running\?.*$/s, "与服务器的连接中断了。请稍候,页面会自动恢复;若一直不恢复,请联系管理员。"],
];
const LABELS = ["aria-label", "title", "placeholder"];

function chinese() {
  return document.documentElement.lang.startsWith("zh");
}

function said(text) {
  const trimmed = text.trim();
  const found = SAID.find(([pattern]) => pattern.test(trimmed));
  return found ? trimmed.replace(found[0], found[1]) : null;
}

// only inside Streamlit's controls: what data says is never touched
const CONTROLS =
  "[data-testid=stFileUploader],[data-testid=stTextInput],[data-testid=stTextArea],[data-testid=stSelectbox]," +
  "[data-testid=stMultiSelect],[data-testid=stStatusWidget],[data-testid=stDialog],[data-baseweb=popover] [role=listbox]," +
  "[data-testid=stConnectionStatus]";

// a sentence may be several text nodes; the first takes all of it
function retell(element) {
  const other = said(element.textContent);
  if (other === null || other === element.textContent) return;
  [...element.childNodes].forEach((node, place) => (node.data = place ? "" : other));
}

function translate(root) {
  const nodes = root.matches?.(CONTROLS) ? [root] : [...(root.querySelectorAll?.(CONTROLS) ?? [])];
  const inside = root.nodeType === Node.TEXT_NODE ? root.parentElement : root;
  if (inside?.closest?.(CONTROLS)) nodes.push(inside);
  for (const control of nodes) {
    for (const element of [control, ...control.querySelectorAll("*")]) {
      if (element.closest("[data-testid=stWidgetLabel],[data-testid=stFileChipName],textarea,[role=option]")) continue;
      if (element.firstChild && !element.firstElementChild) retell(element);
      for (const label of LABELS) {
        const other = element.hasAttribute(label) ? said(element.getAttribute(label)) : null;
        if (other !== null && other !== element.getAttribute(label)) element.setAttribute(label, other);
      }
    }
  }
}

function watch(changes) {
  const page = document.querySelector("[data-zb-lang]");
  if (page && document.documentElement.lang !== page.dataset.zbLang) {
    document.documentElement.lang = page.dataset.zbLang;
    if (chinese()) translate(document.body);
  }
  if (!chinese()) return;
  for (const change of changes) {
    if (change.type === "childList") change.addedNodes.forEach(translate);
    else translate(change.target);
  }
}

new MutationObserver(watch).observe(document.documentElement, {
  childList: true,
  subtree: true,
  characterData: true,
  attributes: true,
  attributeFilter: LABELS,
});
