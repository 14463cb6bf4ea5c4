//! The calls to the server: connect, bind, look at an entry, search page by page (RFC 2696). Runs on a
//! single-threaded runtime of its own, which works only while a call waits: so no more is read ahead than one
//! page. While it waits it looks whether the host asked to stop, and gives a sign of life now and then.

use std::pin::pin;
use std::time::{Duration, Instant};

use ldap3::controls::{Control, ControlType, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, SearchOptions, parse_refs};
use orgsync_plugin_api::{PluginError, Secret, tracing};
use tokio::runtime::{Builder, Runtime};

use crate::address::address;
use crate::entry::Entry;
use crate::errors::{Doing, Errors};
use crate::options::{Options, Preset, Scope};
use crate::schema::Schema;
use crate::search::Search;
use crate::tls;
use crate::visible::Look;
use crate::wanted::Wanted;

/// How often it is seen whether the host asked to stop.
const LOOK: Duration = Duration::from_millis(100);
/// How often there is a sign of life: well below the host's shortest patience.
const SIGN: Duration = Duration::from_secs(20);
/// How servers answer that could give pages but may not: adminLimitExceeded (OpenLDAP),
/// unavailableCriticalExtension, unwillingToPerform.
const REFUSES_PAGES: [u32; 3] = [11, 12, 53];
/// sizeLimitExceeded.
pub(crate) const SIZE_LIMIT: u32 = 4;
/// noSuchObject.
const NO_SUCH_OBJECT: u32 = 32;
/// How long a polite goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// Whether the host asked to stop.
pub(crate) type Stopped<'a> = dyn Fn() -> bool + 'a;

/// What takes entries.
pub(crate) type Sink<'a> = dyn FnMut(Entry) -> Result<(), PluginError> + 'a;

/// A connection, bound as the options say.
pub(crate) struct Client {
    runtime: Option<Runtime>,
    ldap: Ldap,
    errors: Errors,
    schema: Schema,
    /// Whether a filter for entries without an attribute passes those by that may not be looked at, as RFC 4511
    /// demands (4.5.1.7).
    pub(crate) proves_absence: bool,
    timeout: Duration,
    page_size: i32,
}

/// How a page ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where the next one begins; `None` after the last.
    pub(crate) next: Option<Vec<u8>>,
    /// References to other servers, which are not followed.
    pub(crate) references: usize,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("errors", &self.errors).finish_non_exhaustive()
    }
}

