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
frame-cancel = रद्द करें
frame-copy = कॉपी करें
frame-copied = कॉपी किया गया
frame-next = अगला पृष्ठ
frame-first = पहला पृष्ठ
frame-filter = फ़िल्टर करें
frame-clear = फ़िल्टर साफ़ करें
frame-stale = दिखाई जा रही जानकारी पुरानी हो सकती है: सेवा उत्तर नहीं दे रही है। हर कुछ सेकंड में फिर से पूछा जा रहा है।
frame-left-out = इस पते के कुछ मान मान्य नहीं हैं और अनदेखे किए गए हैं: { $names }.
frame-all = सभी
frame-none = कोई नहीं
frame-yes = हाँ
frame-command = कमांड लाइन
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
notice-logged-out = आप लॉग आउट हो गए हैं।

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
count-all = पढ़े गए
count-unlinked = अनलिंक
count-duplicates = डुप्लिकेट
count-dangling = अधूरे संदर्भ
counts-none = कुछ नहीं
list-comma = ,{ " " }
counts-created = { $n } निर्मित
counts-updated = { $n } अपडेट
counts-unchanged = { $n } अपरिवर्तित
counts-disabled = { $n } अक्षम
counts-deleted = { $n } विलोपित
counts-failed = { $n } विफल
kind-pull = प्लगइन द्वारा पढ़ा गया
kind-push = क्लाइंट द्वारा भेजा गया
kind-undo = पूर्ववत
kind-disable = हटाए गए स्रोत की दी हुई चीज़ें अक्षम करना
kind-delete = हटाए गए स्रोत की दी हुई चीज़ें विलोपित करना
kind-backfill = बैकफ़िल
op-create = निर्मित
op-update = अपडेट
op-delete = विलोपित
op-disable = अक्षम
op-unlink = अनलिंक
op-reject = अस्वीकृत
not-create = नहीं बना
not-update = अपडेट नहीं हुआ
not-delete = विलोपित नहीं हुआ
not-disable = अक्षम नहीं हुआ
not-unlink = अनलिंक नहीं हुआ
type-user = उपयोगकर्ता
type-department = विभाग
level-error = त्रुटि
level-warn = चेतावनी
level-info = जानकारी
level-debug = डीबग
level-trace = ट्रेस
outcome-pending = लंबित
outcome-applied = लागू
outcome-failed = विफल
outcome-skipped = छोड़ा गया
cause-missing = पूर्ण पठन में अनुपस्थित
cause-parent-deleted = ऊपर का विभाग विलोपित है
cause-undo-create = एक निर्माण को पूर्ववत करता है
cause-undo-update = एक अपडेट को पूर्ववत करता है
cause-undo-disable = एक अक्षमीकरण को पूर्ववत करता है
cause-undo-delete = एक विलोपन को पूर्ववत करता है
cause-undo-unlink = एक अनलिंक को पूर्ववत करता है
mode-full = पूर्ण
mode-incremental = वृद्धिशील
starter-schedule = शेड्यूल
starter-daemon = सेवा
starter-admin-token = व्यवस्थापक टोकन
delivery-pending = भेजना बाकी
delivery-delivered = वितरित
delivery-failed = अस्वीकृत
diff-same =
    { $n ->
        [one] { $n } पहले जैसा
       *[other] { $n } पहले जैसे
    }

### Tasks

tasks-task = कार्य
tasks-source = स्रोत
tasks-status = स्थिति
tasks-kind = प्रकार
tasks-counts = रिकॉर्ड
tasks-by = किसने शुरू किया
tasks-cost = अवधि
tasks-created = आरंभ
tasks-batch = क्र॰ { $n }
tasks-name = { $source }, क्र॰ { $batch }
tasks-empty = यहाँ कोई कार्य नहीं है
tasks-empty-next = कार्य तब शुरू होता है जब कोई स्रोत सिंक किया जाता है या कोई क्लाइंट रिकॉर्ड भेजता है।
tasks-none-match = कोई कार्य मेल नहीं खाता
task-title = स्रोत { $source } का कार्य { $batch }
task-number = आईडी
task-id = आईडी { $id } वाला कार्य
task-dry-run = ड्राई रन
task-dry-run-lead = यह ड्राई रन है: यह दिखाता है कि क्या बदलेगा, पर इसका कुछ भी लिखा नहीं जाता।
task-ended = समाप्ति
task-attempt = प्रयास { $n }
task-undoes = किसे पूर्ववत करता है
task-undone-by = किसने पूर्ववत किया
task-source-deleted = विलोपित
task-all-of-source = इस स्रोत के सभी कार्य
task-waiting = यह शुरू होने वाला है। किसी स्रोत के कार्य एक के बाद एक चलते हैं।
task-elsewhere = यह चल रहा है। यह कहाँ तक पहुँचा है, यह यहाँ अभी ज्ञात नहीं है।
task-progress = प्रगति
task-step-read = पढ़े गए रिकॉर्ड
task-step-planned = नियोजित परिवर्तन
task-step-applied = लागू परिवर्तन
task-rate = { $n } प्रति सेकंड
task-rate-unknown = गति अभी ज्ञात नहीं है
task-left = लगभग { $time } शेष
task-gate-empty-read = स्रोत ने पहले जो दिया था, उसमें से कुछ भी नहीं दिया। यह लगभग हमेशा स्रोत की गलती होती है: पहले वहाँ देखें।
task-gate-removals = योजना उससे अधिक हटाती है जितना स्रोत की नीति किसी व्यक्ति की जाँच के बिना होने देती है: { $percent } % से अधिक और { $count } से भी अधिक।
task-gate-removals-gone = योजना उससे अधिक हटाती है जितना स्रोत की नीति किसी व्यक्ति की जाँच के बिना होने देती थी।
task-held-next = जब तक कोई निर्णय न ले, कुछ भी नहीं लिखा जाएगा। योजना नीचे दी गई है।
task-held-blocked = जब तक कोई निर्णय न ले, कुछ भी नहीं लिखा जाएगा। स्रोत अक्षम रहने तक इसे स्वीकृत नहीं किया जा सकता; योजना नीचे दी गई है।
task-lost = इसे फिर से नहीं आज़माया जा सकता, क्योंकि इसके रिकॉर्ड अब नहीं हैं। क्लाइंट से उन्हें दोबारा भिजवाएँ।
task-approve = स्वीकृत करें
task-approve-lead = योजना वैसे ही लागू होगी जैसी दिखाई गई है:
approve-disable-users =
    { $of ->
        [0]
            { $n ->
                [one] { $n } उपयोगकर्ता अक्षम होगा।
               *[other] { $n } उपयोगकर्ता अक्षम होंगे।
            }
       *[other]
            { $n ->
                [one] { $of } में से { $n } उपयोगकर्ता अक्षम होगा।
               *[other] { $of } में से { $n } उपयोगकर्ता अक्षम होंगे।
            }
    }
