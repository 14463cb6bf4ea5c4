# What the page says, in Turkish.

### Numbers, sizes and times

number = { $n }
size-b = { $n } B
size-kib = { $n } KiB
size-mib = { $n } MiB
size-gib = { $n } GiB
duration-ms = { $n } ms
duration-s = { $n } sn
duration-min-s = { $a } dk { $b } sn
duration-h-min = { $a } sa { $b } dk
duration-d-h = { $a } gün { $b } sa
time-now = az önce
time-minutes-ago =
    { $n ->
        [one] { $n } dakika önce
       *[other] { $n } dakika önce
    }
time-hours-ago =
    { $n ->
        [one] { $n } saat önce
       *[other] { $n } saat önce
    }
time-days-ago =
    { $n ->
        [one] { $n } gün önce
       *[other] { $n } gün önce
    }
time-in-minutes =
    { $n ->
        [one] { $n } dakika sonra
       *[other] { $n } dakika sonra
    }
time-in-hours =
    { $n ->
        [one] { $n } saat sonra
       *[other] { $n } saat sonra
    }
time-in-days =
    { $n ->
        [one] { $n } gün sonra
       *[other] { $n } gün sonra
    }

### The frame around every page

nav-label = Ana gezinti
nav-skip = İçeriğe geç
nav-menu = Menü
nav-overview = Genel bakış
nav-sources = Kaynaklar
nav-tasks = Görevler
nav-users = Kullanıcılar
nav-departments = Departmanlar
nav-plugins = Eklentiler
nav-logs = Günlükler
nav-tokens = Belirteçler
frame-breadcrumbs = Bulunduğunuz yer
frame-language = Dil
frame-theme = Tema
frame-theme-auto = Sistem teması
frame-theme-light = Açık
frame-theme-dark = Koyu
frame-apply = Uygula
frame-preferences = Tercihler
frame-log-out = Oturumu kapat
frame-cancel = İptal
frame-copy = Kopyala
frame-copied = Kopyalandı
frame-next = Sonraki sayfa
frame-first = İlk sayfa
frame-filter = Filtrele
frame-clear = Filtreleri temizle
frame-stale = Gösterilenler güncel olmayabilir: hizmet yanıt vermiyor. Birkaç saniyede bir yeniden deneniyor.
frame-left-out = Bu adresin bir bölümü anlamsız ve yok sayıldı: { $names }.
frame-all = Tümü
frame-none = Yok
frame-yes = Evet
frame-command = Komut satırı
frame-no = Hayır

### Logging in

login-title = Oturum açma
login-lead = Kapsamı admin, operate veya read olan bir belirteç yapıştırın.
login-token = Belirteç
login-token-help = İlk başlatmada, veri dizinindeki admin-token dosyasına bir yönetici belirteci yazılmıştır; yenilerini orgsync token create komutu oluşturur.
login-button = Oturum aç
login-refused = Bu belirteç geçerli değil: bilinmiyor, süresi dolmuş veya iptal edilmiş. Tamamını kopyaladığınızdan emin olun.
login-wait = Bu adresten çok fazla geçersiz belirteç girildi. Bir dakika bekleyip yeniden deneyin.
login-no-scope = Bu belirteç yalnızca kayıt göndermeye yarar. Kapsamı admin, operate veya read olan bir belirteçle oturum açın.
login-needed = Devam etmek için oturum açın.
notice-logged-out = Oturumunuz kapatıldı.

### When something goes wrong

problem-title-400 = Bu adres geçersiz
problem-title-403 = Bu işlem için yetkiniz yok
problem-title-404 = Burada bir şey yok
problem-title-409 = Mevcut durumda yapılamaz
problem-title-422 = Gönderdiğiniz bilgilerde bir hata var
problem-title-503 = Şu anda kullanılamıyor
problem-title-other = İşlem başarısız oldu
problem-lead-400 = Adres, sayfanın bilmediği bir şey istiyor. Geri dönün veya genel bakıştan başlayın.
problem-lead-403 = Belirtecinizin kapsamı buna yetmiyor. Başka bir belirteçle oturum açın veya bu kapsama sahip bir belirteç isteyin.
problem-lead-404 = Aradığınız öğe silinmiş ya da adres yanlış yazılmış.
problem-lead-409 = Siz gördükten sonra bir şey değişmiş ya da önce başka bir işlem yapılması gerekiyor.
problem-lead-422 = Geri dönüp aşağıda belirtilenleri düzeltin.
problem-lead-503 = Biraz bekleyip sayfayı yeniden yükleyin.
problem-lead-other = Sayfayı yeniden yükleyin. Sorun yinelenirse günlükte istek kimliğini arayın.
problem-csrf = Bu form başka bir oturuma ait veya başka bir siteden gönderilmiş. Geri dönün, sayfayı yeniden yükleyin ve formu yeniden gönderin.
problem-detail = Hizmetin iletisi
problem-request = İstek kimliği
problem-back = Genel bakışa git

### Words of the domain

