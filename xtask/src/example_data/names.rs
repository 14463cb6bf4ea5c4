//! Names of the example company's people, by language: common ones, in their own script, each with the
//! ASCII form that its owner would sign with. Family names are such as men and women bear alike.

/// Whose name it is; this decides the script and the order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Locale {
    German,
    Turkish,
    Polish,
    Italian,
    English,
    Ukrainian,
    Hindi,
    Chinese,
    Arabic,
}

#[derive(Debug)]
pub(super) struct Name {
    pub(super) native: &'static str,
    /// For user names: lower case, ASCII letters only.
    pub(super) ascii: &'static str,
}

impl Locale {
    pub(super) fn given(self) -> &'static [Name] {
        self.names().0
    }

    pub(super) fn family(self) -> &'static [Name] {
        self.names().1
    }

    /// A full name as it is written: in Chinese the family name stands first, and nothing between.
    pub(super) fn full_name(self, given: &str, family: &str) -> String {
        match self {
            Locale::Chinese => format!("{family}{given}"),
            _ => format!("{given} {family}"),
        }
    }

    fn names(self) -> (&'static [Name], &'static [Name]) {
        match self {
            Locale::German => (GERMAN_GIVEN, GERMAN_FAMILY),
            Locale::Turkish => (TURKISH_GIVEN, TURKISH_FAMILY),
            Locale::Polish => (POLISH_GIVEN, POLISH_FAMILY),
            Locale::Italian => (ITALIAN_GIVEN, ITALIAN_FAMILY),
            Locale::English => (ENGLISH_GIVEN, ENGLISH_FAMILY),
            Locale::Ukrainian => (UKRAINIAN_GIVEN, UKRAINIAN_FAMILY),
            Locale::Hindi => (HINDI_GIVEN, HINDI_FAMILY),
            Locale::Chinese => (CHINESE_GIVEN, CHINESE_FAMILY),
            Locale::Arabic => (ARABIC_GIVEN, ARABIC_FAMILY),
        }
    }
}

macro_rules! names {
    ($($native:literal $ascii:literal),* $(,)?) => { &[$(Name { native: $native, ascii: $ascii }),*] };
}

#[rustfmt::skip]
const GERMAN_GIVEN: &[Name] = names![
    "Anna" "anna", "Lena" "lena", "Jürgen" "juergen", "Käthe" "kaethe", "Björn" "bjoern",
    "Sabine" "sabine", "Thomas" "thomas", "Ulrike" "ulrike", "Matthias" "matthias", "Grit" "grit",
    "Stefan" "stefan", "Jörg" "joerg", "Heike" "heike", "Torsten" "torsten", "Katrin" "katrin",
    "Günter" "guenter", "Silke" "silke", "Jonas" "jonas", "Mia" "mia", "Felix" "felix",
    "Frauke" "frauke", "Henning" "henning", "Wiebke" "wiebke", "Sönke" "soenke", "Bärbel" "baerbel",
    "Uwe" "uwe", "Birgit" "birgit", "Lukas" "lukas",
];

#[rustfmt::skip]
const GERMAN_FAMILY: &[Name] = names![
    "Müller" "mueller", "Schröder" "schroeder", "Weiß" "weiss", "Köhler" "koehler",
    "Petersen" "petersen", "Hansen" "hansen", "Jäger" "jaeger", "Krüger" "krueger",
    "Großmann" "grossmann", "Schäfer" "schaefer", "Vogt" "vogt", "Lindemann" "lindemann",
    "Brandt" "brandt", "Böhm" "boehm", "Strauß" "strauss", "Möller" "moeller", "Fuchs" "fuchs",
    "Ahrens" "ahrens", "Behrens" "behrens", "Kühn" "kuehn", "Winkler" "winkler", "Harms" "harms",
    "Thießen" "thiessen", "Nissen" "nissen", "Lüders" "lueders", "Zimmermann" "zimmermann",
    "Groth" "groth", "Wiechmann" "wiechmann", "Franke" "franke", "Sommer" "sommer",
    "Müller-Lüdemann" "muellerluedemann", "Claußen" "claussen",
];

#[rustfmt::skip]
const TURKISH_GIVEN: &[Name] = names![
    "Ayşe" "ayse", "Mehmet" "mehmet", "Elif" "elif", "Mustafa" "mustafa", "Zeynep" "zeynep",
    "Emre" "emre", "Gülşen" "gulsen", "Çağla" "cagla", "İbrahim" "ibrahim", "Işıl" "isil",
    "Özgür" "ozgur", "Şule" "sule", "Burak" "burak", "Defne" "defne", "Kerem" "kerem",
    "Yağmur" "yagmur", "Hüseyin" "huseyin", "Aslı" "asli", "Tuğba" "tugba", "Oğuz" "oguz",
    "Nazlı" "nazli", "Serkan" "serkan", "Pınar" "pinar", "Ömer" "omer", "Ceyda" "ceyda",
    "Barış" "baris", "Çiğdem" "cigdem", "Uğur" "ugur",
];