approve-delete-users =
    { $of ->
        [0]
            { $n ->
                [one] { $n } उपयोगकर्ता विलोपित होगा।
               *[other] { $n } उपयोगकर्ता विलोपित होंगे।
            }
       *[other]
            { $n ->
                [one] { $of } में से { $n } उपयोगकर्ता विलोपित होगा।
               *[other] { $of } में से { $n } उपयोगकर्ता विलोपित होंगे।
            }
    }
approve-disable-departments =
    { $of ->
        [0]
            { $n ->
                [one] { $n } विभाग अक्षम होगा।
               *[other] { $n } विभाग अक्षम होंगे।
            }
       *[other]
            { $n ->
                [one] { $of } में से { $n } विभाग अक्षम होगा।
               *[other] { $of } में से { $n } विभाग अक्षम होंगे।
            }
    }
approve-delete-departments =
    { $of ->
        [0]
            { $n ->
                [one] { $n } विभाग विलोपित होगा।
               *[other] { $n } विभाग विलोपित होंगे।
            }
       *[other]
            { $n ->
                [one] { $of } में से { $n } विभाग विलोपित होगा।
               *[other] { $of } में से { $n } विभाग विलोपित होंगे।
            }
    }
approve-create-users =
    { $n ->
        [one] { $n } उपयोगकर्ता निर्मित होगा।
       *[other] { $n } उपयोगकर्ता निर्मित होंगे।
    }
approve-update-users =
    { $n ->
        [one] { $n } उपयोगकर्ता अपडेट होगा।
       *[other] { $n } उपयोगकर्ता अपडेट होंगे।
    }
approve-create-departments =
    { $n ->
        [one] { $n } विभाग निर्मित होगा।
       *[other] { $n } विभाग निर्मित होंगे।
    }
approve-update-departments =
    { $n ->
        [one] { $n } विभाग अपडेट होगा।
       *[other] { $n } विभाग अपडेट होंगे।
    }
approve-unlink-users = अनलिंक होने वाले उपयोगकर्ता, जिन्हें दूसरा स्रोत रखता है: { $of } में से { $n }
approve-unlink-departments = अनलिंक होने वाले विभाग, जिन्हें दूसरा स्रोत रखता है: { $of } में से { $n }
approve-empty-users = अपने सभी विभागों से निकाले जाने वाले उपयोगकर्ता: { $of } में से { $n }
approve-nothing = कोई उपयोगकर्ता और कोई विभाग नहीं बदलेगा।
task-reject = अस्वीकार करें
task-reject-pull = योजना का कुछ भी नहीं लिखा जाएगा। अगला सिंक स्रोत को फिर से पढ़ेगा।
task-reject-push = योजना का कुछ भी नहीं लिखा जाएगा। क्लाइंट को अपने रिकॉर्ड दोबारा भेजने होंगे।
task-cancel = कार्य रोकें
task-cancel-waiting = यह अभी शुरू नहीं हुआ है और इसका कुछ भी नहीं लिखा जाएगा।
task-cancel-running = यह अपने अगले चरण पर रुक जाएगा। तब तक जो लिखा जा चुका होगा, वह बना रहेगा।
task-retry = फिर से आज़माएँ
task-retry-failed = विफल रिकॉर्ड फिर से आज़माएँ
task-retry-deliveries = लक्ष्यों द्वारा अस्वीकृत रिकॉर्ड फिर से भेजें
task-undo = पूर्ववत करें
task-undo-lead = एक अलग कार्य इस कार्य का लिखा हुआ वापस लेगा, जहाँ उसके बाद कुछ और न बदला हो:
task-undo-help = यदि स्रोत ठीक नहीं किया गया, तो अगला सिंक यह सब फिर से ले आएगा।
task-undo-dry = केवल दिखाएँ कि क्या होगा
undo-remove-users =
    { $n ->
        [one] इसका निर्मित { $n } उपयोगकर्ता हटाया जाएगा।
       *[other] इसके निर्मित { $n } उपयोगकर्ता हटाए जाएँगे।
    }