status-init = bekliyor
status-processing = çalışıyor
status-success = başarılı
status-partial = kısmi
status-failed = başarısız
status-held = askıda
status-cancelled = iptal edildi
count-created = oluşturuldu
count-updated = güncellendi
count-unchanged = değişmedi
count-disabled = devre dışı
count-deleted = silindi
count-failed = başarısız
count-all = okundu
count-unlinked = bağı kaldırıldı
count-duplicates = yinelenen
count-dangling = boşta kalan
counts-none = yok
list-comma = ,{ " " }
counts-created = { $n } oluşturuldu
counts-updated = { $n } güncellendi
counts-unchanged = { $n } değişmedi
counts-disabled = { $n } devre dışı
counts-deleted = { $n } silindi
counts-failed = { $n } başarısız
kind-pull = eklentinin okuması
kind-push = istemcinin gönderimi
kind-undo = geri alma
kind-disable = silinmiş bir kaynağın verdiklerini devre dışı bırakma
kind-delete = silinmiş bir kaynağın verdiklerini silme
kind-backfill = geriye dönük doldurma
op-create = oluşturuldu
op-update = güncellendi
op-delete = silindi
op-disable = devre dışı bırakıldı
op-unlink = bağı kaldırıldı
op-reject = reddedildi
not-create = oluşturulmadı
not-update = güncellenmedi
not-delete = silinmedi
not-disable = devre dışı bırakılmadı
not-unlink = bağı kaldırılmadı
type-user = kullanıcı
type-department = departman
level-error = hata
level-warn = uyarı
level-info = bilgi
level-debug = hata ayıklama
level-trace = izleme
outcome-pending = bekliyor
outcome-applied = uygulandı
outcome-failed = başarısız
outcome-skipped = atlandı
cause-missing = tam okumada bulunmadı
cause-parent-deleted = üst departmanı silindi
cause-undo-create = bir oluşturmayı geri alır
cause-undo-update = bir güncellemeyi geri alır
cause-undo-disable = bir devre dışı bırakmayı geri alır
cause-undo-delete = bir silmeyi geri alır
cause-undo-unlink = bir bağ kaldırmayı geri alır
mode-full = tam
mode-incremental = artımlı
starter-schedule = zamanlama
starter-daemon = hizmet
starter-admin-token = yönetici belirteci
delivery-pending = gönderilecek
delivery-delivered = teslim edildi
delivery-failed = reddedildi
diff-same =
    { $n ->
        [one] { $n } öğe aynı kaldı
       *[other] { $n } öğe aynı kaldı
    }

### Tasks

tasks-task = Görev
tasks-source = Kaynak
tasks-status = Durum
tasks-kind = Tür
tasks-counts = Kayıtlar
tasks-by = Başlatan
tasks-cost = Süre
tasks-created = Başlangıç
tasks-batch = No. { $n }
tasks-name = { $source }, no. { $batch }
tasks-empty = Burada görev yok
tasks-empty-next = Bir kaynak eşitlendiğinde veya bir istemci kayıt gönderdiğinde görev başlar.
tasks-none-match = Eşleşen görev yok
task-title = { $source } kaynağının { $batch } numaralı görevi
task-number = Kimlik
task-id = Kimliği { $id } olan görev
task-dry-run = deneme
task-dry-run-lead = Bu bir deneme çalıştırmasıdır: nelerin değişeceğini gösterir, hiçbir şey yazılmaz.
task-ended = Bitiş
task-attempt = { $n }. deneme
task-undoes = Geri aldığı görev
task-undone-by = Geri alan görev
task-source-deleted = silindi
task-all-of-source = Kaynağın tüm görevleri
task-waiting = Birazdan başlayacak. Bir kaynağın görevleri art arda çalışır.
task-elsewhere = Çalışıyor. Ne kadar ilerlediği burada henüz bilinmiyor.
task-progress = İlerleme
task-step-read = Okunan kayıtlar
task-step-planned = Planlanan değişiklikler
task-step-applied = Uygulanan değişiklikler
task-rate = saniyede { $n }
task-rate-unknown = Hız henüz bilinmiyor
task-left = yaklaşık { $time } kaldı
task-gate-empty-read = Kaynak, daha önce verdiklerinin hiçbirini vermedi. Bu neredeyse her zaman kaynaktaki bir hatadır: önce oraya bakın.
task-gate-removals = Plan, kaynağın ilkesinin denetimsiz izin verdiğinden fazlasını kaldırıyor: hem %{ $percent } oranını hem de { $count } sayısını aşıyor.
task-gate-removals-gone = Plan, kaynağın ilkesinin denetimsiz izin verdiğinden fazlasını kaldırıyor.
task-held-next = Biri karar verene kadar hiçbir şey yazılmaz. Plan aşağıdadır.
task-held-blocked = Biri karar verene kadar hiçbir şey yazılmaz. Kaynağı devre dışıyken onaylanamaz; plan aşağıdadır.
task-lost = Kayıtları artık bulunmadığı için yeniden denenemez. İstemcinin kayıtları yeniden göndermesini sağlayın.
task-approve = Onayla
task-approve-lead = Plan gösterildiği gibi uygulanır:
approve-disable-users =
    { $of ->
        [0]
            { $n ->
                [one] { $n } kullanıcı devre dışı bırakılır.
               *[other] { $n } kullanıcı devre dışı bırakılır.
            }
       *[other] Toplam { $of } kullanıcıdan { $n } kullanıcı devre dışı bırakılır.
    }
approve-delete-users =
    { $of ->
        [0]
            { $n ->
                [one] { $n } kullanıcı silinir.
               *[other] { $n } kullanıcı silinir.
            }
       *[other] Toplam { $of } kullanıcıdan { $n } kullanıcı silinir.
    }
approve-disable-departments =
    { $of ->
        [0]
            { $n ->
                [one] { $n } departman devre dışı bırakılır.
               *[other] { $n } departman devre dışı bırakılır.
            }
       *[other] Toplam { $of } departmandan { $n } departman devre dışı bırakılır.
    }
