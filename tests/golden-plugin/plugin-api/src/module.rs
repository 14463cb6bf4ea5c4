//! The frozen ABI, version 1: one root module with one function, and two objects with one method each. None
//! of them ever gets another field or method (a newer host would reject all older plugins); everything
//! evolves in [`message`](crate::message).
//!
//! Vendors see only [`export_plugin!`](crate::export_plugin); hosts see [`PluginModuleRef`].
#![expect(
    unsafe_code,
    reason = "describes the root module to abi_stable, and its macros expand to unsafe code"
)]
#![expect(non_local_definitions, unused_qualifications, reason = "so does sabi_trait expand")]

use std::ffi::CStr;

use abi_stable::library::{
    __call_root_module_loader, CheckTypeLayout, LibHeader, RootModule, RootModuleResult,
};
use abi_stable::prefix_type::PrefixTypeTrait;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::{RBox, RResult, RSlice, RStr, RVec};
use abi_stable::{StableAbi, sabi_trait};

use crate::guard::{self, Guarded};
use crate::host::Host;
use crate::message::OfferKind;
use crate::session::Session;
use crate::{ErrorClass, PluginError};

/// The symbol of the `LibHeader` that leads to the root module.
pub const ROOT_SYMBOL: &CStr = c"ORGSYNC_PLUGIN_V1";

/// What a call across the boundary answers: a message, or a [`PluginError`], both as JSON.
pub type Answer = RResult<RVec<u8>, RVec<u8>>;

/// The root module of every plugin.
#[repr(C)]
#[derive(Debug, StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModuleRef, prefix_fields = PluginModulePrefix)))]
#[sabi(missing_field(panic))]
pub struct PluginModule {
    /// Opens an offer of the plugin: kind (`source` or `target`), name, options as JSON, the host.
    #[sabi(last_prefix_field)]
    pub open: extern "C" fn(RStr<'_>, RStr<'_>, RStr<'_>, HostBox) -> RResult<SessionBox, RVec<u8>>,
}

/// What the host can ask of an opened source or target.
#[sabi_trait]
pub trait SessionCalls: Send {
    /// Carries out one operation of [`crate::message`].
    #[sabi(last_prefix_field)]
    fn call(&mut self, op: RStr<'_>, payload: RSlice<'_, u8>) -> RResult<RVec<u8>, RVec<u8>>;
}

/// What a plugin can ask of the host, from any thread.
#[sabi_trait]
pub trait HostCalls: Send + Sync {
    /// Carries out one operation of [`crate::message`].
    #[sabi(last_prefix_field)]
    fn call(&self, op: RStr<'_>, payload: RSlice<'_, u8>) -> RResult<RVec<u8>, RVec<u8>>;
}

/// An opened source or target.
pub type SessionBox = SessionCalls_TO<'static, RBox<()>>;

/// The host, as a plugin holds it.
pub type HostBox = HostCalls_TO<'static, RBox<()>>;

impl RootModule for PluginModuleRef {
    abi_stable::declare_root_module_statics! {PluginModuleRef}
    const BASE_NAME: &'static str = "orgsync_plugin";
    const NAME: &'static str = "orgsync plugin";
    // The ABI's version, not this crate's: a new release of the crate must not look like a new ABI.
    const VERSION_STRINGS: VersionStrings = VersionStrings::new("1.0.0");
}

/// What `export_plugin!` implements: all offers of one plugin.
pub trait Plugin: 'static {
    /// Opens one of them.
    fn open(
        kind: OfferKind,
        name: &str,
        options: &str,
        host: &std::sync::Arc<Host>,
    ) -> Result<Box<dyn Session>, PluginError>;
}

/// Encodes an error for the way across the boundary.
pub fn encode_error(error: &PluginError) -> RVec<u8> {
    serde_json::to_vec(error).unwrap_or_default().into()
}

/// Decodes what came across the boundary.
///
/// # Errors
/// What the other side answered.
pub fn decode_answer<T>(answer: RResult<T, RVec<u8>>) -> Result<T, PluginError> {
    answer.into_result().map_err(|bytes| {
        serde_json::from_slice(&bytes).unwrap_or_else(|_| {
            PluginError::new(
                ErrorClass::Unknown,
                "the other side of the plugin boundary gave an unreadable error",
            )
        })
    })
}

#[doc(hidden)]
pub const fn root<P: Plugin>() -> LibHeader {
    extern "C" fn constructor<P: Plugin>() -> RootModuleResult {
        __call_root_module_loader(|| PluginModule { open: open::<P> }.leak_into_prefix())
    }
    // SAFETY: the constructor gives what `__call_root_module_loader` made of a `PluginModuleRef`.
    unsafe { LibHeader::from_constructor::<PluginModuleRef>(constructor::<P>, CheckTypeLayout::Yes) }
}

#[doc(hidden)]
pub const fn array<const N: usize>(text: &str) -> [u8; N] {
    match text.as_bytes().first_chunk() {
        Some(bytes) => *bytes,
        None => panic!("the text is shorter than the array"),
    }
}