undo-set-users =
    { $n ->
        [one] इसका अपडेट किया { $n } उपयोगकर्ता पिछली स्थिति में लौटाया जाएगा।
       *[other] इसके अपडेट किए { $n } उपयोगकर्ता पिछली स्थिति में लौटाए जाएँगे।
    }
undo-bring-users =
    { $n ->
        [one] इसका अक्षम, विलोपित या अनलिंक किया { $n } उपयोगकर्ता वापस लाया जाएगा।
       *[other] इसके अक्षम, विलोपित या अनलिंक किए { $n } उपयोगकर्ता वापस लाए जाएँगे।
    }
undo-remove-departments =
    { $n ->
        [one] इसका निर्मित { $n } विभाग हटाया जाएगा।
       *[other] इसके निर्मित { $n } विभाग हटाए जाएँगे।
    }
undo-set-departments =
    { $n ->
        [one] इसका अपडेट किया { $n } विभाग पिछली स्थिति में लौटाया जाएगा।
       *[other] इसके अपडेट किए { $n } विभाग पिछली स्थिति में लौटाए जाएँगे।
    }
undo-bring-departments =
    { $n ->
        [one] इसका अक्षम, विलोपित या अनलिंक किया { $n } विभाग वापस लाया जाएगा।
       *[other] इसके अक्षम, विलोपित या अनलिंक किए { $n } विभाग वापस लाए जाएँगे।
    }
task-targets = लक्ष्य
task-target = लक्ष्य
task-tab-changes = परिवर्तन
task-tab-records = मूल रिकॉर्ड
task-tab-log = लॉग
task-op = परिवर्तन
task-outcome = परिणाम
task-type = किसका
task-no-uid = uid के बिना
task-received = रिकॉर्ड जैसा मिला था
task-failures = जो विफल रहा
task-failures-csv = CSV के रूप में डाउनलोड करें
task-failures-all = सभी विफल दिखाएँ
task-others = बाकी सब
task-none = इसने कुछ नहीं बदला
task-none-next = सब कुछ पहले से वैसा ही था जैसा स्रोत देता है, या इस कार्य का कुछ भी नियोजित नहीं हुआ।
task-none-yet = अभी कुछ भी नियोजित नहीं है।
task-none-match = कोई परिवर्तन मेल नहीं खाता
task-looking = आगे खोजा जा रहा है…
task-look-further = आगे खोजें
task-records-search = पाठ
task-records-all = कार्य के सभी मूल रिकॉर्ड
task-record-whole = पूरा दिखाएँ
task-records-none = यहाँ कोई मूल रिकॉर्ड नहीं है
task-records-none-next = जो रिकॉर्ड नहीं बदला, वह दिन में केवल एक बार लिखा जाता है। यह भी हो सकता है कि वे इतने पुराने हों कि लॉग में न रखे गए हों, या कुछ भी मेल न खाता हो।
task-records-off = स्रोत की नीति के अनुसार उसके रिकॉर्ड मूल-रिकॉर्ड लॉग में नहीं लिखे जाते।
task-records-kind = इस प्रकार का कार्य कोई रिकॉर्ड नहीं पढ़ता।
task-log-none = लॉग में इसके बारे में कुछ नहीं है
task-log-none-next = हो सकता है कि इसके बारे में लिखी पंक्तियाँ इतनी पुरानी हों कि लॉग में न रखी गई हों।
notice-task-cancelled = कार्य रोका जा रहा है।
notice-task-approved = योजना स्वीकृत हो गई है और लागू की जा रही है।
notice-task-rejected = योजना अस्वीकृत हो गई है। इसका कुछ भी नहीं लिखा गया।
notice-task-retried = इसे फिर से आज़माया जा रहा है।
notice-task-undo = यह कार्य दूसरे कार्य को पूर्ववत करता है।
notice-task-undo-dry = यह ड्राई रन दिखाता है कि दूसरे कार्य को पूर्ववत करने से क्या होगा।
notice-user-freed = यह कार्य उपयोगकर्ता का उपयोगकर्ता नाम और ईमेल मुक्त करता है।
notice-user-adopted = उपयोगकर्ता अब उस रिकॉर्ड का है। उसके स्रोत को सिंक करें, या जिस कार्य में वह विफल हुआ उसे फिर से आज़माएँ।
notice-refused-user = नहीं किया गया: कोई स्रोत उपयोगकर्ता को फिर से देता है, वह uid दूसरा उपयोगकर्ता है, या स्रोत अक्षम है।
notice-refused-task-moved = कुछ नहीं किया गया: आपके देखने के बाद कार्य आगे बढ़ चुका है। उसकी मौजूदा स्थिति यह है।
notice-refused-source-disabled = कुछ नहीं किया गया: स्रोत अक्षम है। उसे सक्षम करके फिर से कोशिश करें।
notice-refused-already-running = कुछ नहीं किया गया: स्रोत अभी सिंक हो रहा है। उस कार्य के समाप्त होने की प्रतीक्षा करके फिर से कोशिश करें।
notice-refused-not-retriable = इसे फिर से नहीं आज़माया जा सकता: इसके रिकॉर्ड अब नहीं हैं या कोई दूसरा कार्य इसे पूर्ववत कर रहा है। स्रोत को सिंक करें या रिकॉर्ड दोबारा भिजवाएँ।
notice-refused-not-undoable = इसे पूर्ववत नहीं किया जा सकता: इसने कुछ नहीं लिखा या यह पहले ही पूर्ववत हो चुका है।

