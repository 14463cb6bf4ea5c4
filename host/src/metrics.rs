//! Everything that is measured: every metric's name, help and labels, and the functions by which the
//! layers say what happened. Labels have few values each: never a uid, a path or a source's name. What is
//! counted is the process's own and begins at zero with it, as Prometheus expects.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use prometheus::core::Collector;
use prometheus::{
    Gauge, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

/// The media type of [`render`]'s text.
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// Upper bounds for requests, in seconds: a read takes a millisecond, a push may wait for its turn.
const REQUESTS: &[f64] = &[0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 600.0];
/// Upper bounds for tasks and their phases, in seconds: from one record to a million and a slow source.
const TASKS: &[f64] = &[0.01, 0.05, 0.2, 1.0, 5.0, 20.0, 60.0, 300.0, 1_200.0, 3_600.0, 21_600.0];

static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

struct Metrics {
    registry: Registry,
    tasks: IntGaugeVec,
    tasks_waiting: IntGaugeVec,
    tasks_ended: IntCounterVec,
    task_duration: HistogramVec,
    phase_duration: HistogramVec,
    records: IntCounterVec,
    raw_records_left_out: IntCounterVec,
    deliveries: IntCounterVec,
    workers: IntGauge,
    plugins: IntGaugeVec,
    fallen_back: IntGauge,
    requests: IntCounterVec,
    request_duration: HistogramVec,
    in_flight: IntGauge,
    connections: IntGauge,
    connections_refused: IntCounterVec,
    pushes: IntGauge,
    pushes_refused: IntCounterVec,
    buffered: IntGauge,
    answers: IntGauge,
    answers_refused: IntCounter,
    certificate_expiry: GaugeVec,
    start_time: Gauge,
    resident: IntGauge,
    open_fds: IntGauge,
}

impl Metrics {
    fn new() -> Self {
        let of = Families(Registry::new());
        let build = of.gauges("orgsync_build_info", "1, with the version of the daemon", &["version"]);
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Self {
            tasks: of.gauges("orgsync_tasks", "Tasks in the database, by status", &["status"]),
            tasks_waiting: of.gauges(
                "orgsync_tasks_waiting",
                "Tasks that wait for their source's turn, by kind (pull, push)",
                &["kind"],
            ),
            tasks_ended: of.counters(
                "orgsync_tasks_ended_total",
                "Executions of tasks that came to an end or were held, by source type, kind and status",
                &["source_type", "kind", "status"],
            ),
            task_duration: of.histograms(
                "orgsync_task_duration_seconds",
                "Time that an execution of a task took, from its turn to its end, by kind",
                &["kind"],
                TASKS,
            ),
            phase_duration: of.histograms(
                "orgsync_task_phase_duration_seconds",
                "Time that tasks spent in a phase: wait (for the turn), read (and plan), apply",
                &["phase"],
                TASKS,
            ),
            records: of.counters(
                "orgsync_records_total",
                "Records of tasks that ended with success or partial, dry runs excepted, by what became of them",
                &["data_type", "outcome"],
            ),
            raw_records_left_out: of.counters(
                "orgsync_raw_records_left_out_total",
                "Records that were not logged raw: known (the day's log has them), full (the day's log is full), source_full (the source has a quarter of it)",
                &["reason"],
            ),
            deliveries: of.counters(
                "orgsync_deliveries_total",
                "Users and departments that a target has by now, or refuses, by type of target",
                &["target_type", "state"],
            ),
            workers: of.gauge("orgsync_workers_running", "Worker processes that run plugins now"),
            plugins: of.gauges("orgsync_plugins", "Plugins, by state", &["state"]),
            fallen_back: of.gauge(
                "orgsync_plugins_fallen_back",
                "Plugins whose file can't be used, so that their last good version goes on",
            ),
            requests: of.counters(
                "orgsync_http_requests_total",
                "HTTP requests answered, by route, method and status",
                &["route", "method", "status"],
            ),
            request_duration: of.histograms(
                "orgsync_http_request_duration_seconds",
                "Time from a request's head to its answer's head, by route and method",
                &["route", "method"],
                REQUESTS,
            ),
            in_flight: of.gauge("orgsync_http_requests_in_flight", "HTTP requests that wait for their answer"),
            connections: of.gauge("orgsync_http_connections", "Open connections"),
            connections_refused: of.counters(
                "orgsync_http_connections_refused_total",
                "Connections closed before a request: too_many (of one client), handshake (no TLS)",
                &["reason"],
            ),
            pushes: of.gauge("orgsync_http_pushes_under_way", "Pushes that have a place"),
            pushes_refused: of.counters(
                "orgsync_http_pushes_refused_total",
                "Pushes that were told to come back: places (too many under way), memory (no room for a body), and \
                 source_places, source_memory (the same of those to one source)",
                &["reason"],
            ),
            buffered: of.gauge("orgsync_http_buffered_bytes", "Bytes of bodies of compatible pushes in memory"),
            answers: of.gauge("orgsync_http_answer_bytes", "Bytes of large answers that their clients have not read yet"),
            answers_refused: of.counter(
                "orgsync_http_answers_refused_total",
                "Answers that were not sent because those that nobody reads fill their memory",
            ),
            certificate_expiry: of.floats(
                "orgsync_tls_certificate_expiry_timestamp_seconds",
                "When the TLS certificate in use expires, in seconds since 1970",
            ),
            start_time: of.float(
                "process_start_time_seconds",
                "When the daemon started, in seconds since 1970",
            ),
            resident: of.gauge("process_resident_memory_bytes", "Memory of the daemon that is in RAM"),
            open_fds: of.gauge("process_open_fds", "Files and sockets that the daemon has open"),
            registry: of.0,
        }
    }
}

/// Makes metrics and registers them.
struct Families(Registry);

impl Families {
    fn add<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> C {
        let made = made.expect("names, helps and labels are constants, and a test makes them all");
        self.0.register(Box::new(made.clone())).expect("each name stands in this file once");
        made
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.add(IntCounterVec::new(Opts::new(name, help), labels))
    }

    fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.add(IntCounter::new(name, help))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.add(IntGauge::new(name, help))
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.add(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    fn float(&self, name: &str, help: &str) -> Gauge {
        self.add(Gauge::new(name, help))
    }

    /// A value that is not there until it is set.
    fn floats(&self, name: &str, help: &str) -> GaugeVec {
        self.add(GaugeVec::new(Opts::new(name, help), &[]))
    }

    fn histograms(&self, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> HistogramVec {
        self.add(HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets.to_vec()), labels))
    }
}

/// All metrics in Prometheus's text format.
pub(crate) fn render() -> Result<String, prometheus::Error> {
    measure_process();
    TextEncoder::new().encode_to_string(&METRICS.registry.gather())
}

/// What the kernel says of this process. Where it says nothing, the metrics stay zero.
fn measure_process() {
    let Ok(process) = procfs::process::Process::myself() else { return };
    if let Ok(memory) = process.statm() {
        METRICS.resident.set(i64::try_from(memory.resident * procfs::page_size()).unwrap_or(i64::MAX));
    }
    if let Ok(count) = process.fd_count() {
        METRICS.open_fds.set(i64::try_from(count).unwrap_or(i64::MAX));
    }
}

/// The daemon has started. What can be refused or wait is 0 from the beginning rather than absent, so that
/// the first of its kind is seen as a change.
pub(crate) fn started(seconds_since_1970: f64) {
    METRICS.start_time.set(seconds_since_1970);
    for kind in ["pull", "push"] {
        METRICS.tasks_waiting.with_label_values(&[kind]).set(0);
    }
    for reason in [Refused::TooMany, Refused::Handshake] {
        METRICS.connections_refused.with_label_values(&[reason.as_str()]);
    }
    for reason in ["known", "full", "source_full"] {
        METRICS.raw_records_left_out.with_label_values(&[reason]);
    }
    for lack in [Lack::Places, Lack::Memory, Lack::SourcePlaces, Lack::SourceMemory] {
        METRICS.pushes_refused.with_label_values(&[lack.as_str()]);
    }
}

/// So many tasks are in a status.
pub(crate) fn tasks_in(status: &str, count: i64) {
    METRICS.tasks.with_label_values(&[status]).set(count);
}

/// So many plugins are in a state.
pub(crate) fn plugins_in(state: &str, count: i64) {
    METRICS.plugins.with_label_values(&[state]).set(count);
}

/// The last good versions of so many plugins go on, because their files can't be used.
pub(crate) fn plugins_fallen_back(count: i64) {
    METRICS.fallen_back.set(count);
}

/// When the certificate in use expires.
pub(crate) fn certificate_expires(seconds_since_1970: f64) {
    METRICS.certificate_expiry.with_label_values::<&str>(&[]).set(seconds_since_1970);
}

/// An execution of a task has come to an end, or is held.
pub(crate) fn task_ended(source_type: &str, kind: &str, status: &str, took: Duration) {
    METRICS.tasks_ended.with_label_values(&[source_type, kind, status]).inc();
    METRICS.task_duration.with_label_values(&[kind]).observe(took.as_secs_f64());
}

/// This became of so many records.
pub(crate) fn records(data_type: &str, outcome: &str, count: u64) {
    METRICS.records.with_label_values(&[data_type, outcome]).inc_by(count);
}

/// So many records were not logged raw, and why.
pub(crate) fn raw_records_left_out(reason: &str, count: u64) {
    METRICS.raw_records_left_out.with_label_values(&[reason]).inc_by(count);
}

/// So many deliveries to targets of a type came to this state.
pub(crate) fn deliveries(target_type: &str, state: &str, count: u64) {
    METRICS.deliveries.with_label_values(&[target_type, state]).inc_by(count);
}

/// A task that waits for its turn, until this is dropped.
pub(crate) fn waiting(kind: &str) -> (Counted, Phase) {
    (Counted::of(&METRICS.tasks_waiting.with_label_values(&[kind])), Phase::new("wait"))
}

/// A task that reads and plans, until this is dropped.
pub(crate) fn reading() -> Phase {
    Phase::new("read")
}

/// A task that applies its plan, until this is dropped.
pub(crate) fn applying() -> Phase {
    Phase::new("apply")
}

/// A worker process, until this is dropped.
pub(crate) fn worker() -> Counted {
    Counted::of(&METRICS.workers)
}

/// A connection, until this is dropped.
pub(crate) fn connection() -> Counted {
    Counted::of(&METRICS.connections)
}

/// A connection was closed before a request.
pub(crate) fn connection_refused(reason: Refused) {
    METRICS.connections_refused.with_label_values(&[reason.as_str()]).inc();
}

/// Why a connection is closed before a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Its client has too many.
    TooMany,
    /// There was no TLS with it.
    Handshake,
}

