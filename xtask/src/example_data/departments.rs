//! The example company's departments, top down: where each lies, who leads it, how many work there and
//! what they do. Titles are in the language of their place.

use super::names::Locale;

#[derive(Debug)]
pub(super) struct Department {
    pub(super) uid: &'static str,
    pub(super) title: &'static str,
    /// Empty for the root.
    pub(super) parent: &'static str,
    /// The place among its siblings, from 1.
    pub(super) sort: u32,
    pub(super) site: Site,
    pub(super) trade: Trade,
    pub(super) people: u32,
    /// The job title of its owner.
    pub(super) head: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Site {
    Hamburg,
    Munich,
    Dublin,
    Boston,
    Istanbul,
    Krakow,
    Turin,
    Lviv,
    Pune,
    Shanghai,
    Cairo,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trade {
    Office,
    Finance,
    Hardware,
    Software,
    Research,
    Production,
    Logistics,
    Sales,
    Service,
}

impl Site {
    pub(super) fn city(self) -> &'static str {
        match self {
            Site::Hamburg => "Hamburg",
            Site::Munich => "München",
            Site::Dublin => "Dublin",
            Site::Boston => "Boston",
            Site::Istanbul => "İstanbul",
            Site::Krakow => "Kraków",
            Site::Turin => "Torino",
            Site::Lviv => "Львів",
            Site::Pune => "पुणे",
            Site::Shanghai => "上海",
            Site::Cairo => "القاهرة",
        }
    }

    /// Whose names are heard there, with weights.
    pub(super) fn locales(self) -> &'static [(Locale, u64)] {
        use Locale::{Arabic, Chinese, English, German, Hindi, Italian, Polish, Turkish, Ukrainian};
        match self {
            Site::Hamburg => &[
                (German, 60),
                (Turkish, 12),
                (Polish, 9),
                (Italian, 5),
                (English, 5),
                (Ukrainian, 5),
                (Arabic, 4),
            ],
            Site::Munich => {
                &[(German, 55), (Italian, 14), (Turkish, 9), (Hindi, 8), (English, 7), (Chinese, 7)]
            }
            Site::Dublin => &[(English, 70), (Polish, 14), (Hindi, 8), (Italian, 8)],
            Site::Boston => &[(English, 60), (Chinese, 14), (Hindi, 14), (Italian, 12)],
            Site::Istanbul => &[(Turkish, 90), (Arabic, 6), (German, 4)],
            Site::Krakow => &[(Polish, 82), (Ukrainian, 18)],
            Site::Turin => &[(Italian, 92), (Arabic, 4), (English, 4)],
            Site::Lviv => &[(Ukrainian, 94), (Polish, 6)],
            Site::Pune => &[(Hindi, 96), (English, 4)],
            Site::Shanghai => &[(Chinese, 95), (English, 5)],
            Site::Cairo => &[(Arabic, 94), (Italian, 6)],
        }
    }
}

impl Trade {
    /// The job titles of those who lead nobody.
    pub(super) fn titles(self) -> &'static [&'static str] {
        match self {
            Trade::Office => &["Assistant", "Specialist", "Senior Specialist", "Coordinator", "Analyst"],
            Trade::Finance => {
                &["Accountant", "Senior Accountant", "Controller", "Treasury Analyst", "Payroll Clerk"]
            }
            Trade::Hardware => &[
                "Design Engineer",
                "Senior Design Engineer",
                "Test Engineer",
                "Optics Engineer",
                "Layout Engineer",
            ],
            Trade::Software => &[
                "Software Engineer",
                "Senior Software Engineer",
                "Test Engineer",
                "Site Reliability Engineer",
                "Technical Writer",
            ],
            Trade::Research => {
                &["Research Scientist", "Senior Research Scientist", "Laboratory Technician", "Metrologist"]
            }
            Trade::Production => {
                &["Assembler", "Machinist", "Line Lead", "Calibration Technician", "Maintenance Technician"]
            }
            Trade::Logistics => &["Warehouse Clerk", "Dispatcher", "Buyer", "Planner", "Customs Specialist"],
            Trade::Sales => {
                &["Account Manager", "Sales Engineer", "Inside Sales Representative", "Key Account Manager"]
            }
            Trade::Service => {
                &["Service Engineer", "Field Service Technician", "Support Engineer", "Trainer"]
            }
        }
    }
}