### Forms

form-required = आवश्यक
form-default = खाली छोड़ने पर: { $value }।
form-other = अन्य विकल्प
form-json = JSON के रूप में
form-no-choice = (कोई नहीं)
form-secret = गुप्त रखा जाता है और दोबारा कभी नहीं दिखाया जाता।
form-stored = एक मान संग्रहीत है। उसे बनाए रखने के लिए इसे खाली छोड़ें।
form-stored-short = संग्रहीत; बनाए रखने के लिए खाली छोड़ें
form-forget = संग्रहीत मान मिटाएँ
form-type-again = इसे फिर से लिखें: यहाँ लिखा हुआ कभी वापस नहीं भेजा जाता।
form-item = क्र॰ { $n }
form-remove-item = क्र॰ { $n } हटाएँ
form-remove = हटाएँ
form-add = जोड़ें
form-key = नाम
form-value = मान
form-mistakes =
    { $n ->
        [one] एक चीज़ ठीक करनी है:
       *[other] { $n } चीज़ें ठीक करनी हैं:
    }

### Sources

sources-add = स्रोत जोड़ें
sources-source = स्रोत
sources-type = प्रकार
sources-plugin = प्लगइन
sources-enabled = स्थिति
sources-schedule = शेड्यूल (UTC)
sources-last = पिछला कार्य
sources-actions = कार्रवाइयाँ
sources-never = कभी नहीं
sources-sync = सिंक करें
sources-sync-full = सब कुछ सिंक करें
sources-sync-incremental = परिवर्तन सिंक करें
sources-sync-dry = ड्राई रन
sources-tasks = कार्य
sources-all-tasks = इसके सभी कार्य
sources-is-enabled = सक्षम
sources-is-disabled = अक्षम
sources-plugin-built-in = अंतर्निहित
sources-plugin-ready = तैयार
sources-plugin-missing = तैयार नहीं
sources-empty = यहाँ केवल अंतर्निहित स्रोत है
sources-empty-plugins = ऐसा स्रोत जोड़ें जिसे कोई प्लगइन पढ़ता हो: कोई निर्देशिका, फ़ाइलें या जो कुछ अन्य प्लगइन उपलब्ध कराते हैं।
sources-empty-api = या किसी दूसरे सिस्टम से उसके उपयोगकर्ता और विभाग HTTP द्वारा स्रोत api पर भिजवाएँ। TOKEN, push स्कोप वाला टोकन है:
sources-choose = स्रोत क्या है?
sources-choose-lead = अभी इन प्रकारों का उपयोग किया जा सकता है: तैयार प्लगइनों के प्रकार और अंतर्निहित प्रकार।
sources-type-api = अन्य सिस्टम अपने उपयोगकर्ता और विभाग HTTP द्वारा भेजते हैं; प्लगइन की ज़रूरत नहीं है।
sources-type-plugin = प्लगइन { $plugin }, संस्करण { $version } द्वारा पढ़ा जाता है।
sources-type-incremental = यह बता सकता है कि पिछले सिंक के बाद क्या बदला।
sources-no-plugins = कोई भी तैयार प्लगइन स्रोत का प्रकार उपलब्ध नहीं कराता।
sources-add-title = स्रोत जोड़ें: { $type }
sources-edit = संपादित करें
sources-edit-title = { $name } संपादित करें
sources-save = सहेजें
sources-check = कनेक्शन जाँचें
sources-check-done = कनेक्शन काम कर रहा है।
sources-check-failed = कनेक्शन काम नहीं कर रहा है:
sources-options = विकल्प
sources-no-options = विकल्प अभी दिखाए या बदले नहीं जा सकते; वे जैसे हैं वैसे ही रहेंगे।
sources-rules = कब और कैसे
sources-name = नाम
sources-name-help = `a-z`, `0-9`, `-` और `_` में से 1 से 64 वर्ण, किसी अक्षर या अंक से शुरू। यह पतों और लॉग में रहता है और कभी नहीं बदलता।
sources-display-name = प्रदर्शित नाम
sources-display-name-help = नाम के स्थान पर लोगों को यह दिखता है।
sources-enabled-box = सक्षम
sources-enabled-help = केवल सक्षम स्रोत ही सिंक होता है और भेजे गए रिकॉर्ड स्वीकार करता है।
sources-schedule-help = यह अपने-आप कब सिंक होगा: UTC में एक cron व्यंजक। `0 3 * * *` हर दिन तीन बजे, `*/15 * * * *` हर पंद्रह मिनट पर, `0 6 * * 1-5` सोमवार से शुक्रवार छह बजे। खाली: केवल मैन्युअल रूप से।
sources-next-run = अगला
sources-last-full = पिछला पूर्ण सिंक
sources-cursor = परिवर्तन कब से ज्ञात हैं
sources-no-cursor = अगला सिंक सब कुछ पढ़ेगा
sources-not-runnable = इसे अभी सिंक नहीं किया जा सकता:
sources-push = रिकॉर्ड भेजना
sources-push-lead = क्लाइंट उपयोगकर्ता और विभाग यहाँ भेजते हैं। TOKEN, push स्कोप वाला टोकन है।
sources-policy = नीति
sources-on-missing = जो अब अनुपस्थित हैं
sources-on-missing-help = उनका क्या हो जो पूर्ण पठन में अब नहीं मिलते।
on-missing-disable = अक्षम किए जाते हैं
on-missing-keep = जैसे हैं वैसे रहते हैं
on-missing-delete = विलोपित किए जाते हैं
sources-match-key = मौजूदा उपयोगकर्ताओं के मिलान का आधार
sources-match-key-help = पहली बार दिखा रिकॉर्ड उसी मान वाले एकमात्र उपयोगकर्ता को अपनाता है, उसे भी जो इस स्रोत में अनुपस्थित है या उसी कार्य में जा रहा है। यदि दो के पास वह मान हो, या यह स्रोत अब भी उपयोगकर्ता को दूसरे uid के साथ दे रहा हो, तो वह विफल होता है।
sources-match-never = कभी नहीं
match-key-username = उपयोगकर्ता नाम
match-key-email = ईमेल
match-key-phone = फ़ोन
sources-match-keys = भेजते समय मिलान के अन्य आधार
sources-match-keys-help = रिकॉर्ड भेजते समय और किस आधार पर मिलान माँगा जा सकता है। जो रिकॉर्ड भेज सकता है और मिलान कर सकता है, वह किसी का ईमेल पता बताकर दूसरे स्रोतों के उपयोगकर्ताओं को अपने अधीन कर सकता है: ज़रूरत से अधिक अनुमति न दें।
sources-removals = योजना रोकें
sources-removals-help = जो योजना उपयोगकर्ताओं या विभागों में से इन दोनों सीमाओं से अधिक को अक्षम, विलोपित या अनलिंक करेगी, या उतने ही उपयोगकर्ताओं को उनके सभी विभागों से निकालेगी, वह किसी की स्वीकृति मिलने तक रोकी जाएगी।
sources-removals-limit = जब वह { $percent } % से अधिक और { $count } से भी अधिक हटाए
sources-removals-percent = प्रतिशत
sources-removals-percent-help = स्रोत में अभी जितने हैं उनका, 0 से 100।
sources-removals-count = संख्या
sources-removals-count-help = इससे कम होने पर प्रतिशत नहीं देखा जाता।
sources-raw-records = मूल रिकॉर्ड लॉग करें
sources-raw-records-help = रिकॉर्ड जैसे आते हैं वैसे ही मूल-रिकॉर्ड लॉग में लिखे जाते हैं; गुप्त मान छिपा दिए जाते हैं।
sources-full-every = पूर्ण सिंक कम से कम हर
sources-full-every-help = पिछला पूर्ण सिंक कितना पुराना हो सकता है, जिसके बाद शेड्यूल किया गया सिंक फिर से पूर्ण होना चाहिए, जैसे `1d` या `12h`; तब तक शेड्यूल किए गए सिंक केवल परिवर्तन लाते हैं। खाली: शेड्यूल किए गए सभी सिंक पूर्ण होंगे।
sources-full-always = शेड्यूल किए गए सभी सिंक पूर्ण हैं
sources-enable = सक्षम करें
sources-disable = अक्षम करें
sources-delete = हटाएँ
sources-delete-users =
    { $users ->
        [one] इसका { $users } उपयोगकर्ता
       *[other] इसके { $users } उपयोगकर्ता
    } और { $departments ->
        [one] { $departments } विभाग
       *[other] { $departments } विभाग
    } अपने मौजूदा मानों के साथ बने रहेंगे।
