//! What a scrape reads, by the rules of Prometheus's text format and of its naming practice.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// The families of an exposition: name to type, help and names of samples.
fn families(text: &str) -> BTreeMap<String, (String, String, BTreeSet<String>)> {
    let mut families: BTreeMap<String, (String, String, BTreeSet<String>)> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            current = name.to_owned();
            let before = families.insert(current.clone(), (String::new(), help.to_owned(), BTreeSet::new()));
            assert_eq!(before, None, "{name} comes once");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(name, current);
            families.get_mut(name).unwrap().0 = kind.to_owned();
        } else {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap_or_else(|_| panic!("{line}"));
            let (name, labels) =
                sample.split_once('{').map_or((sample, None), |(name, rest)| (name, Some(rest)));
            if let Some(labels) = labels {
                let labels = labels.strip_suffix('}').unwrap_or_else(|| panic!("{line}"));
                let well = labels.split("\",").all(|pair| pair.contains("=\""));
                assert!(well, "{line}");
            }
            assert!(name.starts_with(&current), "{line} stands under {current}");
            families.get_mut(&current).unwrap().2.insert(name.to_owned());
        }
    }
    families
}

#[test]
fn every_metric_is_rendered_with_its_help_and_a_name_of_good_practice() {
    started(1.5);
    tasks_in("held", 2);
    plugins_in("ready", 1);
    certificate_expires(2e9);
    task_ended("measured", "push", "success", Duration::from_millis(70));
    records("user", "created", 3);
    deliveries("measured", "delivered", 3);
    raw_records_left_out("known", 3);
    drop((waiting("push"), reading(), applying(), worker(), connection(), request(), push()));
    connection_refused(Refused::TooMany);
    connection_refused(Refused::Handshake);
    answered("/measured/{id}", "GET", 200, Duration::from_millis(2));
    answered("/measured", "BREW\"", 405, Duration::from_millis(2));
    push_refused(Lack::Places);
    push_refused(Lack::SourceMemory);
    buffered(7);
    answers_held(7);
    answer_refused();

    let text = render().unwrap();
    let found = families(&text);
    assert_eq!(found.len(), 26, "a metric that is rendered nowhere can't be checked: {:?}", found.keys());
    for (name, (kind, help, samples)) in &found {
        assert!(help.len() > 10 && !help.ends_with('.'), "{name}: {help}");
        assert!(!samples.is_empty(), "{name}");
        assert!(name.starts_with("orgsync_") || name.starts_with("process_"), "{name}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
        assert_eq!(name.ends_with("_duration_seconds"), kind == "histogram", "{name} is a {kind}");
    }
    for line in [
        "orgsync_tasks_ended_total{kind=\"push\",source_type=\"measured\",status=\"success\"} 1",
        "orgsync_http_requests_total{method=\"GET\",route=\"/measured/{id}\",status=\"200\"} 1",
        "orgsync_http_requests_total{method=\"other\",route=\"/measured\",status=\"405\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "no `{line}` in\n{text}");
    }
    // What other tests of this process measure, too.
    for name in [
        "orgsync_tasks{status=\"held\"} ",
        "orgsync_task_duration_seconds_bucket{kind=\"push\",le=\"0.2\"} ",
        "orgsync_records_total{data_type=\"user\",outcome=\"created\"} ",
        "orgsync_workers_running ",
        "orgsync_http_buffered_bytes ",
        "process_start_time_seconds ",
    ] {
        assert!(text.lines().any(|found| found.starts_with(name)), "no `{name}` in\n{text}");
    }
    let resident = text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
    assert!(resident.unwrap().parse::<u64>().unwrap() > 1 << 20);
}