#[rustfmt::skip]
const TURKISH_FAMILY: &[Name] = names![
    "Yılmaz" "yilmaz", "Kaya" "kaya", "Demir" "demir", "Çelik" "celik", "Şahin" "sahin",
    "Yıldız" "yildiz", "Öztürk" "ozturk", "Aydın" "aydin", "Arslan" "arslan", "Doğan" "dogan",
    "Kılıç" "kilic", "Aslan" "aslan", "Çetin" "cetin", "Kara" "kara", "Koç" "koc", "Kurt" "kurt",
    "Özdemir" "ozdemir", "Şimşek" "simsek", "Polat" "polat", "Erdoğan" "erdogan", "Güneş" "gunes",
    "Bulut" "bulut", "Işık" "isik", "Tekin" "tekin", "Uçar" "ucar", "Başaran" "basaran",
    "Güler" "guler", "Ünal" "unal", "İnce" "ince", "Toprak" "toprak",
];

#[rustfmt::skip]
const POLISH_GIVEN: &[Name] = names![
    "Agnieszka" "agnieszka", "Paweł" "pawel", "Małgorzata" "malgorzata", "Łukasz" "lukasz",
    "Katarzyna" "katarzyna", "Michał" "michal", "Joanna" "joanna", "Grzegorz" "grzegorz",
    "Żaneta" "zaneta", "Tomasz" "tomasz", "Zofia" "zofia", "Wojciech" "wojciech",
    "Jadwiga" "jadwiga", "Krzysztof" "krzysztof", "Elżbieta" "elzbieta", "Stanisław" "stanislaw",
    "Hanna" "hanna", "Bartłomiej" "bartlomiej", "Urszula" "urszula", "Rafał" "rafal", "Bożena" "bozena",
    "Przemysław" "przemyslaw", "Iwona" "iwona", "Szymon" "szymon", "Róża" "roza", "Jędrzej" "jedrzej",
];

#[rustfmt::skip]
const POLISH_FAMILY: &[Name] = names![
    "Nowak" "nowak", "Wójcik" "wojcik", "Kaczmarek" "kaczmarek", "Mazur" "mazur", "Król" "krol",
    "Wróbel" "wrobel", "Dudek" "dudek", "Zając" "zajac", "Pawlak" "pawlak", "Sikora" "sikora",
    "Michalak" "michalak", "Bąk" "bak", "Wilk" "wilk", "Kołodziej" "kolodziej",
    "Szczepaniak" "szczepaniak", "Błaszczyk" "blaszczyk", "Gołąb" "golab", "Piątek" "piatek",
    "Stępień" "stepien", "Żak" "zak", "Jóźwiak" "jozwiak", "Włodarczyk" "wlodarczyk", "Gąsior" "gasior",
    "Więcek" "wiecek", "Śliwa" "sliwa", "Kuś" "kus", "Krawczyk" "krawczyk", "Łuczak" "luczak",
    "Nowak-Mazur" "nowakmazur", "Źrebiec" "zrebiec",
];

#[rustfmt::skip]
const ITALIAN_GIVEN: &[Name] = names![
    "Giulia" "giulia", "Matteo" "matteo", "Niccolò" "niccolo", "Chiara" "chiara",
    "Alessandro" "alessandro", "Francesca" "francesca", "Davide" "davide", "Noemi" "noemi",
    "Lorenzo" "lorenzo", "Ilaria" "ilaria", "Simone" "simone", "Beatrice" "beatrice", "Andrea" "andrea",
    "Caterina" "caterina", "Giosuè" "giosue", "Martina" "martina", "Riccardo" "riccardo",
    "Elisa" "elisa", "Tommaso" "tommaso", "Valentina" "valentina", "Mattia" "mattia", "Serena" "serena",
    "Fabio" "fabio", "Letizia" "letizia", "Desirée" "desiree", "Edoardo" "edoardo",
];

