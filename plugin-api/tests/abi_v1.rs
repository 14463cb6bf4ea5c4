//! The ABI, version 1, is frozen: the layout of everything that crosses the boundary is as `abi_v1.txt` says. What is
//! loaded once has to load for ever, so that file is never changed; a test that fails here has found a mistake.

use std::collections::HashSet;
use std::fmt::Write;

use orgsync_plugin_api::abi_stable::StableAbi;
use orgsync_plugin_api::abi_stable::library::RootModule;
use orgsync_plugin_api::abi_stable::std_types::utypeid::UTypeId;
use orgsync_plugin_api::abi_stable::type_layout::{TLField, TypeLayout};
use orgsync_plugin_api::manifest::{ABI_VERSION, SECTION};
use orgsync_plugin_api::module::{PluginModule, PluginModuleRef, ROOT_SYMBOL};

const FROZEN: &str = include_str!("abi_v1.txt");

/// Describes types one by one, each with what it is made of, and what those are made of.
#[derive(Default)]
struct Description {
    text: String,
    seen: HashSet<UTypeId>,
}

impl Description {
    fn describe(&mut self, layout: &'static TypeLayout) {
        let name = layout.full_type().to_string();
        if !self.seen.insert(layout.get_utypeid()) {
            return;
        }
        let kind = if layout.is_prefix_kind() { ", may grow at its end" } else { "" };
        let (size, align, repr) = (layout.size(), layout.alignment(), layout.repr_attr());
        writeln!(self.text, "\n{name}: {size} bytes, aligned to {align}, {repr:?}{kind}")
            .expect("a string can be written to");
        let fields = layout.get_fields().map(|fields| fields.to_vec()).unwrap_or_default();
        let phantom = layout.phantom_fields().to_vec();
        fields.iter().for_each(|field| self.line("field", field));
        phantom.iter().for_each(|field| self.line("names", field));
        for field in fields.iter().chain(&phantom) {
            for function in field.function_range().iter() {
                let given = function.param_type_layouts.iter().map(|layout| layout());
                let returned = function.return_type_layout().map(|layout| layout());
                given.chain(returned).for_each(|layout| self.describe(layout));
            }
            self.describe(field.layout());
        }
    }

    fn line(&mut self, what: &str, field: &TLField) {
        writeln!(self.text, "  {what} {}: {}", field.name(), field.full_type())
            .expect("a string can be written to");
        for function in field.function_range().iter() {
            let function = function.to_string();
            writeln!(self.text, "    {}", function.lines().next().unwrap_or_default())
                .expect("a string can be written to");
        }
    }
}

#[test]
fn the_frozen_abi_is_as_described() {
    let mut description = Description::default();
    let symbol = ROOT_SYMBOL.to_str().unwrap();
    let version = PluginModuleRef::VERSION_STRINGS.version;
    write!(
        description.text,
        "ABI {ABI_VERSION}, manifest in {SECTION}\nroot module `{}` {version} behind the symbol {symbol}, {} bytes\n",
        PluginModuleRef::NAME,
        size_of::<PluginModule>(),
    )
    .unwrap();
    description.describe(<PluginModuleRef as StableAbi>::LAYOUT);
    for (at, (found, frozen)) in description.text.lines().zip(FROZEN.lines()).enumerate() {
        assert_eq!(
            found,
            frozen,
            "abi_v1.txt, line {}: the ABI that plugins were built for has changed",
            at + 1
        );
    }
    assert_eq!(description.text.lines().count(), FROZEN.lines().count(), "abi_v1.txt: a type more or less");
}