sources-delete-many-users = इसके उपयोगकर्ता और विभाग, जो { $users } से अधिक हैं, अपने मौजूदा मानों के साथ बने रहेंगे।
sources-delete-rest = इसके कार्य भी बने रहेंगे। जब तक किसी दूसरे स्रोत का नाम { $name } नहीं है, इसे विकल्पों और गुप्त मानों सहित बहाल किया जा सकता है।
sources-records = उनका क्या होगा
sources-records-keep = वे वैसे ही रहेंगे
sources-records-disable = वे अक्षम होंगे
sources-records-delete = वे विलोपित होंगे
sources-records-shared = जिन्हें कोई दूसरा स्रोत भी देता है, वे बने रहेंगे। इस कार्य को पूर्ववत किया जा सकता है।
sources-deleted = हटाए गए स्रोत
sources-deleted-help = उनकी दी हुई चीज़ें अब भी मौजूद हैं। बहाल किया गया स्रोत पहले जैसा होता है, पर अक्षम रहता है।
sources-left = उपयोगकर्ता और विभाग
sources-restore = बहाल करें
sources-take-disable = इसकी दी हुई चीज़ें अक्षम करें
sources-take-delete = इसकी दी हुई चीज़ें विलोपित करें
notice-source-added = स्रोत { $name } जोड़ दिया गया है।
notice-source-changed = स्रोत { $name } बदल दिया गया है।
notice-source-enabled = स्रोत { $name } सक्षम कर दिया गया है।
notice-source-disabled = स्रोत { $name } अक्षम कर दिया गया है।
notice-source-deleted = स्रोत { $name } हटा दिया गया है।
notice-source-gone = स्रोत { $name } हटा दिया गया है। ये उसके कार्य हैं।
notice-sync-started = { $name } का सिंक शुरू हो गया है।
notice-source-running = { $name } पहले से सिंक हो रहा है। वह कार्य यही है।
notice-source-busy = जब तक यह कार्य प्रतीक्षा में, जारी या रोका गया है, { $name } को हटाया नहीं जा सकता। पहले इसे समाप्त करें।
notice-source-restored = स्रोत { $name } बहाल कर दिया गया है। यह अक्षम है।
notice-records-taken = { $name } की दी हुई चीज़ें हटाई जा रही हैं। वह कार्य यही है।
notice-deleted-source-busy = पहले इस स्रोत का दूसरा कार्य समाप्त होना चाहिए। वह कार्य यही है।

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
people-present = सक्षम और अक्षम
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
people-dangling = विभाग जो मौजूद नहीं हैं
people-dangling-help = स्रोत इनका नाम लेते हैं, पर कोई इन्हें देता नहीं। इनके आते ही सदस्यता प्रभावी हो जाएगी।
people-dangling-also = { $source } इस uid का विभाग देता है; कोई स्रोत केवल अपने विभागों का नाम ले सकता है।
people-dangling-parent = ऊपर का विभाग जो मौजूद नहीं है
people-main = मुख्य
people-owner = प्रमुख
people-links = कहाँ से आया
people-links-help = स्रोतों के वे रिकॉर्ड जो इससे जुड़े हैं।
people-uid = Uid
people-link-present = मौजूद
people-link-gone = अब मौजूद नहीं
people-link-missing = इस समय से अनुपस्थित:
people-link-deleted = इस समय से हटाया गया:
people-left = अब कोई स्रोत यह उपयोगकर्ता नहीं देता
people-left-help = जब तक उपयोगकर्ता को मुक्त नहीं किया जाता या किसी दूसरे रिकॉर्ड को नहीं दिया जाता, उसका उपयोगकर्ता नाम और ईमेल व्यस्त रहते हैं।
people-free = उपयोगकर्ता नाम और ईमेल मुक्त करें
people-free-help = उपयोगकर्ता को एक ऐसा कार्य हटाता है जिसे पूर्ववत किया जा सकता है, और लक्ष्यों को बताया जाता है। फिर उसका उपयोगकर्ता नाम और ईमेल दूसरों को मिल सकते हैं।
people-adopt = दूसरे रिकॉर्ड को दें
people-adopt-help = किसी दूसरे uid वाले उसी व्यक्ति के लिए: उस uid का अगला रिकॉर्ड, या जिस कार्य में वह विफल हुआ उसे फिर से आज़माना, इसी उपयोगकर्ता के साथ आगे बढ़ता है।
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