#[rustfmt::skip]
const ITALIAN_FAMILY: &[Name] = names![
    "Rossi" "rossi", "Ferrari" "ferrari", "Russo" "russo", "Bianchi" "bianchi", "Esposito" "esposito",
    "Colombo" "colombo", "Ricci" "ricci", "Marino" "marino", "Greco" "greco", "Gallo" "gallo",
    "Conti" "conti", "Costa" "costa", "Giordano" "giordano", "Mancini" "mancini", "Rizzo" "rizzo",
    "Lombardi" "lombardi", "Moretti" "moretti", "Barbieri" "barbieri", "Fontana" "fontana",
    "Santoro" "santoro", "D'Angelo" "dangelo", "De Luca" "deluca", "Dalò" "dalo", "Nicolò" "nicolo",
    "Ferrero" "ferrero", "Vercellone" "vercellone", "Bonino" "bonino", "Dell'Acqua" "dellacqua",
    "Cantù" "cantu", "Testa" "testa",
];

#[rustfmt::skip]
const ENGLISH_GIVEN: &[Name] = names![
    "Grace" "grace", "Liam" "liam", "Siobhán" "siobhan", "Oisín" "oisin", "Emma" "emma", "Jack" "jack",
    "Aoife" "aoife", "Conor" "conor", "Niamh" "niamh", "Patrick" "patrick", "Róisín" "roisin",
    "Daniel" "daniel", "Olivia" "olivia", "Ethan" "ethan", "Ciarán" "ciaran", "Maeve" "maeve",
    "Noah" "noah", "Abigail" "abigail", "Tyler" "tyler", "Hannah" "hannah", "Seán" "sean",
    "Madison" "madison", "Owen" "owen", "Chloë" "chloe", "Marcus" "marcus", "Zoë" "zoe",
    "Tadhg" "tadhg", "Imani" "imani",
];

#[rustfmt::skip]
const ENGLISH_FAMILY: &[Name] = names![
    "O'Brien" "obrien", "Murphy" "murphy", "Kelly" "kelly", "Walsh" "walsh", "Byrne" "byrne",
    "De Búrca" "deburca", "McCarthy" "mccarthy", "Doyle" "doyle", "Gallagher" "gallagher",
    "Nolan" "nolan", "Smith" "smith", "Johnson" "johnson", "Carter" "carter", "Brooks" "brooks",
    "Hayes" "hayes", "Bennett" "bennett", "Fletcher" "fletcher", "Whitfield" "whitfield",
    "Breathnach" "breathnach", "Fitzgerald" "fitzgerald", "Quinn" "quinn", "Sullivan" "sullivan",
    "Parker" "parker", "Reed" "reed", "Washington" "washington", "Mac Mahon" "macmahon",
    "O'Connor" "oconnor", "Brontë" "bronte", "Lewis-Grant" "lewisgrant", "Young" "young",
];

#[rustfmt::skip]
const UKRAINIAN_GIVEN: &[Name] = names![
    "Оксана" "oksana", "Андрій" "andrii", "Юлія" "yuliia", "Сергій" "serhii", "Наталія" "nataliia",
    "Олексій" "oleksii", "Тетяна" "tetiana", "Богдан" "bohdan", "Ірина" "iryna", "Дмитро" "dmytro",
    "Катерина" "kateryna", "Тарас" "taras", "Людмила" "liudmyla", "Євген" "yevhen", "Мар'яна" "mariana",
    "Ігор" "ihor", "Софія" "sofiia", "Остап" "ostap", "Жанна" "zhanna", "Василь" "vasyl",
    "Христина" "khrystyna", "Роман" "roman", "Леся" "lesia", "Микола" "mykola", "Ярина" "yaryna",
    "Юрій" "yurii",
];

#[rustfmt::skip]
const UKRAINIAN_FAMILY: &[Name] = names![
    "Шевченко" "shevchenko", "Коваленко" "kovalenko", "Бондаренко" "bondarenko", "Ткаченко" "tkachenko",
    "Кравчук" "kravchuk", "Олійник" "oliinyk", "Шевчук" "shevchuk", "Мельник" "melnyk",
    "Поліщук" "polishchuk", "Гончар" "honchar", "Савченко" "savchenko", "Руденко" "rudenko",
    "Марченко" "marchenko", "Лисенко" "lysenko", "Їжак" "yizhak", "Мороз" "moroz",
    "Гриценко" "hrytsenko", "Ковальчук" "kovalchuk", "Федоренко" "fedorenko", "Панасюк" "panasiuk",
    "Вовк" "vovk", "Журавель" "zhuravel", "Сорока" "soroka", "Зінченко" "zinchenko",
    "Єременко" "yeremenko", "Пилипенко" "pylypenko", "Дячук" "diachuk", "Щербань" "shcherban",
];