approve-delete-departments =
    { $of ->
        [0]
            { $n ->
                [one] { $n } departman silinir.
               *[other] { $n } departman silinir.
            }
       *[other] Toplam { $of } departmandan { $n } departman silinir.
    }
approve-create-users =
    { $n ->
        [one] { $n } kullanıcı oluşturulur.
       *[other] { $n } kullanıcı oluşturulur.
    }
approve-update-users =
    { $n ->
        [one] { $n } kullanıcı güncellenir.
       *[other] { $n } kullanıcı güncellenir.
    }
approve-create-departments =
    { $n ->
        [one] { $n } departman oluşturulur.
       *[other] { $n } departman oluşturulur.
    }
approve-update-departments =
    { $n ->
        [one] { $n } departman güncellenir.
       *[other] { $n } departman güncellenir.
    }
approve-unlink-users = Bağı kaldırılan, başka bir kaynağın koruduğu kullanıcılar: { $n } / { $of }
approve-unlink-departments = Bağı kaldırılan, başka bir kaynağın koruduğu departmanlar: { $n } / { $of }
approve-empty-users = Tüm departmanlarından çıkarılan kullanıcılar: { $n } / { $of }
approve-nothing = Hiçbir kullanıcı veya departman değişmez.
task-reject = Reddet
task-reject-pull = Planın hiçbir bölümü yazılmaz. Sonraki eşitleme kaynağı yeniden okur.
task-reject-push = Planın hiçbir bölümü yazılmaz. İstemcinin kayıtlarını yeniden göndermesi gerekir.
task-cancel = Görevi durdur
task-cancel-waiting = Görev henüz başlamadı; hiçbir şey yazılmaz.
task-cancel-running = Görev bir sonraki adımında durur. O ana kadar yazdıkları kalır.
task-retry = Yeniden dene
task-retry-failed = Başarısız olanları yeniden dene
task-retry-deliveries = Hedeflerin reddettiklerini yeniden gönder
task-undo = Geri al
task-undo-lead = Ayrı bir görev, sonradan başka bir değişikliğe uğramamış olmak kaydıyla bu görevin yazdıklarını geri alır:
task-undo-help = Kaynak düzeltilmediyse sonraki eşitleme hepsini yeniden getirir.
task-undo-dry = Yalnızca ne yapacağını göster
undo-remove-users =
    { $n ->
        [one] Oluşturduğu { $n } kullanıcı kaldırılır.
       *[other] Oluşturduğu { $n } kullanıcı kaldırılır.
    }
undo-set-users =
    { $n ->
        [one] Güncellediği { $n } kullanıcı eski durumuna döner.
       *[other] Güncellediği { $n } kullanıcı eski durumuna döner.
    }
undo-bring-users =
    { $n ->
        [one] Devre dışı bıraktığı, sildiği veya bağını kaldırdığı { $n } kullanıcı geri getirilir.
       *[other] Devre dışı bıraktığı, sildiği veya bağını kaldırdığı { $n } kullanıcı geri getirilir.
    }
undo-remove-departments =
    { $n ->
        [one] Oluşturduğu { $n } departman kaldırılır.
       *[other] Oluşturduğu { $n } departman kaldırılır.
    }
undo-set-departments =
    { $n ->
        [one] Güncellediği { $n } departman eski durumuna döner.
       *[other] Güncellediği { $n } departman eski durumuna döner.
    }
undo-bring-departments =
    { $n ->
        [one] Devre dışı bıraktığı, sildiği veya bağını kaldırdığı { $n } departman geri getirilir.
       *[other] Devre dışı bıraktığı, sildiği veya bağını kaldırdığı { $n } departman geri getirilir.
    }
task-targets = Hedefler
task-target = Hedef
task-tab-changes = Değişiklikler
task-tab-records = Ham kayıtlar
task-tab-log = Günlük
task-op = Değişiklik
task-outcome = Sonuç
task-type = Nesne
task-no-uid = uid yok
task-received = Kaydın geldiği hâli
task-failures = Başarısız olanlar
task-failures-csv = CSV olarak indir
task-failures-all = Başarısız olanların tümünü göster
task-others = Diğerlerinin tümü
task-none = Hiçbir şey değişmedi
task-none-next = Her şey zaten kaynağın verdiği gibiydi ya da görev için hiçbir şey planlanmadı.
task-none-yet = Henüz hiçbir şey planlanmadı.
task-none-match = Eşleşen değişiklik yok
task-looking = Aramaya devam ediliyor…
task-look-further = Aramaya devam et
task-records-search = Metin
task-records-all = Görevin tüm ham kayıtları
task-record-whole = Tamamını göster
task-records-none = Burada ham kayıt yok
task-records-none-next = Değişmeyen bir kayıt günlüğe günde yalnızca bir kez yazılır. Ayrıca saklama süresi dolmuş ya da eşleşen kayıt bulunmuyor olabilir.
task-records-off = Kaynağın ilkesi, kayıtlarının ham kayıt günlüğüne yazılmasına izin vermiyor.
task-records-kind = Bu türdeki görevler kayıt okumaz.
task-log-none = Günlükte bu görevle ilgili satır yok
task-log-none-next = Bu görevle ilgili satırların saklama süresi dolmuş olabilir.
notice-task-cancelled = Görev durduruluyor.
notice-task-approved = Plan onaylandı ve uygulanıyor.
notice-task-rejected = Plan reddedildi. Hiçbir bölümü yazılmadı.
notice-task-retried = Görev yeniden deneniyor.
notice-task-undo = Bu görev, diğer görevi geri alır.
notice-task-undo-dry = Bu deneme çalıştırması, diğer görevi geri almanın ne yapacağını gösterir.
notice-user-freed = Bu görev kullanıcının kullanıcı adını ve e-postasını serbest bırakır.
notice-user-adopted = Kullanıcı artık o kayda ait. Kaydın kaynağını eşitleyin ya da başarısız olduğu görevi yeniden deneyin.
notice-refused-user = Yapılmadı: bir kaynak kullanıcıyı yeniden veriyor, o uid başka bir kullanıcı ya da kaynak devre dışı.
notice-refused-task-moved = Hiçbir şey yapılmadı: siz gördükten sonra görevin durumu değişti. Şu anki durumu aşağıdadır.
notice-refused-source-disabled = Hiçbir şey yapılmadı: kaynak devre dışı. Kaynağı etkinleştirip yeniden deneyin.
notice-refused-already-running = Hiçbir şey yapılmadı: kaynak şu anda eşitleniyor. O görevin bitmesini bekleyip yeniden deneyin.
notice-refused-not-retriable = Yeniden denenemez: kayıtları artık bulunmuyor ya da başka bir görev bunu geri alıyor. Kaynağı eşitleyin veya kayıtların yeniden gönderilmesini sağlayın.
notice-refused-not-undoable = Geri alınamaz: hiçbir şey yazmamış ya da zaten geri alınmış.

