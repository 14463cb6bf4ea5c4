//! A part of a page as an operator knows it, by what it is and what it is called. It is looked for anew each
//! time that something is done to it, and waited for, since pages change under the hand.

use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::driver::{Driver, Element};
use super::keys::Key;

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
/// How many times Tab is pressed to get somewhere.
const FAR: usize = 150;

const FIND: &str = include_str!("find.js");

/// A part of a page, or the page itself.
#[derive(Clone)]
pub(crate) struct Part {
    pub(super) driver: Rc<Driver>,
    path: Vec<Step>,
    patience: Duration,
    which: Which,
}

/// Which one is meant where there are several.
#[derive(Debug, Clone, Copy)]
enum Which {
    Only,
    First,
}

/// One of the names that lead to a part.
#[derive(Debug, Clone)]
struct Step {
    /// What it may be, as ARIA calls it.
    roles: Vec<String>,
    name: String,
    /// Whether it is called just that; otherwise its text contains it.
    whole: bool,
}

impl Part {
    /// The whole page.
    pub(super) fn page(driver: Rc<Driver>) -> Self {
        Self { driver, path: Vec::new(), patience: PATIENCE, which: Which::Only }
    }

    /// What folds out counts as a button.
    pub(crate) fn button(&self, name: &str) -> Self {
        self.below(&["button", "summary"], name, true)
    }

    pub(crate) fn link(&self, name: &str) -> Self {
        self.below(&["link"], name, true)
    }

    /// Whatever takes an entry, by its label.
    pub(crate) fn field(&self, label: &str) -> Self {
        let roles = [
            "textbox",
            "searchbox",
            "spinbutton",
            "combobox",
            "listbox",
            "checkbox",
            "switch",
            "radio",
            "input",
        ];
        self.below(&roles, label, true)
    }

    pub(crate) fn heading(&self, text: &str) -> Self {
        self.below(&["heading"], text, true)
    }

    pub(crate) fn dialog(&self, name: &str) -> Self {
        self.below(&["dialog", "alertdialog"], name, true)
    }

    /// The row of a table that contains a text.
    pub(crate) fn row(&self, text: &str) -> Self {
        self.below(&["row"], text, false)
    }

    /// What folds out, by a text that it contains.
    pub(crate) fn branch(&self, text: &str) -> Self {
        self.below(&["summary", "button"], text, false)
    }

    /// Anything else, by the role that ARIA has for it.
    pub(crate) fn part(&self, role: &str, name: &str) -> Self {
        self.below(&[role], name, true)
    }

    fn below(&self, roles: &[&str], name: &str, whole: bool) -> Self {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let mut path = self.path.clone();
        path.push(Step { roles, name: name.to_owned(), whole });
        Self { path, which: Which::Only, ..self.clone() }
    }

    /// The first of several that do the same.
    pub(crate) fn first(&self) -> Self {
        Self { which: Which::First, ..self.clone() }
    }

    /// The same, for which nobody waits long, since it does not come.
    pub(crate) fn hurried(&self) -> Self {
        Self { patience: Duration::from_millis(500), ..self.clone() }
    }

    /// The names of all parts of a role, in the order of the page.
    pub(crate) fn names(&self, role: &str) -> Vec<String> {
        let (_, names) = self.below(&[role], "", true).look().unwrap();
        names
    }

    /// Clicks it, once it can be clicked.
    #[track_caller]
    pub(crate) fn press(&self) {
        self.until("can be pressed", |driver, element| {
            if driver.get(&element.path("enabled")).map_err(|refusal| refusal.to_string())? == false {
                return Err("it is disabled".to_owned());
            }
            driver.post(&element.path("click"), &json!({})).map_err(|refusal| refusal.to_string())
        });
    }

    /// Puts a text in the place of what a field has.
    #[track_caller]
    pub(crate) fn fill(&self, text: &str) {
        self.until("can be filled in", |driver, element| {
            driver.post(&element.path("clear"), &json!({})).map_err(|refusal| refusal.to_string())?;
            let keys = json!({"text": text});
            driver.post(&element.path("value"), &keys).map_err(|refusal| refusal.to_string())
        });
    }

    /// Takes one of the options of a field.
    #[track_caller]
    pub(crate) fn choose(&self, option: &str) {
        const OPTION: &str =
            "return [...arguments[0].options].find(one => one.label.trim() === arguments[1])";
        self.until(&format!("offers {option:?}"), |driver, element| {
            let found = driver.script(OPTION, &[element.reference(), json!(option)]);
            let found = Element::read(&found.map_err(|refusal| refusal.to_string())?);
            let found = found.ok_or("it has no such option")?;
            driver.post(&found.path("click"), &json!({})).map_err(|refusal| refusal.to_string())
        });
    }

    /// Waits until it is there.
    #[track_caller]
    pub(crate) fn appears(&self) -> &Self {
        self.until("is there", |_, _| Ok(()));
        self
    }

    /// Waits until there is none.
    #[track_caller]
    pub(crate) fn vanishes(&self) {
        self.wait(&format!("{self} is gone"), || match self.look()? {
            (elements, _) if elements.is_empty() => Ok(()),
            _ => Err("it is there".to_owned()),
        });
    }