plugin-ready = तैयार
plugin-fallback = पिछला सही संस्करण
plugin-disabled = बंद
plugin-unlisted = सूची में नहीं
plugin-missing = अनुपस्थित
plugin-invalid = अमान्य
sandbox-enforced = लागू
sandbox-partly = आंशिक
sandbox-unavailable = अनुपलब्ध
signature-none = कोई नहीं
signature-unchecked = जाँचा नहीं गया
signature-valid = मान्य
signature-invalid = अमान्य
plugins-name = नाम
plugins-state = स्थिति
plugins-version = संस्करण
plugins-offers = क्या उपलब्ध कराता है
plugins-offer-source = { $title }, एक स्रोत
plugins-offer-target = { $title }, एक लक्ष्य
plugins-sandbox = सैंडबॉक्स
plugins-signature = हस्ताक्षर
plugins-unknown = अज्ञात
plugins-not-running = उपयोग में नहीं
plugins-rescan = फ़ाइलें फिर से देखें
plugins-empty = कोई प्लगइन नहीं है
plugins-empty-next = किसी प्लगइन को plugins.toml के साथ वाले plugins फ़ोल्डर में कॉपी करें, वह यहाँ दिखने लगेगा; या उसे orgsync plugin add FILE से जोड़ें।
plugins-unlisted = सूची से बाहर की फ़ाइलें
plugins-unlisted-lead = प्लगइन फ़ोल्डर की कोई फ़ाइल तब तक नहीं चलाई जाती जब तक वह plugins.toml में सूचीबद्ध न हो। पहले SHA-256 का मिलान विक्रेता के बताए मान से करें।
plugins-by-hand = plugins.toml के लिए पंक्तियाँ
plugins-lines = इसे मैन्युअल रूप से सूचीबद्ध करने के लिए ये पंक्तियाँ plugins.toml के अंत में जोड़ें:
plugins-lines-instead = प्लगइन { $name } पहले से plugins.toml में है। उससे इस फ़ाइल का उपयोग कराने के लिए उसकी प्रविष्टि में यह path और sha256 लिखें:
plugins-add = { $name } जोड़ें
plugins-replace = { $name } के लिए इस फ़ाइल का उपयोग करें
plugins-add-lead = फ़ाइल { $file } अपने SHA-256 के साथ plugins.toml में प्लगइन { $name } के रूप में दर्ज होगी और तुरंत लोड की जाएगी।
plugins-add-replaces = प्लगइन { $name } पहले से plugins.toml में है। अब से वह अपनी मौजूदा सीमाओं और सैंडबॉक्स के भीतर फ़ाइल { $file } का उपयोग करेगा, जो अपने SHA-256 के साथ दर्ज होगी।
plugins-add-sandbox = यह अपनी अलग वर्कर प्रक्रियाओं में, सैंडबॉक्स के भीतर चलता है: यह सिस्टम फ़ाइलें और अपने विकल्पों में दिए पथ पढ़ता है, एक अस्थायी निर्देशिका में लिखता है और किसी भी TCP पोर्ट से जुड़ सकता है। अधिक या कम अनुमति देने के लिए plugins.toml में [plugin.sandbox] लिखें।
plugins-no-plugin = यह फ़ाइल नहीं बताती कि यह क्या है, इसलिए यह प्लगइन नहीं हो सकती। कारण यह है:
plugin-missing-lead = फ़ाइल { $path } मौजूद नहीं है।
plugin-calls-itself = इसका बताया नाम
plugin-vendor = विक्रेता
plugin-size = आकार
plugin-sha256 = SHA-256
plugin-fallback-sha256 = उस फ़ाइल का SHA-256 जिसका उपयोग नहीं हो सकता
plugin-path = फ़ाइल
plugin-abi = ABI संस्करण
plugin-not-listed = plugins.toml में नहीं
plugin-offer-title = शीर्षक
plugin-offer-kind = भूमिका
plugin-offer-type = प्रकार
plugin-kind-source = स्रोत
plugin-kind-target = लक्ष्य
plugin-used = इसका उपयोग कौन करता है
plugin-unused = यह जो उपलब्ध कराता है, उससे कोई स्रोत और कोई लक्ष्य नहीं बना है।
plugin-enabled = सक्षम
plugin-manifest = मैनिफ़ेस्ट
notice-plugins-rescanned = plugins.toml और प्लगइनों की फ़ाइलें फिर से देख ली गई हैं।
notice-plugin-added = प्लगइन { $name } अब plugins.toml में है।
notice-plugin-updated = प्लगइन { $name } के लिए अब plugins.toml में यह फ़ाइल है।