### Forms

form-required = gerekli
form-default = Boş bırakılırsa: { $value }.
form-other = Diğer seçenekler
form-json = JSON olarak
form-no-choice = (yok)
form-secret = Gizli tutulur ve bir daha gösterilmez.
form-stored = Saklanan bir değer var. Değiştirmemek için boş bırakın.
form-stored-short = saklanıyor; değiştirmemek için boş bırakın
form-forget = Saklanan değeri sil
form-type-again = Yeniden yazın: buraya yazılan hiçbir zaman geri gönderilmez.
form-item = No. { $n }
form-remove-item = { $n } numaralı öğeyi kaldır
form-remove = Kaldır
form-add = Ekle
form-key = Ad
form-value = Değer
form-mistakes =
    { $n ->
        [one] Düzeltilmesi gereken bir şey var:
       *[other] Düzeltilmesi gereken { $n } şey var:
    }

### Sources

sources-add = Kaynak ekle
sources-source = Kaynak
sources-type = Tür
sources-plugin = Eklenti
sources-enabled = Durum
sources-schedule = Zamanlama (UTC)
sources-last = Son görev
sources-actions = Eylemler
sources-never = hiç
sources-sync = Eşitle
sources-sync-full = Tümünü eşitle
sources-sync-incremental = Değişenleri eşitle
sources-sync-dry = Deneme çalıştırması
sources-tasks = Görevler
sources-all-tasks = tüm görevleri
sources-is-enabled = etkin
sources-is-disabled = devre dışı
sources-plugin-built-in = yerleşik
sources-plugin-ready = hazır
sources-plugin-missing = hazır değil
sources-empty = Burada yalnızca yerleşik kaynak var
sources-empty-plugins = Bir eklentinin okuduğu bir kaynak ekleyin: bir dizin, dosyalar veya diğer eklentilerin sundukları.
sources-empty-api = Ya da başka bir sistemin, kullanıcılarını ve departmanlarını HTTP üzerinden api kaynağına göndermesini sağlayın. TOKEN, kapsamı push olan bir belirteçtir:
sources-choose = Kaynak nedir?
sources-choose-lead = Şu anda kullanılabilen türler: hazır olan eklentilerin türleri ve yerleşik tür.
sources-type-api = Diğer sistemler kullanıcılarını ve departmanlarını HTTP üzerinden gönderir; eklenti gerekmez.
sources-type-plugin = { $plugin } eklentisi okur, sürüm { $version }.
sources-type-incremental = Son eşitlemeden sonra nelerin değiştiğini bildirebilir.
sources-no-plugins = Hazır olan hiçbir eklenti kaynak türü sunmuyor.
sources-add-title = Kaynak ekleme: { $type }
sources-edit = Düzenle
sources-edit-title = { $name } kaynağını düzenle
sources-save = Kaydet
sources-check = Bağlantıyı sına
sources-check-done = Bağlantı çalışıyor.
sources-check-failed = Bağlantı çalışmıyor:
sources-options = Seçenekler
sources-no-options = Seçenekler şu anda gösterilemiyor veya değiştirilemiyor; oldukları gibi kalırlar.
sources-rules = Zamanlama ve kurallar
sources-name = Ad
sources-name-help = `a-z`, `0-9`, `-` ve `_` karakterlerinden 1-64 tanesi; bir harf veya rakamla başlar. Adreslerde ve günlüklerde yer alır, hiçbir zaman değişmez.
sources-display-name = Görünen ad
sources-display-name-help = Adın yerine gösterilen ad.
sources-enabled-box = Etkin
sources-enabled-help = Yalnızca etkin kaynaklar eşitlenir ve gönderim kabul eder.
sources-schedule-help = Kendiliğinden ne zaman eşitleneceği: UTC saatine göre bir cron ifadesi. `0 3 * * *` her gün saat üçte, `*/15 * * * *` on beş dakikada bir, `0 6 * * 1-5` hafta içi her gün saat altıda demektir. Boş: yalnızca elle.
sources-next-run = sonraki
sources-last-full = Son tam eşitleme
sources-cursor = Değişikliklerin bilindiği tarih
sources-no-cursor = sonraki eşitleme her şeyi okur
sources-not-runnable = Şu anda eşitlenemiyor:
sources-push = Kayıt gönderme
sources-push-lead = İstemciler kullanıcıları ve departmanları buraya gönderir. TOKEN, kapsamı push olan bir belirteçtir.
sources-policy = İlke
sources-on-missing = Artık bulunmayanlar
sources-on-missing-help = Tam okumada artık yer almayanlara ne yapılacağı.
on-missing-disable = devre dışı bırakılır
on-missing-keep = oldukları gibi kalır
on-missing-delete = silinir
sources-match-key = Var olan kullanıcıları eşleştirme ölçütü
sources-match-key-help = İlk kez görülen bir kayıt, aynı değere sahip tek kullanıcıyı üstlenir; bu kaynakta eksik olan ya da aynı görevde ayrılan bir kullanıcıyı da. İki kullanıcıda varsa ya da bu kaynak kullanıcıyı hâlâ başka bir uid altında veriyorsa başarısız olur.
sources-match-never = eşleştirme yok
match-key-username = kullanıcı adı
match-key-email = e-posta
match-key-phone = telefon
sources-match-keys = Gönderimlerin kullanabileceği diğer ölçütler
sources-match-keys-help = Bir gönderimin isteyebileceği diğer eşleştirme ölçütleri. Gönderim ve eşleştirme yapabilen biri, e-posta adreslerini bildirerek diğer kaynakların kullanıcılarını ele geçirebilir: gerekenden fazlasına izin vermeyin.
sources-removals = Planı askıya alma
sources-removals-help = Kullanıcılarda veya departmanlarda bu sınırların ikisinden de fazlasını devre dışı bırakacak, silecek ya da bağını kaldıracak veya o kadar kullanıcıyı tüm departmanlarından çıkaracak bir plan, biri onaylayana kadar askıda kalır.
sources-removals-limit = hem %{ $percent } oranından hem de { $count } sayısından fazlasını kaldırıyorsa
sources-removals-percent = Yüzde
sources-removals-percent-help = Kaynakta şu anda bulunanlara göre, 0 ile 100 arası.
sources-removals-count = Sayı
sources-removals-count-help = Bu sayının altında yüzdeye bakılmaz.
sources-raw-records = Ham kayıtları günlüğe yaz
sources-raw-records-help = Kayıtlar, gizli değerleri maskelenerek geldikleri gibi ham kayıt günlüğüne yazılır.
sources-full-every = Tam eşitleme aralığı (en fazla)
sources-full-every-help = Zamanlanmış bir eşitlemenin yeniden tam olması gerekmeden önce son tam eşitlemenin ne kadar eski olabileceği, örneğin `1d` veya `12h`; o zamana kadar zamanlanmış eşitlemeler yalnızca değişenleri getirir. Boş: zamanlanmış eşitlemelerin hepsi tamdır.
sources-full-always = zamanlanmış eşitlemelerin hepsi tam
sources-enable = Etkinleştir
sources-disable = Devre dışı bırak
sources-delete = Sil
sources-delete-users =
    { $users ->
        [one] { $users } kullanıcısı
       *[other] { $users } kullanıcısı
    } ve { $departments ->
        [one] { $departments } departmanı
       *[other] { $departments } departmanı
    } mevcut değerleriyle kalır.
