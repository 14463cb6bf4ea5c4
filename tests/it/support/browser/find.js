// Finds what is on the page as somebody finds it who is told of its role and its name. The first argument is a
// path of steps, each below what the one before found: { roles, name, whole }, where a name is the whole
// accessible name or else a part of the text. Gives [the elements, the names of all that have the last roles].
const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim();
// What browsers give no role of ARIA, such as a summary, goes by its tag.
const role = (element) => element.computedRole || element.localName;
const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const told = (element, step) => clean(step.whole ? element.computedName : element.innerText);
const fits = (element, step) => {
  const name = told(element, step);
  return step.whole ? name === clean(step.name) : name.includes(clean(step.name));
};

// What may have a role without saying so. The browser works names and roles out for each element that is asked about, which
// takes seconds on a long page; what is not here is looked for among all elements.
const native = {
  button: "button, input, summary", summary: "summary", link: "a", heading: "h1, h2, h3, h4, h5, h6",
  row: "tr", columnheader: "th", dialog: "dialog", alertdialog: "dialog", group: "fieldset, details",
  textbox: "input, textarea", searchbox: "input", spinbutton: "input", combobox: "input, select", listbox: "select",
  checkbox: "input", switch: "input", radio: "input", input: "input", list: "ul, ol", main: "main", status: "output",
};
const candidates = (roles) => [...roles.map((role) => native[role] ?? "*"), "[role]"].join(", ");

let found = [document.body];
let names = [];
for (const step of arguments[0]) {
  const below = new Set(found.flatMap((element) => [...element.querySelectorAll(candidates(step.roles))]));
  const alike = [...below].filter((element) => shown(element) && step.roles.includes(role(element)));
  names = alike.map((element) => told(element, step));
  found = alike.filter((element) => fits(element, step));
}
return [found, names];
