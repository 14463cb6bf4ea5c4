//! Names of users, in the scripts that users have: common ones, and Chinese ones of two characters.

/// (given, family, whether the family name stands first and nothing between).
const NAMES: [(&[&str], &[&str], bool); 7] = [
    (&["Ann", "Lena", "Jürgen", "Björn", "Sabine", "Thomas"], &["Müller", "Weiß", "Köhler", "Lee"], false),
    (&["Wang", "Ayşe", "İbrahim", "Işıl", "Özgür"], &["Yılmaz", "Kaya", "Çelik", "Şahin", "Öztürk"], false),
    (&["Łukasz", "Żaneta", "Paweł", "Róża"], &["Wójcik", "Kołodziej", "Żak", "Nowak", "Bąk"], false),
    (&["Giulia", "Niccolò", "Chiara", "Matteo"], &["Rossi", "D'Angelo", "Nicolò", "Conti"], false),
    (&["Анна", "Дмитрий", "Юлия", "Сергей"], &["Иванова", "Жуков", "Щербаков", "Соколова"], false),
    (&["राम", "सीता", "अर्जुन", "प्रिया"], &["शर्मा", "वर्मा", "क़ुरैशी", "सिंह"], false),
    (&["芳", "伟", "敏", "静", "磊", "洋"], &["王", "李", "张", "刘", "陈", "杨"], true),
];

/// The name of a user: the same one every time.
pub(super) fn name(n: usize) -> String {
    let (given, family, family_first) = NAMES[n % NAMES.len()];
    let (given, family) = (given[n / 7 % given.len()], family[n / 53 % family.len()]);
    if family_first { format!("{family}{given}") } else { format!("{given} {family}") }
}