### Logs

logs-system = सिस्टम लॉग
logs-records = मूल रिकॉर्ड
logs-event = सिस्टम लॉग की पंक्ति
logs-record = मूल रिकॉर्ड
logs-level = न्यूनतम स्तर
logs-text = पाठ
logs-task-id = कार्य आईडी
logs-day = दिन (UTC)
logs-day-size = { $day } ({ $size })
logs-live = लाइव
logs-newest = सबसे नई पंक्तियाँ
logs-older = पुरानी पंक्तियाँ
logs-other-lines = अन्य पंक्तियाँ
logs-look-further = आगे खोजें
logs-looked-since = { $day } (UTC) से अब तक सब कुछ देख लिया गया है।
logs-looking = { $day } (UTC) से अब तक कुछ नहीं मिला। खोज जारी है…
logs-left-out = एक साथ इतनी पंक्तियाँ आईं कि सब यहाँ नहीं दिखाई गईं। इससे पहले की पंक्तियाँ पढ़ें
logs-before = इससे पहले की पंक्तियाँ पढ़ें
logs-too-long = यह इतना लंबा है कि यहाँ नहीं दिखाया जा सकता। यह पूरा, लॉग निर्देशिका में उस दिन की फ़ाइल में है।
logs-none-found = कोई पंक्ति मेल नहीं खाती
logs-none-found-next = जो स्तर log_level से बाहर हैं उनकी पंक्तियाँ नहीं लिखी जातीं, और log_keep_days से पुरानी फ़ाइलें हटाई जा चुकी हैं।
logs-empty = लॉग में कोई पंक्ति नहीं है
logs-empty-next = क्या लिखा जाता है यह log_level पर निर्भर है, और log_keep_days से पुरानी फ़ाइलें हटाई जा चुकी हैं।
logs-records-lead = स्रोतों से जैसे मिले वैसे रिकॉर्ड; ये व्यक्तिगत डेटा हैं। जो कुंजियाँ गुप्त लगती हैं उनके मान छिपा दिए जाते हैं।
logs-no-records-found = कोई मूल रिकॉर्ड मेल नहीं खाता
logs-no-records-found-next = raw_records_keep_days से पुरानी फ़ाइलें हटाई जा चुकी हैं।
logs-no-records = कोई मूल रिकॉर्ड नहीं है
logs-no-records-next = ये किसी स्रोत के सिंक होने या किसी क्लाइंट के रिकॉर्ड भेजने पर आते हैं; raw_records_keep_days से पुरानी फ़ाइलें हटाई जा चुकी हैं।
logs-unlogged = { $source } की नीति के अनुसार उसके मूल रिकॉर्ड लॉग नहीं किए जाते।
logs-time = समय
logs-part = प्रोग्राम का भाग
logs-cut = यहाँ केवल शुरुआत दिखाई गई है।
logs-open-event = इस पंक्ति को अलग से खोलें
logs-open-record = इस रिकॉर्ड को अलग से खोलें
logs-source = स्रोत
logs-task = कार्य
logs-type = प्रकार
logs-uid = Uid
logs-no-record = यह पंक्ति पूरा रिकॉर्ड नहीं है; शायद किसी क्रैश के कारण ऐसी रह गई हो।

### Tokens

