//! Records out of any file: the same however it is read and with or without a byte order mark, and of a table
//! those that its grammar gives, as a whole and in part.

use orgsync_plugin_api::DataType;
use serde_json::json;

use super::*;
use crate::csv;
use crate::options::FileSet;
use crate::text::MARK;

/// The first byte says how the file is to be read, the second how many bytes each read gives, the rest is it.
pub fn file(data: &[u8]) {
    let [how, size, text @ ..] = data else { return };
    let data_type = if how & 1 == 0 { DataType::Department } else { DataType::User };
    let columns = if how & 2 == 0 { json!({}) } else { json!({"uid": "No", "nickname": "No"}) };
    let custom = if how & 4 == 0 { "keep" } else { "drop" };
    let format = if how & 8 == 0 { Format::Csv } else { Format::Jsonl };
    let delimiter = if how & 16 == 0 { b',' } else { b';' };
    let set = json!({"path": "/x", "columns": columns, "customColumns": custom, "listSeparator": "|"});
    let set: FileSet = serde_json::from_value(set).expect("these are options of ours");
    let mapping = Mapping::new(data_type, &set).expect("these options make sense");
    let input = Input { path: "/x".into(), format, delimiter };

    if format == Format::Csv {
        csv::fuzz::agrees(text, delimiter, usize::from(*size) * text.len() / 255);
    }
    let whole = read(&input, &mapping, text, text.len().max(1));
    assert_eq!(read(&input, &mapping, text, usize::from(*size).max(1)), whole, "{size} bytes at a time");
    assert_eq!(read(&input, &mapping, &[MARK, text].concat(), 64), whole, "after a byte order mark");
    let Ok(records) = whole else { return };
    assert!(
        records.len() <= text.split(|byte| matches!(byte, b'\n' | b'\r')).count(),
        "a record a line at most"
    );
    for field in records.iter().flat_map(Map::keys).filter(|_| custom == "drop") {
        let ours =
            ["uid", "username", "nickname", "email", "phone", "departments", "title", "parentUid", "sort"];
        let known = ours.contains(&field.as_str()) || ["enabled", "isDeleted"].contains(&field.as_str());
        assert!(known || format == Format::Jsonl, "{field} is dropped");
    }
}

fn read(
    input: &Input,
    mapping: &Mapping,
    text: &[u8],
    size: usize,
) -> Result<Vec<Map<String, Value>>, String> {
    let mut records = Vec::new();
    let pieces = Pieces { text: text.to_vec(), size };
    let read = input.begin(Box::new(pieces)).and_then(|text| {
        input.records(text, mapping, &mut |record| {
            records.push(record.clone());
            Ok(())
        })
    });
    read.map(|()| records).map_err(|error| error.to_string())
}

/// Gives so many bytes at a time.
struct Pieces {
    text: Vec<u8>,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.size.min(buffer.len()).min(self.text.len());
        buffer[..length].copy_from_slice(&self.text[..length]);
        self.text.drain(..length);
        Ok(length)
    }
}

#[cfg(test)]
#[test]
fn kept_files_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/files");
    let mut inputs = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        file(&fs::read(path).unwrap());
        inputs += 1;
    }
    assert!(inputs > 0, "there is nothing in {folder}");
}