sources-delete-many-users = { $users } sayısından fazla olan kullanıcıları ve departmanları mevcut değerleriyle kalır.
sources-delete-rest = Görevleri de kalır. Başka bir kaynağın adı { $name } olmadığı sürece seçenekleri ve gizli değerleriyle geri yüklenebilir.
sources-records = Bunlara ne olacak
sources-records-keep = Olduğu gibi kalırlar
sources-records-disable = Devre dışı bırakılırlar
sources-records-delete = Silinirler
sources-records-shared = Başka bir kaynağın da verdikleri kalır. Görev geri alınabilir.
sources-deleted = Silinmiş kaynaklar
sources-deleted-help = Verdikleri hâlâ duruyor. Geri yüklenen kaynak eskisi gibidir, ancak devre dışıdır.
sources-left = Kullanıcılar ve departmanlar
sources-restore = Geri yükle
sources-take-disable = Verdiklerini devre dışı bırak
sources-take-delete = Verdiklerini sil
notice-source-added = { $name } kaynağı eklendi.
notice-source-changed = { $name } kaynağı değiştirildi.
notice-source-enabled = { $name } kaynağı etkinleştirildi.
notice-source-disabled = { $name } kaynağı devre dışı bırakıldı.
notice-source-deleted = { $name } kaynağı silindi.
notice-source-gone = { $name } kaynağı silindi. Bunlar onun görevleri.
notice-sync-started = { $name } kaynağının eşitlenmesi başladı.
notice-source-running = { $name } kaynağı zaten eşitleniyor. İlgili görev budur.
notice-source-busy = Bu görev beklerken, çalışırken veya askıdayken { $name } kaynağı silinemez. Önce görevi sonlandırın.
notice-source-restored = { $name } kaynağı geri yüklendi. Devre dışı.
notice-records-taken = { $name } kaynağının verdikleri kaldırılıyor. İlgili görev budur.
notice-deleted-source-busy = Önce bu kaynağın başka bir görevi bitmeli. İlgili görev budur.