/// One line of the table below.
macro_rules! table {
    ($($uid:literal $title:literal in $parent:literal $sort:literal: $site:ident $trade:ident $people:literal $head:literal;)*) => {
        &[$(Department {
            uid: $uid, title: $title, parent: $parent, sort: $sort,
            site: Site::$site, trade: Trade::$trade, people: $people, head: $head,
        }),*]
    };
}

pub(super) const DEPARTMENTS: &[Department] = table! {
    "meridian" "Meridian Instruments" in "" 1: Hamburg Office 6 "Chief Executive Officer";

    "finance" "Finanzen" in "meridian" 1: Hamburg Finance 8 "Chief Financial Officer";
    "fin-accounting" "Buchhaltung" in "finance" 1: Hamburg Finance 16 "Head of Accounting";
    "fin-controlling" "Controlling" in "finance" 2: Hamburg Finance 9 "Head of Controlling";
    "fin-shared" "Centrum Usług Wspólnych" in "finance" 3: Krakow Finance 20 "Head of the Shared Service Centre";
    "fin-payroll" "Płace" in "fin-shared" 1: Krakow Finance 9 "Head of Payroll";

    "people" "Personal" in "meridian" 2: Hamburg Office 7 "Chief People Officer";
    "ppl-recruiting" "Recruiting" in "people" 1: Krakow Office 9 "Head of Recruiting";
    "ppl-learning" "Aus- und Weiterbildung" in "people" 2: Hamburg Office 6 "Head of Learning";

    "legal" "Legal, Risk & Compliance" in "meridian" 3: Dublin Office 9 "General Counsel";
    "leg-privacy" "Privacy" in "legal" 1: Dublin Office 4 "Data Protection Officer";

    "it" "IT" in "meridian" 4: Hamburg Software 8 "Chief Information Officer";
    "it-workplace" "Arbeitsplatz & Service Desk" in "it" 1: Hamburg Service 14 "Head of Workplace IT";
    "it-platform" "Platform" in "it" 2: Dublin Software 15 "Head of Platform";
    "it-security" "Security" in "it" 3: Dublin Software 8 "Chief Information Security Officer";
    "it-sec-identity" "Identity & Access" in "it-security" 1: Dublin Software 5 "Lead, Identity & Access";
    "it-business" "Business Applications" in "it" 4: Pune Software 22 "Head of Business Applications";

    "rnd" "Research & Development" in "meridian" 5: Munich Research 7 "Chief Technology Officer";
    "rnd-lab" "Forschungslabor" in "rnd" 1: Munich Research 14 "Head of Research";
    "rnd-lab-laser" "Lasermesstechnik" in "rnd-lab" 1: Munich Research 11 "Lead, Laser Metrology";
    "rnd-lab-materials" "Werkstoffe" in "rnd-lab" 2: Munich Research 9 "Lead, Materials";
    "rnd-hw" "Hardware" in "rnd" 2: Munich Hardware 10 "Head of Hardware";
    "rnd-hw-optics" "Optik" in "rnd-hw" 1: Munich Hardware 18 "Lead, Optics";
    "rnd-hw-electronics" "Elektronik" in "rnd-hw" 2: Munich Hardware 22 "Lead, Electronics";
    "rnd-hw-el-analog" "Analogtechnik" in "rnd-hw-electronics" 1: Munich Hardware 9 "Lead, Analogue";
    "rnd-hw-el-digital" "Digitaltechnik" in "rnd-hw-electronics" 2: Shanghai Hardware 12 "Lead, Digital";
    "rnd-hw-mechanics" "Meccanica" in "rnd-hw" 3: Turin Hardware 19 "Lead, Mechanics";
    "rnd-sw" "Software" in "rnd" 3: Lviv Software 9 "Head of Software";
    "rnd-sw-firmware" "Вбудоване програмне забезпечення" in "rnd-sw" 1: Lviv Software 24 "Lead, Firmware";
    "rnd-sw-fw-drivers" "Драйвери" in "rnd-sw-firmware" 1: Lviv Software 9 "Lead, Drivers";
    "rnd-sw-desktop" "Настільні застосунки" in "rnd-sw" 2: Lviv Software 18 "Lead, Desktop";
    "rnd-sw-cloud" "क्लाउड सेवाएँ" in "rnd-sw" 3: Pune Software 30 "Lead, Cloud Services";
    "rnd-sw-cloud-data" "डेटा प्लेटफ़ॉर्म" in "rnd-sw-cloud" 1: Pune Software 14 "Lead, Data Platform";
    "rnd-sw-test" "गुणवत्ता परीक्षण" in "rnd-sw" 4: Pune Software 20 "Lead, Software Test";
    "rnd-ux" "Design & Usability" in "rnd" 4: Dublin Software 7 "Head of Design";

    "ops" "Operations" in "meridian" 6: Hamburg Office 6 "Chief Operating Officer";
    "ops-quality" "Qualität" in "ops" 1: Hamburg Research 15 "Head of Quality";
    "ops-q-calibration" "Kalibrierlabor" in "ops-quality" 1: Hamburg Research 12 "Lead, Calibration Laboratory";
    "ops-purchasing" "Einkauf" in "ops" 2: Hamburg Logistics 12 "Head of Purchasing";
    "ops-logistics" "Logistik" in "ops" 3: Hamburg Logistics 24 "Head of Logistics";
    "ops-log-customs" "Gümrük" in "ops-logistics" 1: Istanbul Logistics 7 "Lead, Customs";
    "ops-plant-ham" "Werk Hamburg" in "ops" 4: Hamburg Production 12 "Plant Manager";
    "ops-ham-assembly" "Montage" in "ops-plant-ham" 1: Hamburg Production 58 "Head of Assembly";
    "ops-ham-assembly-fine" "Feinmontage" in "ops-ham-assembly" 1: Hamburg Production 21 "Lead, Fine Assembly";
    "ops-ham-machining" "Zerspanung" in "ops-plant-ham" 2: Hamburg Production 30 "Head of Machining";
    "ops-plant-ist" "İstanbul Fabrikası" in "ops" 5: Istanbul Production 10 "Plant Manager";
    "ops-ist-assembly" "Montaj" in "ops-plant-ist" 1: Istanbul Production 46 "Head of Assembly";
    "ops-ist-packing" "Paketleme" in "ops-plant-ist" 2: Istanbul Production 18 "Head of Packing";
    "ops-plant-sha" "上海工厂" in "ops" 6: Shanghai Production 10 "Plant Manager";
    "ops-sha-assembly" "装配部" in "ops-plant-sha" 1: Shanghai Production 40 "Head of Assembly";
    "ops-sha-warehouse" "仓储部" in "ops-plant-sha" 2: Shanghai Logistics 12 "Head of Warehouse";

    "sales" "Sales & Service" in "meridian" 7: Dublin Sales 6 "Chief Commercial Officer";
    "sal-europe" "Europe" in "sales" 1: Dublin Sales 12 "Sales Director, Europe";
    "sal-dach" "Vertrieb DACH" in "sal-europe" 1: Munich Sales 18 "Sales Manager, DACH";
    "sal-italy" "Vendite Italia" in "sal-europe" 2: Turin Sales 14 "Sales Manager, Italy";
    "sal-poland" "Sprzedaż Polska" in "sal-europe" 3: Krakow Sales 12 "Sales Manager, Poland";
    "sal-turkey" "Türkiye Satış" in "sal-europe" 4: Istanbul Sales 11 "Sales Manager, Turkey";
    "sal-mea" "الشرق الأوسط وأفريقيا" in "sales" 2: Cairo Sales 16 "Sales Director, Middle East & Africa";
    "sal-china" "中国销售部" in "sales" 3: Shanghai Sales 18 "Sales Director, China";
    "sal-india" "भारत बिक्री" in "sales" 4: Pune Sales 14 "Sales Director, India";
    "sal-americas" "Americas" in "sales" 5: Boston Sales 20 "Sales Director, Americas";
    "sal-service" "Customer Service" in "sales" 6: Krakow Service 16 "Head of Customer Service";
    "sal-svc-field" "خدمة ميدانية" in "sal-service" 1: Cairo Service 12 "Lead, Field Service";
    "sal-svc-repair" "Riparazioni" in "sal-service" 2: Turin Service 15 "Lead, Repairs";
    "sal-marketing" "Marketing" in "sales" 7: Boston Office 13 "Head of Marketing";
};