#[rustfmt::skip]
const HINDI_GIVEN: &[Name] = names![
    "अनिल" "anil", "सुनीता" "sunita", "राजेश" "rajesh", "प्रिया" "priya", "अमित" "amit",
    "कविता" "kavita", "विजय" "vijay", "मीना" "meena", "संजय" "sanjay", "दीपा" "deepa", "रोहित" "rohit",
    "अंजलि" "anjali", "मनोज" "manoj", "श्रुति" "shruti", "विकास" "vikas", "नेहा" "neha",
    "आदित्य" "aditya", "पूजा" "pooja", "गणेश" "ganesh", "स्नेहा" "sneha", "कार्तिक" "kartik",
    "लक्ष्मी" "lakshmi", "अर्जुन" "arjun", "ऋतु" "ritu", "सचिन" "sachin", "मधुरा" "madhura",
];

#[rustfmt::skip]
const HINDI_FAMILY: &[Name] = names![
    "शर्मा" "sharma", "पाटील" "patil", "कुलकर्णी" "kulkarni", "देशपांडे" "deshpande", "जोशी" "joshi",
    "गुप्ता" "gupta", "सिंह" "singh", "वर्मा" "verma", "मिश्रा" "mishra", "यादव" "yadav",
    "चव्हाण" "chavan", "शिंदे" "shinde", "गायकवाड़" "gaikwad", "मेहता" "mehta", "अय्यर" "iyer",
    "नायर" "nair", "रेड्डी" "reddy", "त्रिपाठी" "tripathi", "पांडे" "pandey", "जाधव" "jadhav",
    "भोसले" "bhosale", "कदम" "kadam", "अग्रवाल" "agrawal", "सक्सेना" "saxena", "गोखले" "gokhale",
    "फड़के" "phadke", "काळे" "kale", "माने" "mane",
];

#[rustfmt::skip]
const CHINESE_GIVEN: &[Name] = names![
    "伟" "wei", "芳" "fang", "娜" "na", "秀英" "xiuying", "敏" "min", "静" "jing", "丽" "li", "强" "qiang",
    "磊" "lei", "洋" "yang", "艳" "yan", "勇" "yong", "杰" "jie", "娟" "juan", "涛" "tao", "明" "ming",
    "超" "chao", "秀兰" "xiulan", "霞" "xia", "平" "ping", "刚" "gang", "桂英" "guiying", "子轩" "zixuan",
    "欣怡" "xinyi", "浩然" "haoran", "诗涵" "shihan", "宇航" "yuhang", "梓萱" "zixuan", "雨桐" "yutong",
    "建国" "jianguo",
];

#[rustfmt::skip]
const CHINESE_FAMILY: &[Name] = names![
    "王" "wang", "李" "li", "张" "zhang", "刘" "liu", "陈" "chen", "杨" "yang", "赵" "zhao", "黄" "huang",
    "周" "zhou", "吴" "wu", "徐" "xu", "孙" "sun", "胡" "hu", "朱" "zhu", "高" "gao", "林" "lin", "何" "he",
    "郭" "guo", "马" "ma", "罗" "luo", "梁" "liang", "宋" "song", "郑" "zheng", "谢" "xie", "欧阳" "ouyang",
    "吕" "lyu", "司马" "sima", "诸葛" "zhuge",
];

#[rustfmt::skip]
const ARABIC_GIVEN: &[Name] = names![
    "أحمد" "ahmed", "محمد" "mohamed", "فاطمة" "fatma", "عمر" "omar", "مريم" "mariam", "يوسف" "youssef",
    "نور" "nour", "خالد" "khaled", "سارة" "sara", "حسن" "hassan", "ليلى" "layla", "محمود" "mahmoud",
    "هدى" "hoda", "طارق" "tarek", "ياسمين" "yasmin", "كريم" "karim", "سلمى" "salma",
    "إبراهيم" "ibrahim", "رانيا" "rania", "مصطفى" "mostafa", "آية" "aya", "شريف" "sherif",
    "دينا" "dina", "وليد" "walid",
];

#[rustfmt::skip]
const ARABIC_FAMILY: &[Name] = names![
    "المصري" "elmasry", "حسين" "hussein", "عبد الرحمن" "abdelrahman", "السيد" "elsayed",
    "منصور" "mansour", "فاروق" "farouk", "النجار" "elnaggar", "سليمان" "soliman", "الشافعي" "elshafei",
    "رمضان" "ramadan", "حداد" "haddad", "خليل" "khalil", "الخطيب" "elkhatib", "زكي" "zaki",
    "عثمان" "osman", "بدوي" "badawi", "شاهين" "shaheen", "قاسم" "kassem", "راشد" "rashed",
    "صالح" "saleh", "غنيم" "ghoneim", "الطيب" "eltayeb", "لطفي" "lotfy", "عبد الله" "abdallah",
];