### Users and departments

people-name = Ad
people-username = Kullanıcı adı
people-email = E-posta
people-phone = Telefon
people-department = Ana departman
people-status = Durum
people-source = Kaynak
people-sources = Kaynaklar
people-search = Ara
people-search-users = Ad, e-posta veya telefon
people-search-departments = Departman adı
people-deleted-ones = Silinenler
people-enabled = etkin
people-disabled = devre dışı
people-deleted = silindi
people-present = etkin ve devre dışı
people-unnamed = Kullanıcı { $id }
people-no-users = Burada henüz kullanıcı yok
people-no-users-next = Bir kaynağın ilk eşitlenmesiyle veya HTTP API'ye yapılan ilk gönderimle gelirler.
people-none-found = Sonuç bulunamadı
people-none-found-next = Filtreleri değiştirin veya temizleyin.
people-looking = Aramaya devam ediliyor…
people-look-further = Aramaya devam et
people-called = tam eşleşme
people-members-of = { $department } departmanının üyeleri
people-memberships = Departmanlar
people-no-memberships = Hiçbir departmanda değil.
people-dangling = Var olmayan departmanlar
people-dangling-help = Kaynaklar bunları adlandırıyor, ancak hiçbiri vermiyor. Departmanlar gelir gelmez üyelik geçerli olur.
people-dangling-also = { $source } bu uid ile bir departman veriyor; bir kaynak yalnızca kendi departmanlarını adlandırabilir.
people-dangling-parent = Var olmayan üst departman
people-main = ana
people-owner = yönetici
people-links = Geldiği yer
people-links-help = Kaynaklarda buna karşılık gelen kayıtlar.
people-uid = Uid
people-link-present = veriliyor
people-link-gone = artık verilmiyor
people-link-missing = şu zamandan beri eksik:
people-link-deleted = şu zamandan beri silinmiş:
people-left = Bu kullanıcıyı artık hiçbir kaynak vermiyor
people-left-help = Kullanıcı serbest bırakılana ya da başka bir kayda verilene kadar kullanıcı adı ve e-posta dolu kalır.
people-free = Kullanıcı adını ve e-postayı serbest bırak
people-free-help = Kullanıcıyı, geri alınabilen bir görev siler ve hedeflere bildirilir. Sonra kullanıcı adını ve e-postayı başkaları alabilir.
people-adopt = Başka bir kayda ver
people-adopt-help = Başka bir uid altındaki aynı kişi için: o uid ile gelen sonraki kayıt ya da kaydın başarısız olduğu görevin yeniden denenmesi bu kullanıcıyla sürer.
people-no-links = Artık hiçbir kaynak bunu vermiyor.
people-custom = Diğer alanlar
people-created = Oluşturulma
people-updated = Değiştirilme
people-deleted-at = Silinme
people-history = Değişiklik geçmişi
people-no-history = İncelenen görevlerde bununla ilgili bir değişiklik yok.
people-older = Daha eski görevlere bak
people-newest = En yenilere dön
people-task = { $source }, no. { $batch }
people-tree = Departman ağacı
people-no-departments = Burada henüz departman yok
people-title = Ad
people-members =
    { $n ->
        [0] üye yok
        [one] { $n } üye
       *[other] { $n } üye
    }
people-leads = yöneten: { $names }
people-below = Alt departmanlar
people-above = Üst departman
people-top = Yok: en üst düzeyde.
people-more-branches = Daha fazla göster
people-all-members =
    { $n ->
        [one] Tek üye
       *[other] { $n } üyenin tümü
    }
people-members-title = Üyeler

### Plugins