    /// Whether there is one now.
    pub(crate) fn is_there(&self) -> bool {
        !self.look().unwrap().0.is_empty()
    }

    /// Waits until its text contains this.
    #[track_caller]
    pub(crate) fn sees(&self, text: &str) {
        self.until(&format!("says {text:?}"), |driver, element| {
            match read(driver, &element, TEXT)?.as_str() {
                Some(said) if said.contains(text) => Ok(()),
                said => Err(format!("it says {:?}", said.unwrap_or_default())),
            }
        });
    }

    /// Waits until its text does not contain this.
    #[track_caller]
    pub(crate) fn misses(&self, text: &str) {
        self.until(&format!("no longer says {text:?}"), |driver, element| {
            match read(driver, &element, TEXT)?.as_str() {
                Some(said) if !said.contains(text) => Ok(()),
                said => Err(format!("it says {:?}", said.unwrap_or_default())),
            }
        });
    }

    /// Its text, as it is shown.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        self.get(TEXT).as_str().unwrap().to_owned()
    }

    /// What a field has.
    #[track_caller]
    pub(crate) fn value(&self) -> String {
        self.get("return arguments[0].value").as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn is_ticked(&self) -> bool {
        self.get("return arguments[0].checked") == true
    }

    #[track_caller]
    pub(crate) fn is_enabled(&self) -> bool {
        self.get("return !arguments[0].matches(':disabled')") == true
    }

    /// The help and the errors beside a field, as its attributes lead to them.
    #[track_caller]
    pub(crate) fn description(&self) -> String {
        self.get(DESCRIPTION).as_str().unwrap().to_owned()
    }

    /// Presses Tab until it has the focus, which has to be seen.
    #[track_caller]
    pub(crate) fn reach(&self) {
        let find = || self.until("is there", |_, element| Ok(element));
        let mut element = find();
        for _ in 0..FAR {
            let here = "return document.activeElement === arguments[0]";
            let reached = self.driver.script(here, &[element.reference()]).unwrap_or_else(|_| {
                // Another one stands in its place by now.
                element = find();
                self.driver.script(here, &[element.reference()]).unwrap()
            });
            if reached == true {
                assert!(self.get(FOCUS) == true, "one does not see that {self} has the focus");
                return;
            }
            Key::Tab.press(&self.driver);
        }
        panic!("{self} is out of the keyboard's reach");
    }

    #[track_caller]
    fn get(&self, script: &str) -> Value {
        self.until("is there", |driver, element| read(driver, &element, script))
    }

    /// Does something to it as soon as that works.
    #[track_caller]
    fn until<T>(&self, what: &str, mut act: impl FnMut(&Driver, Element) -> Result<T, String>) -> T {
        self.wait(&format!("{self} {what}"), || act(&self.driver, self.element()?))
    }

    /// Tries until it works, and tells why it did not.
    #[track_caller]
    pub(super) fn wait<T>(&self, what: &str, mut attempt: impl FnMut() -> Result<T, String>) -> T {
        let start = Instant::now();
        loop {
            match attempt() {
                Ok(value) => return value,
                Err(reason) if start.elapsed() > self.patience => {
                    panic!("waited in vain until {what}: {reason}")
                }
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// The one element that it is; which one is meant has to be clear.
    fn element(&self) -> Result<Element, String> {
        let (mut elements, names) = self.look()?;
        match (elements.len(), self.which) {
            (0, _) => Err(format!("there are only {names:?}")),
            (1, _) | (_, Which::First) => Ok(elements.remove(0)),
            (count, Which::Only) => Err(format!("there are {count} of them")),
        }
    }

    fn look(&self) -> Result<(Vec<Element>, Vec<String>), String> {
        let path: Vec<Value> = self.path.iter().map(Step::for_script).collect();
        let found = self.driver.script(FIND, &[json!(path)]).map_err(|refusal| refusal.to_string())?;
        let elements = found[0].as_array().into_iter().flatten().filter_map(Element::read).collect();
        let names = found[1].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        Ok((elements, names.collect()))
    }
}

const TEXT: &str = "return arguments[0].innerText";

const DESCRIPTION: &str = "const [field] = arguments;
    const ids = ['aria-describedby', 'aria-errormessage'].map(name => field.getAttribute(name) ?? '').join(' ');
    const texts = ids.split(/\\s+/).filter(Boolean).map(id => document.getElementById(id).innerText);
    return texts.join(' ').trim()";

/// Whether what has the focus looks like it: an outline or a shadow.
const FOCUS: &str = "const style = getComputedStyle(arguments[0]);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return arguments[0].matches(':focus-visible') && (outlined || style.boxShadow !== 'none')";

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(last) = self.path.last() else {
            return f.write_str("the page");
        };
        write!(f, "the {} {:?}", last.roles[0], last.name)?;
        for step in self.path.iter().rev().skip(1) {
            write!(f, " in the {} {:?}", step.roles[0], step.name)?;
        }
        Ok(())
    }
}

impl Step {
    fn for_script(&self) -> Value {
        json!({"roles": self.roles, "name": self.name, "whole": self.whole})
    }
}

fn read(driver: &Driver, element: &Element, script: &str) -> Result<Value, String> {
    driver.script(script, &[element.reference()]).map_err(|refusal| refusal.to_string())
}