impl Refused {
    fn as_str(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::Handshake => "handshake",
        }
    }
}

/// A request that waits for its answer, until this is dropped.
pub(crate) fn request() -> Counted {
    Counted::of(&METRICS.in_flight)
}

/// A request was answered. The route is a template, as `/users/{id}`.
pub(crate) fn answered(route: &str, method: &str, status: u16, took: Duration) {
    // Anybody can invent methods.
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&method);
    let method = if known { method } else { "other" };
    METRICS.requests.with_label_values(&[route, method, &status.to_string()]).inc();
    METRICS.request_duration.with_label_values(&[route, method]).observe(took.as_secs_f64());
}

/// A push that has a place, until this is dropped.
pub(crate) fn push() -> Counted {
    Counted::of(&METRICS.pushes)
}

/// What a push lacks that is told to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// As many are under way as may be at once.
    Places,
    /// There is no room for its body.
    Memory,
    /// As many to its source are under way as may be at once.
    SourcePlaces,
    /// There is no room for more bodies to its source.
    SourceMemory,
}

impl Lack {
    fn as_str(self) -> &'static str {
        match self {
            Self::Places => "places",
            Self::Memory => "memory",
            Self::SourcePlaces => "source_places",
            Self::SourceMemory => "source_memory",
        }
    }
}

/// A push was told to come back.
pub(crate) fn push_refused(lack: Lack) {
    METRICS.pushes_refused.with_label_values(&[lack.as_str()]).inc();
}

/// So many bytes of bodies are in memory.
pub(crate) fn buffered(bytes: usize) {
    METRICS.buffered.set(i64::try_from(bytes).unwrap_or(i64::MAX));
}

/// So many bytes of answers wait for their clients.
pub(crate) fn answers_held(bytes: usize) {
    METRICS.answers.set(i64::try_from(bytes).unwrap_or(i64::MAX));
}

/// An answer was not sent, for want of memory.
pub(crate) fn answer_refused() {
    METRICS.answers_refused.inc();
}

/// One more of something, until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(IntGauge);

impl Counted {
    fn of(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A phase of a task, measured when it is dropped.
#[derive(Debug)]
pub(crate) struct Phase {
    name: &'static str,
    since: Instant,
}

impl Phase {
    fn new(name: &'static str) -> Self {
        Self { name, since: Instant::now() }
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        METRICS.phase_duration.with_label_values(&[self.name]).observe(self.since.elapsed().as_secs_f64());
    }
}

#[cfg(test)]
mod tests;