plugin-ready = hazır
plugin-fallback = son sağlam sürüm
plugin-disabled = kapalı
plugin-unlisted = listede yok
plugin-missing = eksik
plugin-invalid = geçersiz
sandbox-enforced = uygulanıyor
sandbox-partly = kısmen
sandbox-unavailable = kullanılamıyor
signature-none = yok
signature-unchecked = denetlenmedi
signature-valid = geçerli
signature-invalid = geçersiz
plugins-name = Ad
plugins-state = Durum
plugins-version = Sürüm
plugins-offers = Sundukları
plugins-offer-source = { $title }, kaynak
plugins-offer-target = { $title }, hedef
plugins-sandbox = Korumalı alan
plugins-signature = İmza
plugins-unknown = bilinmiyor
plugins-not-running = kullanılmıyor
plugins-rescan = Dosyaları yeniden tara
plugins-empty = Eklenti yok
plugins-empty-next = Bir eklentiyi plugins.toml dosyasının yanındaki plugins klasörüne kopyalarsanız burada görünür; ya da orgsync plugin add FILE komutuyla ekleyin.
plugins-unlisted = Listede olmayan dosyalar
plugins-unlisted-lead = Eklenti klasöründeki dosyalar, plugins.toml içinde listelenmeden çalıştırılmaz. Önce SHA-256 değerini satıcının bildirdiğiyle karşılaştırın.
plugins-by-hand = plugins.toml için satırlar
plugins-lines = Elle listelemek için şu satırları plugins.toml dosyasının sonuna ekleyin:
plugins-lines-instead = { $name } eklentisi zaten plugins.toml içinde yer alıyor. Bu dosyayı kullanması için girdisine şu path ve sha256 değerlerini verin:
plugins-add = { $name } eklentisini ekle
plugins-replace = { $name } için bu dosyayı kullan
plugins-add-lead = { $file } dosyası, SHA-256 değerine sabitlenerek plugins.toml içinde { $name } eklentisi olur ve hemen yüklenir.
plugins-add-replaces = { $name } eklentisi zaten plugins.toml içinde yer alıyor. Bundan böyle, mevcut sınırları ve korumalı alanı içinde, SHA-256 değerine sabitlenmiş { $file } dosyasını kullanır.
plugins-add-sandbox = Kendi çalışan süreçlerinde, korumalı alan içinde çalışır: sistem dosyalarını ve seçeneklerindeki yolları okur, geçici bir dizine yazar ve her TCP bağlantı noktasına bağlanabilir. Daha fazlasına veya daha azına izin vermek için plugins.toml içine [plugin.sandbox] yazın.
plugins-no-plugin = Bu dosya ne olduğunu bildirmediği için eklenti olamaz. Nedeni:
plugin-missing-lead = { $path } dosyası yok.
plugin-calls-itself = Bildirdiği ad
plugin-vendor = Satıcı
plugin-size = Boyut
plugin-sha256 = SHA-256
plugin-fallback-sha256 = Kullanılamayan dosyanın SHA-256 değeri
plugin-path = Dosya
plugin-abi = ABI sürümü
plugin-not-listed = plugins.toml içinde yok
plugin-offer-title = Başlık
plugin-offer-kind = Rol
plugin-offer-type = Tür
plugin-kind-source = kaynak
plugin-kind-target = hedef
plugin-used = Kullananlar
plugin-unused = Sunduklarını kullanan bir kaynak veya hedef yok.
plugin-enabled = Etkin
plugin-manifest = Bildirim
notice-plugins-rescanned = plugins.toml ve eklenti dosyaları yeniden tarandı.
notice-plugin-added = { $name } eklentisi artık plugins.toml içinde.
notice-plugin-updated = { $name } eklentisi artık plugins.toml içinde bu dosyayı kullanıyor.

### Logs

logs-system = Sistem günlüğü
logs-records = Ham kayıtlar
logs-event = Sistem günlüğü satırı
logs-record = Ham kayıt
logs-level = En düşük düzey
logs-text = Metin
logs-task-id = Görev kimliği
logs-day = Gün (UTC)
logs-day-size = { $day } ({ $size })
logs-live = Canlı
logs-newest = En yeni satırlar
logs-older = Daha eski satırlar
logs-other-lines = Diğer satırlar
logs-look-further = Aramaya devam et
logs-looked-since = { $day } (UTC) gününden bu yana her şeye bakıldı.
logs-looking = { $day } (UTC) gününden bu yana bir şey bulunmadı. Aranıyor…
logs-left-out = Bir kerede burada gösterilenden çok satır geldi. Bundan öncekileri okuyun
logs-before = Bundan önceki satırları oku
logs-too-long = Gösterilemeyecek kadar uzun. Tamamı, günlük dizininde o güne ait dosyadadır.
logs-none-found = Eşleşen satır yok
logs-none-found-next = log_level ayarının dışında kalan düzeydeki satırlar yazılmaz; log_keep_days süresinden eski dosyalar silinmiştir.
logs-empty = Günlükte satır yok
logs-empty-next = Nelerin yazılacağı log_level ayarına bağlıdır; log_keep_days süresinden eski dosyalar silinmiştir.
logs-records-lead = Kaynakların verdiği hâliyle kayıtlar; bunlar kişisel verilerdir. Gizli görünen anahtarların değerleri maskelenir.
logs-no-records-found = Eşleşen ham kayıt yok
logs-no-records-found-next = raw_records_keep_days süresinden eski dosyalar silinmiştir.
logs-no-records = Ham kayıt yok
logs-no-records-next = Bir kaynak eşitlendiğinde veya bir istemci kayıt gönderdiğinde gelirler; raw_records_keep_days süresinden eski dosyalar silinmiştir.
logs-unlogged = { $source } kaynağının ilkesine göre ham kayıtları günlüğe yazılmıyor.
logs-time = Zaman
logs-part = Program bölümü
logs-cut = Burada yalnızca başı gösteriliyor.
logs-open-event = Bu satırı tek başına aç
logs-open-record = Bu kaydı tek başına aç
logs-source = Kaynak
logs-task = Görev
logs-type = Tür
logs-uid = Uid
logs-no-record = Bu satır tam bir kayıt değil; bir çökmeden kalmış olabilir.

### Tokens