scope-admin = सब कुछ: स्रोत, प्लगइन और टोकन भी।
scope-operate = पढ़ना; साथ ही सिंक करना, फिर से आज़माना, रद्द करना, स्वीकृत करना, अस्वीकार करना और पूर्ववत करना।
scope-read = केवल पढ़ना।
scope-push = केवल रिकॉर्ड भेजना। इससे इस पृष्ठ पर लॉग इन नहीं किया जा सकता।
tokens-new = नया टोकन
tokens-lead = HTTP API के क्लाइंट और यहाँ लॉग इन करने वाले लोग टोकन दिखाते हैं। डेटा निर्देशिका का व्यवस्थापक टोकन इस सूची में नहीं है; वह हमेशा काम करता है।
tokens-empty = अभी कोई टोकन नहीं है
tokens-empty-next = हर क्लाइंट और हर व्यक्ति के लिए एक टोकन बनाएँ, ताकि प्रत्येक को अलग से निरस्त किया जा सके।
tokens-name = नाम
tokens-scopes = स्कोप
tokens-source = स्रोत
tokens-any-source = कोई भी
tokens-created = निर्माण
tokens-expires = कब तक मान्य
tokens-never-expires = कोई समाप्ति नहीं
tokens-expired = समाप्त
tokens-used = पिछला उपयोग
tokens-never-used = अभी तक नहीं
tokens-actions = कार्रवाइयाँ
tokens-own = यह सत्र
tokens-revoke = निरस्त करें
tokens-revoke-name = { $name } निरस्त करें
tokens-revoke-lead = टोकन { $name } वाले अनुरोध अब से अस्वीकार किए जाएँगे और जिन्होंने इससे लॉग इन किया है वे लॉग आउट हो जाएँगे। इसे पूर्ववत नहीं किया जा सकता।
tokens-revoke-own = आपने स्वयं इसी टोकन से लॉग इन किया है: आपको किसी दूसरे टोकन से लॉग इन करना होगा।
tokens-name-help = यह किसके लिए या किस काम के लिए है, जैसे “HR रात्रि सिंक”।
tokens-scopes-help = इससे क्या किया जा सकता है। एक पर्याप्त है; कई चुनने पर अनुमतियाँ जुड़ जाती हैं।
tokens-source-help = जो टोकन केवल रिकॉर्ड भेज सकता है, उसे एक ही स्रोत तक सीमित किया जा सकता है।
tokens-source-any = कोई भी स्रोत
tokens-end = समाप्ति
tokens-end-days =
    { $n ->
        [one] { $n } दिन में
       *[other] { $n } दिन में
    }
tokens-end-year = एक वर्ष में
tokens-end-never = कभी नहीं
tokens-end-day = आपके चुने हुए दिन के बाद
tokens-day = अंतिम दिन
tokens-day-help = टोकन इस दिन के अंत तक मान्य रहेगा।
tokens-make = टोकन बनाएँ
tokens-wrong = टोकन नहीं बनाया गया। नीचे चिह्नित गलतियाँ ठीक करें।
tokens-wrong-name = नाम में 1 से 100 वर्ण होने चाहिए और कोई नियंत्रण वर्ण नहीं होना चाहिए।
tokens-wrong-taken = इस नाम का टोकन पहले से मौजूद है। यदि आपने यह फ़ॉर्म दो बार भेजा है, तो टोकन पहली बार में ही बन गया था। यदि आपने उसका पाठ कॉपी नहीं किया है, तो उसे निरस्त करें और दूसरा बनाएँ।
tokens-wrong-scopes = कम से कम एक चुनें।
tokens-wrong-source = केवल वही टोकन एक स्रोत तक सीमित किया जा सकता है जो सिर्फ़ रिकॉर्ड भेज सकता हो।
tokens-wrong-source-gone = ऐसा कोई स्रोत अब नहीं है।
tokens-wrong-day = ऐसा दिन चुनें जो अभी बीता न हो।
token-made = टोकन { $name } बन गया है
token-once = इसे अभी कॉपी करें। यह केवल इस बार दिखाया गया है और कहीं नहीं रखा जाता, इसलिए दोबारा नहीं मिल सकता। यह पृष्ठ फिर से लोड करने पर दूसरा टोकन नहीं बनता।
token-text = टोकन
token-header = क्लाइंट इसे हेडर के रूप में भेजते हैं:
token-back = टोकनों पर वापस जाएँ
notice-token-revoked = टोकन { $name } निरस्त कर दिया गया है।

### Targets

target-reachable = भेजा गया डेटा स्वीकार करता है
target-unreachable = कुछ भी स्वीकार नहीं करता
target-trouble = इस तक कुछ नहीं पहुँच रहा:
target-retry-at = अगला प्रयास
target-retry = सब कुछ अभी फिर से भेजें
target-deliveries = वितरण
target-none = यहाँ कुछ नहीं है
target-remote-id = वहाँ की आईडी
target-not-there = अभी वहाँ नहीं है
notice-target-gone = लक्ष्य { $name } हटा दिया गया है।
notice-target-retried = जो अस्वीकृत हुआ और जो प्रतीक्षा में है, वह फिर से भेजा जा रहा है।

### Overview

overview-attention = ध्यान देने योग्य
overview-calm = किसी चीज़ पर ध्यान देने की ज़रूरत नहीं है।
overview-held = स्रोत { $source } का कार्य { $batch } रोका गया है: स्वीकृति मिलने तक इसका कुछ भी नहीं लिखा जाएगा।
overview-failed = स्रोत { $source } का पिछला कार्य विफल रहा।
overview-partial = स्रोत { $source } के पिछले कार्य में विफल रिकॉर्ड छोड़ दिए गए।
overview-dangling = { $source } ऐसे विभागों का नाम लेता है जो वह नहीं देता: { $uids }
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