impl Client {
    /// Connects and binds.
    pub(crate) fn connect(options: &Options, stopped: &Stopped<'_>) -> Result<Self, PluginError> {
        let (url, errors) = (address(options)?, Errors::new(options));
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let mut settings = LdapConnSettings::new()
            .set_conn_timeout(seconds(options.connect_timeout))
            .set_starttls(options.start_tls);
        if options.start_tls || url.scheme() == "ldaps" {
            settings = settings.set_config(tls::config(options)?);
        } else if options.password.is_some() {
            tracing::warn!("the connection to {url} is not encrypted, and the password is sent over it");
        }
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| PluginError::transient(format!("failed to start a runtime: {error}")))?;
        let connected = runtime.block_on(watched(stopped, async {
            let (connection, ldap) = LdapConnAsync::from_url_with_settings(settings, &url).await?;
            // It ends when the last handle is dropped; what breaks it shows in the call that waits for it.
            tokio::spawn(connection.drive());
            Ok(ldap)
        }))?;
        let ldap = connected.map_err(|error| errors.failure(Doing::Connecting, error))?;
        let mut client = Self {
            runtime: Some(runtime),
            ldap,
            errors,
            schema: Schema::default(),
            // Not relied on where it has not been seen.
            proves_absence: options.preset != Preset::ActiveDirectory,
            timeout: seconds(options.operation_timeout),
            page_size: i32::try_from(options.page_size).unwrap_or(i32::MAX),
        };
        client.bind(options, stopped)?;
        client.schema = Schema::read(&mut client, stopped)?;
        Ok(client)
    }

    fn bind(&mut self, options: &Options, stopped: &Stopped<'_>) -> Result<(), PluginError> {
        let dn = options.bind_dn.as_deref().map(str::trim).unwrap_or_default();
        let password = options.password.as_ref().map(Secret::expose).unwrap_or_default();
        let Self { runtime, ldap, timeout, errors, .. } = self;
        let bound = running(runtime.as_ref())
            .block_on(watched(stopped, ldap.with_timeout(*timeout).simple_bind(dn, password)))?;
        let result = bound.map_err(|error| errors.failure(Doing::Binding, error))?;
        if result.rc == 0 { Ok(()) } else { Err(errors.result(Doing::Binding, &result)) }
    }

    pub(crate) fn errors(&self) -> &Errors {
        &self.errors
    }

    /// Which names mean one attribute at this server.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Some attributes of one entry; `None` if the server shows none of that name.
    pub(crate) fn look(
        &mut self,
        base: &str,
        attributes: &[String],
        stopped: &Stopped<'_>,
    ) -> Result<Option<Entry>, PluginError> {
        let (result, found) = self.entry(base, attributes, stopped)?;
        if result.rc == 0 { Ok(found) } else { Err(self.errors.result(Doing::Looking { base }, &result)) }
    }

    /// The same; `None` also if the server says that there is no such entry.
    pub(crate) fn find(
        &mut self,
        dn: &str,
        attributes: &[String],
        stopped: &Stopped<'_>,
    ) -> Result<Option<Entry>, PluginError> {
        let (result, found) = self.entry(dn, attributes, stopped)?;
        match result.rc {
            0 => Ok(found),
            NO_SUCH_OBJECT => Ok(None),
            _ => Err(self.errors.result(Doing::Looking { base: dn }, &result)),
        }
    }

    fn entry(
        &mut self,
        base: &str,
        attributes: &[String],
        stopped: &Stopped<'_>,
    ) -> Result<(LdapResult, Option<Entry>), PluginError> {
        let doing = Doing::Looking { base };
        let mut found = None;
        let mut sink = |entry| {
            found = Some(entry);
            Ok(())
        };
        let ask = Ask {
            base,
            scope: ldap3::Scope::Base,
            filter: "(objectClass=*)",
            attributes,
            at_most: 0,
            page: None,
        };
        let (result, _) = self.ask(doing, &ask, &mut sink, stopped)?;
        Ok((result, found))
    }

    /// An entry of a search, whichever comes first; `None` if there is none.
    pub(crate) fn sample(
        &mut self,
        doing: Doing<'_>,
        (search, base): (&Search, &str),
        stopped: &Stopped<'_>,
    ) -> Result<Option<Entry>, PluginError> {
        let mut found = None;
        let mut sink = |entry| {
            found.get_or_insert(entry);
            Ok(())
        };
        let mut ask = Ask::of(search, base);
        ask.at_most = 1;
        let (result, _) = self.ask(doing, &ask, &mut sink, stopped)?;
        match (result.rc, found) {
            // There are more, which is as it should be.
            (0 | SIZE_LIMIT, found) => Ok(found),
            (_, Some(found)) => Ok(Some(found)),
            (_, None) => Err(self.errors.result(doing, &result)),
        }
    }

    /// The first entries of a search, with some attributes of each; says how the server ended it.
    pub(crate) fn some(
        &mut self,
        doing: Doing<'_>,
        look: &Look<'_>,
        sink: &mut Sink<'_>,
        stopped: &Stopped<'_>,
    ) -> Result<LdapResult, PluginError> {
        let ask = Ask {
            filter: look.filter,
            attributes: look.attributes,
            at_most: look.at_most,
            ..Ask::of(look.search, look.base)
        };
        Ok(self.ask(doing, &ask, sink, stopped)?.0)
    }

    /// One page of a search, beginning at a cookie of the page before.
    pub(crate) fn page(
        &mut self,
        doing: Doing<'_>,
        (search, base): (&Search, &str),
        cookie: Option<Vec<u8>>,
        sink: &mut Sink<'_>,
        stopped: &Stopped<'_>,
    ) -> Result<Page, PluginError> {
        let later = cookie.is_some();
        let page = PagedResults { size: self.page_size, cookie: cookie.unwrap_or_default() };
        let mut ask = Ask { page: Some(page), ..Ask::of(search, base) };
        let mut entries = 0_usize;
        let mut counted = |entry| {
            entries += 1;
            sink(entry)
        };
        let (mut result, mut references) = self.ask(doing, &ask, &mut counted, stopped)?;
        if !later && entries == 0 && REFUSES_PAGES.contains(&result.rc) {
            tracing::warn!("{base}: the server gives no pages, so all is asked for at once: {result}");
            ask.page = None;
            (result, references) = self.ask(doing, &ask, sink, stopped)?;
        }
        if result.rc != 0 {
            return Err(self.errors.result(doing, &result));
        }
        let control = result.ctrls.iter().find_map(|control| match control {
            Control(Some(ControlType::PagedResults), raw) => Some(raw.parse::<PagedResults>()),
            _ => None,
        });
        match control {
            Some(PagedResults { cookie, .. }) => {
                Ok(Page { next: (!cookie.is_empty()).then_some(cookie), references })
            }
            // A server that can't page gives all there is; one that could a moment ago has lost its place.
            None if later => Err(self.errors.paging_stopped(doing)),
            None => Ok(Page { next: None, references }),
        }
    }

    fn ask(
        &mut self,
        doing: Doing<'_>,
        ask: &Ask<'_>,
        sink: &mut Sink<'_>,
        stopped: &Stopped<'_>,
    ) -> Result<(LdapResult, usize), PluginError> {
        let Self { runtime, ldap, timeout, errors, schema, .. } = self;
        let mut wanted = Wanted::new(ask.attributes, schema);
        let failed = |error: LdapError| errors.failure(doing, error);
        let search = async {
            ldap.with_timeout(*timeout).with_search_options(SearchOptions::new().sizelimit(ask.at_most));
            if let Some(page) = ask.page.clone() {
                ldap.with_controls(page);
            }
            let searched = ldap.streaming_search(ask.base, ask.scope, ask.filter, ask.attributes);
            let mut stream = searched.await.map_err(failed)?;
            let mut references = 0;
            while let Some(item) = stream.next().await.map_err(failed)? {
                if item.is_ref() {
                    references += parse_refs(item.0).len().max(1);
                } else if !item.is_intermediate() {
                    sink(wanted.of(Entry::parse(item.0)?))?;
                }
            }
            Ok((stream.finish().await, references))
        };
        // Without a budget it takes all that has arrived before more is read, so that little is held.
        let search = tokio::task::unconstrained(search);
        running(runtime.as_ref()).block_on(watched(stopped, search))?
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        // Nobody needs to know how the goodbye went.
        let _ = runtime.block_on(async { tokio::time::timeout(GOODBYE, self.ldap.unbind()).await });
        // A name that is still being looked up must not keep anybody waiting.
        runtime.shutdown_background();
    }
}