scope-admin = Her şey: kaynaklar, eklentiler ve belirteçler de dâhil.
scope-operate = Okuma; ayrıca eşitleme, yeniden deneme, iptal etme, onaylama, reddetme ve geri alma.
scope-read = Yalnızca okuma.
scope-push = Yalnızca kayıt gönderme. Bu sayfada oturum açamaz.
tokens-new = Yeni belirteç
tokens-lead = HTTP API istemcileri ve burada oturum açanlar bir belirteç sunar. Veri dizinindeki yönetici belirteci bu listede yer almaz; her zaman geçerlidir.
tokens-empty = Henüz belirteç yok
tokens-empty-next = Her istemci ve her kişi için ayrı bir belirteç oluşturun; böylece her biri tek başına iptal edilebilir.
tokens-name = Ad
tokens-scopes = Kapsamlar
tokens-source = Kaynak
tokens-any-source = herhangi biri
tokens-created = Oluşturulma
tokens-expires = Geçerlilik sonu
tokens-never-expires = süresiz
tokens-expired = süresi doldu
tokens-used = Son kullanım
tokens-never-used = henüz kullanılmadı
tokens-actions = Eylemler
tokens-own = bu oturum
tokens-revoke = İptal et
tokens-revoke-name = { $name } belirtecini iptal et
tokens-revoke-lead = { $name } belirteciyle yapılan istekler bundan böyle reddedilir ve onunla açılmış oturumlar kapatılır. Bu işlem geri alınamaz.
tokens-revoke-own = Siz de bu belirteçle oturum açtınız: başka bir belirteçle yeniden oturum açmanız gerekecek.
tokens-name-help = Kim veya ne için olduğu, örneğin “İK gece eşitlemesi”.
tokens-scopes-help = Neler yapabileceği. Biri yeterlidir; birden çoğu seçilirse yetkiler birleşir.
tokens-source-help = Yalnızca kayıt gönderebilen bir belirteç tek bir kaynakla sınırlandırılabilir.
tokens-source-any = Herhangi bir kaynak
tokens-end = Bitiş
tokens-end-days =
    { $n ->
        [one] { $n } gün sonra
       *[other] { $n } gün sonra
    }
tokens-end-year = bir yıl sonra
tokens-end-never = hiçbir zaman
tokens-end-day = seçtiğiniz bir günün sonunda
tokens-day = Son gün
tokens-day-help = Belirteç bu günün sonuna kadar geçerlidir.
tokens-make = Belirteci oluştur
tokens-wrong = Belirteç oluşturulmadı. Aşağıda işaretlenenleri düzeltin.
tokens-wrong-name = Ad 1-100 karakter uzunluğunda olmalı ve denetim karakteri içermemelidir.
tokens-wrong-taken = Bu adda bir belirteç zaten var. Bu formu iki kez gönderdiyseniz belirteç ilkinde oluşturulmuştur. Metnini kopyalamadıysanız onu iptal edip yenisini oluşturun.
tokens-wrong-scopes = En az birini seçin.
tokens-wrong-source = Yalnızca kayıt gönderebilen bir belirteç tek bir kaynakla sınırlandırılabilir.
tokens-wrong-source-gone = Böyle bir kaynak artık yok.
tokens-wrong-day = Henüz bitmemiş bir gün seçin.
token-made = { $name } belirteci oluşturuldu
token-once = Şimdi kopyalayın. Yalnızca bu kez gösterilir ve hiçbir yerde saklanmaz; bir daha elde edilemez. Bu sayfayı yeniden yüklemek yeni bir belirteç oluşturmaz.
token-text = Belirteç
token-header = İstemciler onu bir üst bilgi olarak gönderir:
token-back = Belirteçlere dön
notice-token-revoked = { $name } belirteci iptal edildi.

### Targets

target-reachable = gönderilenleri kabul ediyor
target-unreachable = hiçbir şey kabul etmiyor
target-trouble = Hedefe hiçbir şey ulaşmıyor:
target-retry-at = Yeniden denenecek:
target-retry = Hepsini şimdi yeniden gönder
target-deliveries = Teslimatlar
target-none = Burada hiçbir şey yok
target-remote-id = Hedefteki kimliği
target-not-there = henüz orada değil
notice-target-gone = { $name } hedefi silindi.
notice-target-retried = Reddedilen ve bekleyen kayıtlar yeniden gönderiliyor.

### Overview

overview-attention = İlgilenilmesi gerekenler
overview-calm = İlgilenilmesi gereken bir şey yok.
overview-held = { $source } kaynağının { $batch } numaralı görevi askıda: biri onaylamadan hiçbir şey yazılmaz.
overview-failed = { $source } kaynağının son görevi başarısız oldu.
overview-partial = { $source } kaynağının son görevi, hata veren kayıtları atladı.
overview-dangling = { $source } vermediği departmanları adlandırıyor: { $uids }
overview-not-runnable = { $source } kaynağı eşitlenemiyor.
overview-plugin = { $plugin } eklentisi kullanılamıyor.
overview-fallback = { $plugin } eklentisi, dosyası kullanılamadığı için son sağlam sürümüyle çalışmayı sürdürüyor.
overview-plugins-file = plugins.toml dosyasında veya eklenti klasöründe bir sorun var.
overview-target = { $target } hedefi şu anda hiçbir şey kabul etmiyor.
overview-deliveries =
    { $n ->
        [one] { $target } hedefi { $n } kaydı reddediyor.
       *[other] { $target } hedefi { $n } kaydı reddediyor.
    }
overview-tls-stale = Dosyadaki TLS sertifikası kullanılamıyor; hâlâ önceki sertifika kullanılıyor.
overview-tls-expired = TLS sertifikasının süresi doldu.
overview-running = Şu anda çalışanlar
overview-directory = Dizinde
overview-users = Kullanıcılar
overview-departments = Departmanlar
overview-sources = Kaynaklar
overview-disabled =
    { $n ->
        [one] { $n } devre dışı
       *[other] { $n } devre dışı
    }
overview-last-days = Son 30 gün
overview-tasks-by-status = Durumlarına göre görevler
overview-changes = Değişiklikler
overview-durations = Görev süreleri
overview-removed = devre dışı veya silindi
overview-failed-records = başarısız kayıtlar
overview-median = medyan
overview-longest = en uzun
overview-most = en çok { $n }
overview-no-tasks = Bu günlerde hiçbir görev başlamadı.
overview-table = Tablo olarak
overview-day = Gün
