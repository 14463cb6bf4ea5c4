# What the page says, in Hindi.

### Numbers, sizes and times

number = { $n }
size-b = { $n } B
size-kib = { $n } KiB
size-mib = { $n } MiB
size-gib = { $n } GiB
duration-ms = { $n } मि॰से॰
duration-s = { $n } से॰
duration-min-s = { $a } मि॰ { $b } से॰
duration-h-min = { $a } घं॰ { $b } मि॰
duration-d-h = { $a } दिन { $b } घं॰
time-now = अभी-अभी
time-minutes-ago =
    { $n ->
        [one] { $n } मिनट पहले
       *[other] { $n } मिनट पहले
    }
time-hours-ago =
    { $n ->
        [one] { $n } घंटा पहले
       *[other] { $n } घंटे पहले
    }
time-days-ago =
    { $n ->
        [one] { $n } दिन पहले
       *[other] { $n } दिन पहले
    }
time-in-minutes =
    { $n ->
        [one] { $n } मिनट में
       *[other] { $n } मिनट में
    }
time-in-hours =
    { $n ->
        [one] { $n } घंटे में
       *[other] { $n } घंटे में
    }
time-in-days =
    { $n ->
        [one] { $n } दिन में
       *[other] { $n } दिन में
    }

### The frame around every page

nav-label = मुख्य नेविगेशन
nav-skip = सामग्री पर जाएँ
nav-menu = मेनू
nav-overview = अवलोकन
nav-sources = स्रोत
nav-tasks = कार्य
nav-users = उपयोगकर्ता
nav-departments = विभाग
nav-plugins = प्लगइन
nav-logs = लॉग
nav-tokens = टोकन
frame-breadcrumbs = आप यहाँ हैं
frame-language = भाषा
frame-theme = थीम
frame-theme-auto = सिस्टम के अनुसार
frame-theme-light = हल्की
frame-theme-dark = गहरी
frame-apply = लागू करें
frame-preferences = प्राथमिकताएँ
frame-log-out = लॉग आउट करें
frame-close = बंद करें
frame-cancel = रद्द करें
frame-copy = कॉपी करें
frame-copied = कॉपी किया गया
frame-next = अगला पृष्ठ
frame-first = पहला पृष्ठ
frame-filter = फ़िल्टर करें
frame-clear = फ़िल्टर साफ़ करें
frame-all = सभी
frame-none = कोई नहीं
frame-yes = हाँ
frame-no = नहीं

### Logging in

login-title = लॉग इन
login-lead = admin, operate या read स्कोप वाला टोकन पेस्ट करें।
login-token = टोकन
login-token-help = पहली बार शुरू होने पर डेटा निर्देशिका की admin-token फ़ाइल में एक व्यवस्थापक टोकन लिखा गया था; अन्य टोकन orgsync token create कमांड से बनाए जाते हैं।
login-button = लॉग इन करें
login-refused = यह टोकन मान्य नहीं है: यह अज्ञात है, समाप्त हो चुका है या निरस्त कर दिया गया है। जाँच लें कि आपने इसे पूरा कॉपी किया है।
login-wait = इस पते से बहुत सारे अमान्य टोकन आए हैं। एक मिनट रुककर फिर से कोशिश करें।
login-no-scope = यह टोकन केवल रिकॉर्ड भेजने के लिए है। admin, operate या read स्कोप वाले टोकन से लॉग इन करें।
login-needed = जारी रखने के लिए लॉग इन करें।
login-logged-out = आप लॉग आउट हो गए हैं।

### When something goes wrong