/// A search as it is sent.
struct Ask<'a> {
    base: &'a str,
    scope: ldap3::Scope,
    filter: &'a str,
    attributes: &'a [String],
    /// No more entries than this; 0: all.
    at_most: i32,
    page: Option<PagedResults>,
}

impl<'a> Ask<'a> {
    fn of(search: &'a Search, base: &'a str) -> Self {
        let scope = match search.scope {
            Scope::Subtree | Scope::Children => ldap3::Scope::Subtree,
            Scope::One => ldap3::Scope::OneLevel,
        };
        Self { base, scope, filter: &search.filter, attributes: &search.attributes, at_most: 0, page: None }
    }
}

fn running(runtime: Option<&Runtime>) -> &Runtime {
    runtime.expect("only drop takes the runtime")
}

/// Waits for something, but no longer than until the host asks to stop.
async fn watched<T>(stopped: &Stopped<'_>, what: impl Future<Output = T>) -> Result<T, PluginError> {
    let (mut what, mut look, mut sign) = (pin!(what), tokio::time::interval(LOOK), Instant::now());
    loop {
        tokio::select! {
            biased;
            done = &mut what => return Ok(done),
            _ = look.tick() => {
                if stopped() {
                    return Err(PluginError::cancelled());
                }
                if sign.elapsed() >= SIGN {
                    sign = Instant::now();
                    tracing::info!("waiting for the server");
                }
            }
        }
    }
}
