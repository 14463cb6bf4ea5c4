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
frame-close = Kapat
frame-cancel = İptal
frame-copy = Kopyala
frame-copied = Kopyalandı
frame-next = Sonraki sayfa
frame-first = İlk sayfa
frame-filter = Filtrele
frame-clear = Filtreleri temizle
frame-all = Tümü
frame-none = Yok
frame-yes = Evet
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
login-logged-out = Oturumunuz kapatıldı.

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
counts-none = hiçbiri
kind-pull = eklentinin okuması
kind-push = istemcinin gönderimi
kind-undo = geri alma
kind-backfill = geriye dönük doldurma
op-create = oluşturuldu
op-update = güncellendi
op-delete = silindi
op-disable = devre dışı bırakıldı
op-unlink = bağı kaldırıldı
op-reject = reddedildi

### Tasks

tasks-task = Görev
tasks-source = Kaynak
tasks-status = Durum
tasks-counts = Kayıtlar
tasks-cost = Süre
tasks-created = Başlangıç
tasks-batch = No. { $n }
tasks-empty = Burada görev yok
tasks-empty-next = Bir kaynak eşitlendiğinde veya bir istemci kayıt gönderdiğinde görev başlar.

### Sources

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
people-main = ana
people-owner = yönetici
people-links = Geldiği yer
people-links-help = Kaynaklarda buna karşılık gelen kayıtlar.
people-uid = Uid
people-link-present = veriliyor
people-link-gone = artık verilmiyor
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

### Logs

### Tokens

### Overview

overview-attention = İlgilenilmesi gerekenler
overview-calm = İlgilenilmesi gereken bir şey yok.
overview-held = { $source } kaynağının { $batch } numaralı görevi askıda: biri onaylamadan hiçbir şey yazılmaz.
overview-failed = { $source } kaynağının son görevi başarısız oldu.
overview-partial = { $source } kaynağının son görevi, hata veren kayıtları atladı.
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