problem-title-400 = यह पता मान्य नहीं है
problem-title-403 = आपको इसकी अनुमति नहीं है
problem-title-404 = यहाँ कुछ नहीं है
problem-title-409 = मौजूदा स्थिति में यह संभव नहीं है
problem-title-422 = आपके भेजे गए डेटा में कोई गलती है
problem-title-503 = अभी उपलब्ध नहीं है
problem-title-other = यह नहीं हो सका
problem-lead-400 = पते में ऐसी चीज़ माँगी गई है जिसे यह पृष्ठ नहीं पहचानता। वापस जाएँ या अवलोकन से शुरू करें।
problem-lead-403 = आपके टोकन में इसके लिए ज़रूरी स्कोप नहीं है। किसी दूसरे टोकन से लॉग इन करें या उस स्कोप वाला टोकन माँगें।
problem-lead-404 = आप जो ढूँढ रहे हैं उसे हटा दिया गया है या पता गलत लिखा गया है।
problem-lead-409 = आपके देखने के बाद कुछ बदल गया है या पहले कुछ और होना ज़रूरी है।
problem-lead-422 = वापस जाएँ और नीचे बताई गई गलती ठीक करें।
problem-lead-503 = थोड़ी देर रुककर पृष्ठ फिर से लोड करें।
problem-lead-other = पृष्ठ फिर से लोड करें। यदि ऐसा दोबारा हो, तो लॉग में अनुरोध आईडी खोजें।
problem-csrf = यह फ़ॉर्म किसी दूसरे सत्र का है या किसी दूसरी साइट से भेजा गया है। वापस जाएँ, पृष्ठ फिर से लोड करें और इसे दोबारा भेजें।
problem-detail = सेवा का संदेश
problem-request = अनुरोध आईडी
problem-back = अवलोकन पर जाएँ

### Words of the domain

status-init = प्रतीक्षा में
status-processing = जारी
status-success = सफल
status-partial = आंशिक
status-failed = विफल
status-held = रोका गया
status-cancelled = रद्द
count-created = निर्मित
count-updated = अपडेट
count-unchanged = अपरिवर्तित
count-disabled = अक्षम
count-deleted = विलोपित
count-failed = विफल
counts-none = कुछ नहीं
kind-pull = प्लगइन द्वारा पढ़ा गया
kind-push = क्लाइंट द्वारा भेजा गया
kind-undo = पूर्ववत
kind-backfill = बैकफ़िल
op-create = निर्मित
op-update = अपडेट
op-delete = विलोपित
op-disable = अक्षम
op-unlink = अनलिंक
op-reject = अस्वीकृत

### Tasks

tasks-task = कार्य
tasks-source = स्रोत
tasks-status = स्थिति
tasks-counts = रिकॉर्ड
tasks-cost = अवधि
tasks-created = आरंभ
tasks-batch = क्र॰ { $n }
tasks-empty = यहाँ कोई कार्य नहीं है
tasks-empty-next = कार्य तब शुरू होता है जब कोई स्रोत सिंक किया जाता है या कोई क्लाइंट रिकॉर्ड भेजता है।

### Sources

### Users and departments

people-name = नाम
people-username = उपयोगकर्ता नाम
people-email = ईमेल
people-phone = फ़ोन
people-department = मुख्य विभाग
people-status = स्थिति
people-source = स्रोत
people-sources = स्रोत
people-search = खोजें
people-search-users = नाम, ईमेल या फ़ोन
people-search-departments = विभाग का नाम
people-deleted-ones = विलोपित
people-enabled = सक्षम
people-disabled = अक्षम
people-deleted = विलोपित
people-unnamed = उपयोगकर्ता { $id }
people-no-users = यहाँ अभी कोई उपयोगकर्ता नहीं है
people-no-users-next = ये किसी स्रोत के पहले सिंक के साथ या HTTP API पर पहली बार डेटा भेजे जाने पर आएँगे।
people-none-found = कोई परिणाम नहीं मिला
people-none-found-next = फ़िल्टर बदलें या साफ़ करें।
people-looking = आगे खोजा जा रहा है…
people-look-further = आगे खोजें
people-called = सटीक मिलान
people-members-of = { $department } के सदस्य
people-memberships = विभाग
people-no-memberships = किसी विभाग में नहीं।
people-main = मुख्य
people-owner = प्रमुख
people-links = कहाँ से आया
people-links-help = स्रोतों के वे रिकॉर्ड जो इससे जुड़े हैं।
people-uid = Uid
people-link-present = मौजूद
people-link-gone = अब मौजूद नहीं
people-no-links = अब यह किसी स्रोत में मौजूद नहीं है।
people-custom = अन्य फ़ील्ड
people-created = निर्माण
people-updated = परिवर्तन
people-deleted-at = विलोपन
people-history = परिवर्तनों का इतिहास
people-no-history = देखे गए कार्यों ने इसमें कोई बदलाव नहीं किया।
people-older = पुराने कार्य देखें
people-newest = सबसे नए पर वापस जाएँ
people-task = { $source }, क्र॰ { $batch }
people-tree = विभागों का ट्री
people-no-departments = यहाँ अभी कोई विभाग नहीं है
people-title = नाम
people-members =
    { $n ->
        [0] कोई सदस्य नहीं
        [one] { $n } सदस्य
       *[other] { $n } सदस्य
    }
