//! Records out of any body: the same however it is cut, the same out of an array and out of lines, and in the
//! raw-record log as lines of JSON without secrets.

use serde::de::MapAccess;

use super::*;
use crate::domain::redact;

/// What is understood of a record: its text, the record or why not, its stored form and hash.
type Understood = (String, Result<Record, Invalid>, String, i64);

/// The first byte says what the records are, the second in pieces of which size the rest comes.
pub fn intake(data: &[u8]) {
    let [kind, size, body @ ..] = data else { return };
    let data_type = if kind % 2 == 0 { DataType::Department } else { DataType::User };
    // Small pieces of long bodies take long and try nothing more.
    let size = usize::from(*size).max(body.len().div_ceil(64)).max(1);
    for format in [Format::Lines(data_type), Format::Array(data_type)] {
        let whole = read(format, body, body.len().max(1));
        assert_eq!(read(format, body, size), whole, "{format:?} in pieces of {size}");
        let marked = [b"\xef\xbb\xbf", body].concat();
        if json::opening(body).is_ok() {
            assert_eq!(read(format, &marked, size), whole, "{format:?} with a byte order mark");
        }
    }
    let line = |line| json::without_mark(<[u8]>::trim_ascii(line)).trim_ascii();
    let lines = body.split(|byte| *byte == b'\n').map(line).filter(|line| !line.is_empty());
    if let Ok(records) = read(Format::Lines(data_type), body, size) {
        assert_eq!(records.len(), lines.clone().count(), "a record a line");
    }
    lines.for_each(|line| logged(data_type, line));
    if let Ok(elements) = serde_json::from_slice::<Vec<&RawValue>>(body) {
        array_and_lines_agree(data_type, &elements);
    }
}

fn array_and_lines_agree(data_type: DataType, elements: &[&RawValue]) {
    // Line ends can only be between tokens: within a string they are escaped.
    let lines: Vec<String> = elements.iter().map(|text| text.get().replace(['\n', '\r'], " ")).collect();
    let array = format!("[{}]", lines.join(","));
    let array = read(Format::Array(data_type), array.as_bytes(), array.len()).expect("its parts were JSON");
    let lines = lines.join("\n");
    assert_eq!(read(Format::Lines(data_type), lines.as_bytes(), lines.len().max(1)), Ok(array));
}

fn read(format: Format, body: &[u8], size: usize) -> Result<Vec<Understood>, String> {
    let pieces = body.chunks(size).map(|piece| Piece::Body(Bytes::copy_from_slice(piece)));
    let (sender, receiver) = mpsc::channel(body.len().div_ceil(size) + 1);
    for piece in pieces.chain([Piece::End]) {
        sender.try_send(piece).expect("there is room for every piece");
    }
    let (out, mut batches) = mpsc::channel(body.len() / BATCH_RECORDS + 1);
    run(format, receiver, None, out, &CancellationToken::new()).map_err(|error| error.to_string())?;
    let batches = std::iter::from_fn(|| batches.try_recv().ok());
    let understood = |received: Received| (received.text, received.record, received.stored, received.hash);
    Ok(batches.flat_map(|batch| batch.records).map(understood).collect())
}

/// What the raw-record log has of a record.
fn logged(data_type: DataType, text: &[u8]) {
    let mut lines = RawLines::new(TaskId(1), Batch(1), "api");
    match json::parse(text) {
        Ok(parsed) => lines.record(data_type, parsed.text.as_bytes(), &parsed.value),
        Err(_) => lines.text(data_type, text),
    }
    let (line, _) = lines.take(jiff::Timestamp::UNIX_EPOCH, |_| true);
    assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1), "one line");
    let mut deserializer = serde_json::Deserializer::from_slice(&line);
    if let Err(error) = deserializer.deserialize_map(NoSecret) {
        // The line's own object makes the deepest record that is understood too deep for this reader.
        assert!(error.to_string().starts_with("recursion limit"), "{error}");
    }
}

/// Any JSON in which no key that looks like a secret's has a value, not even one that is said twice.
struct NoSecret;

impl<'de> Visitor<'de> for NoSecret {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything without secrets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if redact::is_secret(&key) {
                let value: Value = map.next_value()?;
                assert!(value.is_null() || value == redact::MASK, "{key}: {value}");
            } else {
                map.next_value_seed(NoSecret)?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(NoSecret)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for NoSecret {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}