#[doc(hidden)]
pub const fn same_names(left: &[&str], right: &[&str]) -> bool {
    let mut all = left.len() == right.len();
    let mut i = 0;
    while all && i < left.len() {
        let (a, b) = (left[i].as_bytes(), right[i].as_bytes());
        all = a.len() == b.len();
        let mut j = 0;
        while all && j < a.len() {
            all = a[j] == b[j];
            j += 1;
        }
        i += 1;
    }
    all
}

extern "C" fn open<P: Plugin>(
    kind: RStr<'_>,
    name: RStr<'_>,
    options: RStr<'_>,
    host: HostBox,
) -> RResult<SessionBox, RVec<u8>> {
    let opened = guard::run(|| {
        guard::install_hook();
        let host = std::sync::Arc::new(Host::new(host));
        crate::log::install(&host);
        let kind = match kind.as_str() {
            "source" => OfferKind::Source,
            "target" => OfferKind::Target,
            other => return Err(PluginError::unsupported(format!("there is no kind `{other}` of offers"))),
        };
        P::open(kind, name.as_str(), options.as_str(), &host)
    });
    match opened {
        Ok(session) => RResult::ROk(SessionCalls_TO::from_value(
            Guarded::new(session),
            abi_stable::erased_types::TD_Opaque,
        )),
        Err(error) => RResult::RErr(encode_error(&error)),
    }
}

impl SessionCalls for Guarded {
    fn call(&mut self, op: RStr<'_>, payload: RSlice<'_, u8>) -> Answer {
        match Guarded::call(self, op.as_str(), payload.as_slice()) {
            Ok(reply) => RResult::ROk(reply.into()),
            Err(error) => RResult::RErr(encode_error(&error)),
        }
    }
}

/// Makes a library a plugin: names the types behind the sources and targets that its `build.rs` describes.
///
/// ```ignore
/// orgsync_plugin_api::export_plugin! {
///     sources: { "acme-hr" => AcmeHr },
///     targets: { "acme-mail" => AcmeMail },
/// }
/// ```
///
/// `build.rs` names the same ones in the same order, or compiling fails:
///
/// ```ignore
/// #[allow(dead_code)] // only their schemas are of interest here
/// #[path = "src/options.rs"]
/// mod options;
///
/// fn main() {
///     orgsync_plugin_api::build::manifest()
///         .vendor("ACME Inc.")
///         .source::<options::HrOptions>("acme-hr", "ACME HR")
///         .target::<options::MailOptions>("acme-mail", "ACME Mail")
///         .write();
/// }
/// ```
///
/// Panics in construction, in every call and in `Drop` become errors that say where. Built with
/// `panic = "abort"`, a plugin loads all the same, but a panic ends its worker: the task fails with `killed by SIGABRT`,
/// and what the panic said stands only in the host's log.
#[macro_export]
macro_rules! export_plugin {
    (
        sources: { $($source:literal => $Source:ty),* $(,)? }
        $(, targets: { $($target:literal => $Target:ty),* $(,)? })? $(,)?
    ) => {
        #[expect(unsafe_code, reason = "a section and a symbol by which hosts find the plugin")]
        const _: () = {
            mod described {
                include!(concat!(
                    env!("OUT_DIR", "export_plugin! needs a build.rs that ends in `build::manifest()….write()`"),
                    "/orgsync_manifest.rs"
                ));
            }

            assert!(
                $crate::module::same_names(described::SOURCES, &[$($source),*]),
                "build.rs describes other sources than export_plugin! exports, or in another order"
            );
            assert!(
                $crate::module::same_names(described::TARGETS, &[$($($target),*)?]),
                "build.rs describes other targets than export_plugin! exports, or in another order"
            );

            struct Exported;

            impl $crate::module::Plugin for Exported {
                fn open(
                    kind: $crate::message::OfferKind,
                    name: &str,
                    options: &str,
                    host: &::std::sync::Arc<$crate::host::Host>,
                ) -> ::core::result::Result<::std::boxed::Box<dyn $crate::session::Session>, $crate::PluginError>
                {
                    match (kind, name) {
                        $(($crate::message::OfferKind::Source, $source) => {
                            $crate::session::source::<$Source>(options, host)
                        })*
                        $($(($crate::message::OfferKind::Target, $target) => {
                            $crate::session::target::<$Target>(options, host)
                        })*)?
                        (kind, name) => ::core::result::Result::Err($crate::session::not_offered(kind, name)),
                    }
                }
            }

            #[used]
            #[unsafe(link_section = ".orgsync.manifest")]
            static MANIFEST: [u8; described::JSON.len()] = $crate::module::array(described::JSON);

            #[unsafe(no_mangle)]
            static ORGSYNC_PLUGIN_V1: $crate::abi_stable::library::LibHeader = $crate::module::root::<Exported>();
        };
    };
    (targets: { $($targets:tt)* } $(,)?) => {
        $crate::export_plugin! { sources: {}, targets: { $($targets)* } }
    };
}