people-leads = प्रमुख: { $names }
people-below = अधीनस्थ विभाग
people-above = ऊपर का विभाग
people-top = कोई नहीं: यह सबसे ऊपर है।
people-more-branches = और दिखाएँ
people-all-members =
    { $n ->
        [one] एकमात्र सदस्य
       *[other] सभी { $n } सदस्य
    }
people-members-title = सदस्य

### Plugins

### Logs

### Tokens

### Overview

overview-attention = ध्यान देने योग्य
overview-calm = किसी चीज़ पर ध्यान देने की ज़रूरत नहीं है।
overview-held = स्रोत { $source } का कार्य { $batch } रोका गया है: स्वीकृति मिलने तक इसका कुछ भी नहीं लिखा जाएगा।
overview-failed = स्रोत { $source } का पिछला कार्य विफल रहा।
overview-partial = स्रोत { $source } के पिछले कार्य में विफल रिकॉर्ड छोड़ दिए गए।
overview-not-runnable = स्रोत { $source } को सिंक नहीं किया जा सकता।
overview-plugin = प्लगइन { $plugin } का उपयोग नहीं किया जा सकता।
overview-fallback = प्लगइन { $plugin } अपने पिछले सही संस्करण के साथ चल रहा है, क्योंकि उसकी फ़ाइल का उपयोग नहीं किया जा सकता।
overview-plugins-file = plugins.toml या प्लगइन फ़ोल्डर में कोई समस्या है।
overview-target = लक्ष्य { $target } अभी कुछ भी स्वीकार नहीं कर रहा है।
overview-deliveries =
    { $n ->
        [one] लक्ष्य { $target } { $n } रिकॉर्ड अस्वीकार कर रहा है।
       *[other] लक्ष्य { $target } { $n } रिकॉर्ड अस्वीकार कर रहा है।
    }
overview-tls-stale = फ़ाइल के TLS प्रमाणपत्र का उपयोग नहीं किया जा सकता; अभी भी पिछला प्रमाणपत्र उपयोग में है।
overview-tls-expired = TLS प्रमाणपत्र की अवधि समाप्त हो गई है।
overview-running = अभी जारी
overview-directory = निर्देशिका में
overview-users = उपयोगकर्ता
overview-departments = विभाग
overview-sources = स्रोत
overview-disabled =
    { $n ->
        [one] { $n } अक्षम
       *[other] { $n } अक्षम
    }
overview-last-days = पिछले 30 दिन
overview-tasks-by-status = स्थिति के अनुसार कार्य
overview-changes = परिवर्तन
overview-durations = कार्यों की अवधि
overview-removed = अक्षम या विलोपित
overview-failed-records = विफल रिकॉर्ड
overview-median = माध्यिका
overview-longest = सबसे लंबा
overview-most = अधिकतम { $n }
overview-no-tasks = इन दिनों में कोई कार्य शुरू नहीं हुआ।
overview-table = तालिका के रूप में
overview-day = दिन
