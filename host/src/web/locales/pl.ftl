# What the page says, in Polish.

### Numbers, sizes and times

number = { $n }
size-b = { $n } B
size-kib = { $n } KiB
size-mib = { $n } MiB
size-gib = { $n } GiB
duration-ms = { $n } ms
duration-s = { $n } s
duration-min-s = { $a } min { $b } s
duration-h-min = { $a } h { $b } min
duration-d-h = { $a } d { $b } h
time-now = przed chwilą
time-minutes-ago =
    { $n ->
        [one] { $n } minutę temu
        [few] { $n } minuty temu
        [many] { $n } minut temu
       *[other] { $n } minuty temu
    }
time-hours-ago =
    { $n ->
        [one] { $n } godzinę temu
        [few] { $n } godziny temu
        [many] { $n } godzin temu
       *[other] { $n } godziny temu
    }
time-days-ago =
    { $n ->
        [one] { $n } dzień temu
        [few] { $n } dni temu
        [many] { $n } dni temu
       *[other] { $n } dnia temu
    }
time-in-minutes =
    { $n ->
        [one] za { $n } minutę
        [few] za { $n } minuty
        [many] za { $n } minut
       *[other] za { $n } minuty
    }
time-in-hours =
    { $n ->
        [one] za { $n } godzinę
        [few] za { $n } godziny
        [many] za { $n } godzin
       *[other] za { $n } godziny
    }
time-in-days =
    { $n ->
        [one] za { $n } dzień
        [few] za { $n } dni
        [many] za { $n } dni
       *[other] za { $n } dnia
    }

### The frame around every page

nav-label = Nawigacja główna
nav-skip = Przejdź do treści
nav-menu = Menu
nav-overview = Przegląd
nav-sources = Źródła
nav-tasks = Zadania
nav-users = Użytkownicy
nav-departments = Działy
nav-plugins = Wtyczki
nav-logs = Dzienniki
nav-tokens = Tokeny
frame-breadcrumbs = Bieżąca lokalizacja
frame-language = Język
frame-theme = Motyw
frame-theme-auto = Systemowy
frame-theme-light = Jasny
frame-theme-dark = Ciemny
frame-apply = Zastosuj
frame-preferences = Preferencje
frame-log-out = Wyloguj się
frame-cancel = Anuluj
frame-copy = Kopiuj
frame-copied = Skopiowano
frame-next = Następna strona
frame-first = Pierwsza strona
frame-filter = Filtruj
frame-clear = Wyczyść filtry
frame-stale = Wyświetlane dane mogą być nieaktualne: usługa nie odpowiada. Zapytanie jest ponawiane co kilka sekund.
frame-left-out = Część tego adresu jest niezrozumiała i została pominięta: { $names }.
frame-all = Wszystkie
frame-none = Brak
frame-yes = Tak
frame-command = Wiersz polecenia
frame-no = Nie

### Logging in

login-title = Logowanie
login-lead = Wklej token o zakresie admin, operate lub read.
login-token = Token
login-token-help = Przy pierwszym uruchomieniu token administratora zapisano w pliku admin-token w katalogu danych; kolejne tokeny tworzy polecenie orgsync token create.
login-button = Zaloguj się
login-refused = Ten token jest nieprawidłowy: nieznany, wygasły lub unieważniony. Sprawdź, czy skopiowano go w całości.
login-wait = Z tego adresu podano zbyt wiele nieprawidłowych tokenów. Poczekaj minutę i spróbuj ponownie.
login-no-scope = Ten token pozwala tylko przesyłać rekordy. Zaloguj się tokenem o zakresie admin, operate lub read.
login-needed = Zaloguj się, aby kontynuować.
notice-logged-out = Wylogowano.

### When something goes wrong

problem-title-400 = Nieprawidłowy adres
problem-title-403 = Brak uprawnień
problem-title-404 = Nic tu nie ma
problem-title-409 = W tej sytuacji to niemożliwe
problem-title-422 = Przesłane dane zawierają błąd
problem-title-503 = Chwilowo niedostępne
problem-title-other = Operacja nie powiodła się
problem-lead-400 = Adres odwołuje się do czegoś, czego ta strona nie zna. Wróć lub zacznij od przeglądu.
problem-lead-403 = Token nie ma wymaganego zakresu. Zaloguj się innym tokenem lub poproś o token z tym zakresem.
problem-lead-404 = Szukany element został usunięty albo adres zawiera literówkę.
problem-lead-409 = Od ostatniego wyświetlenia coś się zmieniło albo najpierw trzeba wykonać inną czynność.
problem-lead-422 = Wróć i popraw to, co wskazano poniżej.
problem-lead-503 = Poczekaj chwilę, a następnie odśwież stronę.
problem-lead-other = Odśwież stronę. Jeśli problem się powtórzy, wyszukaj identyfikator żądania w dzienniku.
problem-csrf = Ten formularz należy do innej sesji lub został wysłany z innej witryny. Wróć, odśwież stronę i wyślij go ponownie.
problem-detail = Komunikat usługi
problem-request = Identyfikator żądania
problem-back = Przejdź do przeglądu

### Words of the domain

status-init = oczekuje
status-processing = w toku
status-success = powodzenie
status-partial = częściowo
status-failed = niepowodzenie
status-held = wstrzymano
status-cancelled = anulowano
count-created = utworzono
count-updated = zaktualizowano
count-unchanged = bez zmian
count-disabled = wyłączono
count-deleted = usunięto
count-failed = z błędem
count-all = odczytano
count-unlinked = odłączono
count-duplicates = duplikaty
count-dangling = bez działu
counts-none = nic
list-comma = ,{ " " }
counts-created = utworzono: { $n }
counts-updated = zaktualizowano: { $n }
counts-unchanged = bez zmian: { $n }
counts-disabled = wyłączono: { $n }
counts-deleted = usunięto: { $n }
counts-failed = z błędem: { $n }
kind-pull = odczyt przez wtyczkę
kind-push = przesłanie przez klienta
kind-undo = cofnięcie
kind-disable = wyłączanie tego, co dało usunięte źródło
kind-delete = usuwanie tego, co dało usunięte źródło
kind-backfill = uzupełnienie
op-create = utworzono
op-update = zaktualizowano
op-delete = usunięto
op-disable = wyłączono
op-unlink = odłączono
op-reject = odrzucono
not-create = nie utworzono
not-update = nie zaktualizowano
not-delete = nie usunięto
not-disable = nie wyłączono
not-unlink = nie odłączono
type-user = użytkownik
type-department = dział
level-error = błąd
level-warn = ostrzeżenie
level-info = informacja
level-debug = debugowanie
level-trace = śledzenie
outcome-pending = oczekuje
outcome-applied = zastosowano
outcome-failed = niepowodzenie
outcome-skipped = pominięto
cause-missing = brak przy pełnym odczycie
cause-parent-deleted = usunięto dział nadrzędny
cause-undo-create = cofnięcie utworzenia
cause-undo-update = cofnięcie aktualizacji
cause-undo-disable = cofnięcie wyłączenia
cause-undo-delete = cofnięcie usunięcia
cause-undo-unlink = cofnięcie odłączenia
mode-full = w całości
mode-incremental = tylko zmiany
starter-schedule = harmonogram
starter-daemon = usługa
starter-admin-token = token administratora
delivery-pending = do wysłania
delivery-delivered = dostarczono
delivery-failed = odrzucono
diff-same = bez zmian: { $n }

### Tasks

tasks-task = Zadanie
tasks-source = Źródło
tasks-status = Stan
tasks-kind = Rodzaj
tasks-counts = Rekordy
tasks-by = Inicjator
tasks-cost = Czas trwania
tasks-created = Rozpoczęto
tasks-batch = Nr { $n }
tasks-name = { $source }, nr { $batch }
tasks-empty = Nie ma tu żadnych zadań
tasks-empty-next = Zadanie rozpoczyna się, gdy źródło jest synchronizowane lub gdy klient przesyła rekordy.
tasks-none-match = Brak pasujących zadań
task-title = Zadanie { $batch } źródła { $source }
task-number = Identyfikator
task-id = Zadanie o identyfikatorze { $id }
task-dry-run = przebieg próbny
task-dry-run-lead = To przebieg próbny: pokazuje, co by się zmieniło, ale niczego nie zapisuje.
task-ended = Zakończono
task-attempt = próba { $n }
task-undoes = Cofa
task-undone-by = Cofnięte przez
task-source-deleted = usunięte
task-all-of-source = Wszystkie zadania źródła
task-waiting = Zadanie zaraz się rozpocznie. Zadania jednego źródła są wykonywane jedno po drugim.
task-elsewhere = Zadanie jest w toku. Jego postęp nie jest tu jeszcze znany.
task-progress = Postęp
task-step-read = Odczytane rekordy
task-step-planned = Zaplanowane zmiany
task-step-applied = Zastosowane zmiany
task-rate = { $n } na sekundę
task-rate-unknown = Szybkość nie jest jeszcze znana
task-left = pozostało około { $time }
task-gate-empty-read = Źródło nie podało niczego z tego, co podawało wcześniej. Prawie zawsze oznacza to błąd po stronie źródła: najpierw sprawdź źródło.
task-gate-removals = Plan wyłącza lub usuwa więcej, niż zasady źródła dopuszczają bez sprawdzenia przez człowieka: ponad { $percent }% i ponad { $count }.
task-gate-removals-gone = Plan wyłącza lub usuwa więcej, niż zasady źródła dopuszczały bez sprawdzenia przez człowieka.
task-held-next = Do czasu podjęcia decyzji nic nie zostanie zapisane. Plan znajduje się poniżej.
task-held-blocked = Do czasu podjęcia decyzji nic nie zostanie zapisane. Planu nie można zatwierdzić, dopóki źródło jest wyłączone; plan znajduje się poniżej.
task-lost = Zadania nie można ponowić, ponieważ jego rekordów już nie ma. Klient musi przesłać je ponownie.
task-approve = Zatwierdź
task-approve-lead = Plan zostanie zastosowany w pokazanej postaci:
approve-disable-users =
    { $of ->
        [0]
            { $n ->
                [one] Zostanie wyłączony { $n } użytkownik.
                [few] Zostanie wyłączonych { $n } użytkowników.
                [many] Zostanie wyłączonych { $n } użytkowników.
               *[other] Zostanie wyłączone { $n } użytkownika.
            }
       *[other] Zostanie wyłączonych użytkowników: { $n } z { $of }.
    }
approve-delete-users =
    { $of ->
        [0]
            { $n ->
                [one] Zostanie usunięty { $n } użytkownik.
                [few] Zostanie usuniętych { $n } użytkowników.
                [many] Zostanie usuniętych { $n } użytkowników.
               *[other] Zostanie usunięte { $n } użytkownika.
            }
       *[other] Zostanie usuniętych użytkowników: { $n } z { $of }.
    }
approve-disable-departments =
    { $of ->
        [0]
            { $n ->
                [one] Zostanie wyłączony { $n } dział.
                [few] Zostaną wyłączone { $n } działy.
                [many] Zostanie wyłączonych { $n } działów.
               *[other] Zostanie wyłączone { $n } działu.
            }
       *[other] Zostanie wyłączonych działów: { $n } z { $of }.
    }
approve-delete-departments =
    { $of ->
        [0]
            { $n ->
                [one] Zostanie usunięty { $n } dział.
                [few] Zostaną usunięte { $n } działy.
                [many] Zostanie usuniętych { $n } działów.
               *[other] Zostanie usunięte { $n } działu.
            }
       *[other] Zostanie usuniętych działów: { $n } z { $of }.
    }
approve-create-users =
    { $n ->
        [one] Zostanie utworzony { $n } użytkownik.
        [few] Zostanie utworzonych { $n } użytkowników.
        [many] Zostanie utworzonych { $n } użytkowników.
       *[other] Zostanie utworzone { $n } użytkownika.
    }
approve-update-users =
    { $n ->
        [one] Zostanie zaktualizowany { $n } użytkownik.
        [few] Zostanie zaktualizowanych { $n } użytkowników.
        [many] Zostanie zaktualizowanych { $n } użytkowników.
       *[other] Zostanie zaktualizowane { $n } użytkownika.
    }
approve-create-departments =
    { $n ->
        [one] Zostanie utworzony { $n } dział.
        [few] Zostaną utworzone { $n } działy.
        [many] Zostanie utworzonych { $n } działów.
       *[other] Zostanie utworzone { $n } działu.
    }
approve-update-departments =
    { $n ->
        [one] Zostanie zaktualizowany { $n } dział.
        [few] Zostaną zaktualizowane { $n } działy.
        [many] Zostanie zaktualizowanych { $n } działów.
       *[other] Zostanie zaktualizowane { $n } działu.
    }
approve-unlink-users = Odłączeni użytkownicy, których zachowuje inne źródło: { $n } z { $of }
approve-unlink-departments = Odłączone działy, które zachowuje inne źródło: { $n } z { $of }
approve-empty-users = Użytkownicy usunięci ze wszystkich swoich działów: { $n } z { $of }
approve-nothing = Żaden użytkownik ani dział się nie zmieni.
task-reject = Odrzuć
task-reject-pull = Nic z planu nie zostanie zapisane. Następna synchronizacja odczyta źródło ponownie.
task-reject-push = Nic z planu nie zostanie zapisane. Klient musi przesłać rekordy ponownie.
task-cancel = Zatrzymaj zadanie
task-cancel-waiting = Zadanie jeszcze się nie rozpoczęło i nic nie zostało zapisane.
task-cancel-running = Zadanie zatrzyma się przy następnym kroku. To, co do tego czasu zapisze, pozostanie zapisane.
task-retry = Ponów
task-retry-failed = Ponów dla rekordów z błędem
task-retry-deliveries = Wyślij ponownie rekordy odrzucone przez systemy docelowe
task-undo = Cofnij
task-undo-lead = Osobne zadanie cofnie to, co zapisało to zadanie, o ile nic innego tego później nie zmieniło:
task-undo-help = Następna synchronizacja przywróci to wszystko, chyba że źródło zostanie poprawione.
task-undo-dry = Tylko pokaż, co by się zmieniło
undo-remove-users =
    { $n ->
        [one] Zostanie usunięty { $n } użytkownik utworzony przez to zadanie.
        [few] Zostanie usuniętych { $n } użytkowników utworzonych przez to zadanie.
        [many] Zostanie usuniętych { $n } użytkowników utworzonych przez to zadanie.
       *[other] Zostanie usunięte { $n } użytkownika utworzonych przez to zadanie.
    }
undo-set-users =
    { $n ->
        [one] Poprzednie wartości odzyska { $n } użytkownik zaktualizowany przez to zadanie.
        [few] Poprzednie wartości odzyska { $n } użytkowników zaktualizowanych przez to zadanie.
        [many] Poprzednie wartości odzyska { $n } użytkowników zaktualizowanych przez to zadanie.
       *[other] Poprzednie wartości odzyska { $n } użytkownika zaktualizowanych przez to zadanie.
    }
undo-bring-users =
    { $n ->
        [one] Zostanie przywrócony { $n } użytkownik wyłączony, usunięty lub odłączony przez to zadanie.
        [few] Zostanie przywróconych { $n } użytkowników wyłączonych, usuniętych lub odłączonych przez to zadanie.
        [many] Zostanie przywróconych { $n } użytkowników wyłączonych, usuniętych lub odłączonych przez to zadanie.
       *[other] Zostanie przywrócone { $n } użytkownika wyłączonych, usuniętych lub odłączonych przez to zadanie.
    }
undo-remove-departments =
    { $n ->
        [one] Zostanie usunięty { $n } dział utworzony przez to zadanie.
        [few] Zostaną usunięte { $n } działy utworzone przez to zadanie.
        [many] Zostanie usuniętych { $n } działów utworzonych przez to zadanie.
       *[other] Zostanie usunięte { $n } działu utworzonych przez to zadanie.
    }
undo-set-departments =
    { $n ->
        [one] Poprzednie wartości odzyska { $n } dział zaktualizowany przez to zadanie.
        [few] Poprzednie wartości odzyskają { $n } działy zaktualizowane przez to zadanie.
        [many] Poprzednie wartości odzyska { $n } działów zaktualizowanych przez to zadanie.
       *[other] Poprzednie wartości odzyska { $n } działu zaktualizowanych przez to zadanie.
    }
undo-bring-departments =
    { $n ->
        [one] Zostanie przywrócony { $n } dział wyłączony, usunięty lub odłączony przez to zadanie.
        [few] Zostaną przywrócone { $n } działy wyłączone, usunięte lub odłączone przez to zadanie.
        [many] Zostanie przywróconych { $n } działów wyłączonych, usuniętych lub odłączonych przez to zadanie.
       *[other] Zostanie przywrócone { $n } działu wyłączonych, usuniętych lub odłączonych przez to zadanie.
    }
task-targets = Systemy docelowe
task-target = System docelowy
task-tab-changes = Zmiany
task-tab-records = Surowe rekordy
task-tab-log = Dziennik
task-op = Zmiana
task-outcome = Wynik
task-type = Obiekt
task-no-uid = bez uid
task-received = Rekord w otrzymanej postaci
task-failures = Błędy
task-failures-csv = Pobierz jako CSV
task-failures-all = Pokaż wszystkie błędy
task-others = Wszystko inne
task-none = Zadanie niczego nie zmieniło
task-none-next = Wszystko było już zgodne z danymi źródła albo zadanie niczego nie zaplanowało.
task-none-yet = Niczego jeszcze nie zaplanowano.
task-none-match = Brak pasujących zmian
task-looking = Trwa dalsze wyszukiwanie…
task-look-further = Szukaj dalej
task-records-search = Tekst
task-records-all = Wszystkie surowe rekordy zadania
task-record-whole = Pokaż w całości
task-records-none = Nie ma tu surowych rekordów
task-records-none-next = Niezmieniony rekord jest zapisywany tylko raz dziennie. Mógł też upłynąć okres przechowywania rekordów w dzienniku albo nic nie pasuje do filtru.
task-records-off = Zgodnie z zasadami źródła jego rekordy nie trafiają do dziennika surowych rekordów.
task-records-kind = Zadanie tego rodzaju nie odczytuje rekordów.
task-log-none = W dzienniku nie ma nic o tym zadaniu
task-log-none-next = Mógł upłynąć okres przechowywania tych wpisów w dzienniku.
notice-task-cancelled = Zadanie jest zatrzymywane.
notice-task-approved = Plan zatwierdzono i jest stosowany.
notice-task-rejected = Plan odrzucono. Nic z niego nie zapisano.
notice-task-retried = Trwa ponowna próba.
notice-task-undo = To zadanie cofa inne zadanie.
notice-task-undo-dry = Ten przebieg próbny pokazuje, co zmieniłoby cofnięcie innego zadania.
notice-user-freed = To zadanie zwalnia nazwę użytkownika i e-mail.
notice-user-adopted = Użytkownik należy teraz do tego rekordu. Zsynchronizuj jego źródło albo ponów zadanie, w którym się nie powiódł.
notice-refused-user = Nie wykonano: źródło znów dostarcza użytkownika, ten uid to inny użytkownik albo źródło jest wyłączone.
notice-refused-task-moved = Nic nie zrobiono: od ostatniego wyświetlenia stan zadania się zmienił. Poniżej widać stan obecny.
notice-refused-source-disabled = Nic nie zrobiono: źródło jest wyłączone. Włącz je i spróbuj ponownie.
notice-refused-already-running = Nic nie zrobiono: źródło jest właśnie synchronizowane. Poczekaj na koniec tego zadania i spróbuj ponownie.
notice-refused-not-retriable = Zadania nie można ponowić: jego rekordów już nie ma albo cofa je inne zadanie. Zsynchronizuj źródło lub poproś o ponowne przesłanie rekordów.
notice-refused-not-undoable = Zadania nie można cofnąć: niczego nie zapisało albo zostało już cofnięte.

### Forms

form-required = wymagane
form-default = Jeśli puste: { $value }.
form-other = Inne opcje
form-json = jako JSON
form-no-choice = (brak)
form-secret = Jest przechowywane w tajemnicy i nie będzie ponownie pokazane.
form-stored = Wartość jest zapisana. Pozostaw puste, aby ją zachować.
form-stored-short = zapisano; pozostaw puste, aby zachować
form-forget = Usuń zapisaną wartość
form-type-again = Wpisz ponownie: to, co tu wpisano, nigdy nie jest odsyłane.
form-item = Nr { $n }
form-remove-item = Usuń nr { $n }
form-remove = Usuń
form-add = Dodaj
form-key = Nazwa
form-value = Wartość
form-mistakes =
    { $n ->
        [one] Trzeba poprawić { $n } błąd:
        [few] Trzeba poprawić { $n } błędy:
        [many] Trzeba poprawić { $n } błędów:
       *[other] Trzeba poprawić { $n } błędu:
    }

### Sources

sources-add = Dodaj źródło
sources-source = Źródło
sources-type = Typ
sources-plugin = Wtyczka
sources-enabled = Stan
sources-schedule = Harmonogram (UTC)
sources-last = Ostatnie zadanie
sources-actions = Akcje
sources-never = nigdy
sources-sync = Synchronizuj
sources-sync-full = Synchronizuj wszystko
sources-sync-incremental = Synchronizuj zmiany
sources-sync-dry = Przebieg próbny
sources-tasks = Zadania
sources-all-tasks = wszystkie zadania źródła
sources-is-enabled = włączone
sources-is-disabled = wyłączone
sources-plugin-built-in = wbudowane
sources-plugin-ready = gotowa
sources-plugin-missing = niegotowa
sources-empty = Jest tu tylko źródło wbudowane
sources-empty-plugins = Dodaj źródło odczytywane przez wtyczkę: katalog, pliki lub cokolwiek innego, co oferują wtyczki.
sources-empty-api = Możesz też pozwolić, by inny system przesyłał użytkowników i działy do źródła api przez HTTP. TOKEN to token o zakresie push:
sources-choose = Co jest źródłem?
sources-choose-lead = Obecnie można użyć tych typów: oferowanych przez gotowe wtyczki oraz wbudowanego.
sources-type-api = Inne systemy przesyłają użytkowników i działy przez HTTP; wtyczka nie jest potrzebna.
sources-type-plugin = Odczytywane przez wtyczkę { $plugin } w wersji { $version }.
sources-type-incremental = Potrafi wskazać, co się zmieniło od ostatniej synchronizacji.
sources-no-plugins = Żadna gotowa wtyczka nie oferuje typu źródła.
sources-add-title = Dodawanie źródła: { $type }
sources-edit = Edytuj
sources-edit-title = Edycja źródła { $name }
sources-save = Zapisz
sources-check = Sprawdź połączenie
sources-check-done = Połączenie działa.
sources-check-failed = Połączenie nie działa:
sources-options = Opcje
sources-no-options = Opcji nie można teraz pokazać ani zmienić; pozostają bez zmian.
sources-rules = Kiedy i jak
sources-name = Nazwa
sources-name-help = Od 1 do 64 znaków spośród `a-z`, `0-9`, `-` i `_`; pierwszym znakiem jest litera lub cyfra. Nazwa występuje w adresach i dziennikach i nigdy się nie zmienia.
sources-display-name = Nazwa wyświetlana
sources-display-name-help = Wyświetlana zamiast nazwy.
sources-enabled-box = Włączone
sources-enabled-help = Tylko włączone źródło jest synchronizowane i przyjmuje przesyłane rekordy.
sources-schedule-help = Kiedy źródło jest synchronizowane automatycznie: wyrażenie cron, czas UTC. `0 3 * * *` to codziennie o trzeciej, `*/15 * * * *` co kwadrans, `0 6 * * 1-5` w dni robocze o szóstej. Puste: tylko ręcznie.
sources-next-run = następne uruchomienie
sources-last-full = Ostatnia pełna synchronizacja
sources-cursor = Punkt odniesienia zmian
sources-no-cursor = następna synchronizacja odczyta wszystko
sources-not-runnable = Źródła nie można teraz zsynchronizować:
sources-push = Przesyłanie rekordów
sources-push-lead = Tutaj klienci przesyłają użytkowników i działy. TOKEN to token o zakresie push.
sources-policy = Zasady
sources-on-missing = Brakujący
sources-on-missing-help = Co się dzieje z tymi, których pełny odczyt już nie podaje.
on-missing-disable = są wyłączani
on-missing-keep = pozostają bez zmian
on-missing-delete = są usuwani
sources-match-key = Klucz dopasowania do istniejących użytkowników
sources-match-key-help = Rekord widziany po raz pierwszy przejmuje jedynego użytkownika z tą samą wartością, także takiego, którego w tym źródle brakuje lub który odchodzi w tym samym zadaniu. Nie powiedzie się, jeśli wartość mają dwaj użytkownicy albo źródło nadal dostarcza użytkownika pod innym uid.
sources-match-never = bez dopasowania
match-key-username = nazwa użytkownika
match-key-email = e-mail
match-key-phone = telefon
sources-match-keys = Dodatkowe klucze dopasowania przy przesyłaniu
sources-match-keys-help = Jakich jeszcze kluczy można zażądać przy przesyłaniu. Kto może przesyłać i dopasowywać rekordy, może przejąć użytkowników innych źródeł, podając ich adres e-mail: zezwalaj tylko na to, co konieczne.
sources-removals = Wstrzymuj plan
sources-removals-help = Plan, który wyłączyłby, usunął lub odłączył więcej użytkowników lub działów, niż dopuszczają obie te wartości, albo usunąłby tylu użytkowników ze wszystkich ich działów, jest wstrzymywany do czasu zatwierdzenia.
sources-removals-limit = gdy wyłącza lub usuwa ponad { $percent }% i ponad { $count }
sources-removals-percent = Procent
sources-removals-percent-help = Tego, co źródło ma obecnie, od 0 do 100.
sources-removals-count = Liczba
sources-removals-count-help = Poniżej tej liczby procent nie jest brany pod uwagę.
sources-raw-records = Zapisuj surowe rekordy w dzienniku
sources-raw-records-help = Rekordy są zapisywane w dzienniku surowych rekordów w otrzymanej postaci, z zamaskowanymi danymi poufnymi.
sources-full-every = Pełna synchronizacja co najmniej co
sources-full-every-help = Ile czasu może minąć od ostatniej pełnej synchronizacji, zanim synchronizacja według harmonogramu znów musi być pełna, na przykład `1d` lub `12h`; do tego czasu synchronizacje według harmonogramu obejmują tylko zmiany. Puste: wszystkie synchronizacje według harmonogramu są pełne.
sources-full-always = wszystkie synchronizacje według harmonogramu są pełne
sources-enable = Włącz
sources-disable = Wyłącz
sources-delete = Usuń
sources-delete-users =
    { $users ->
        [one] Jego { $users } użytkownik
        [few] Jego { $users } użytkowników
        [many] Jego { $users } użytkowników
       *[other] Jego { $users } użytkownika
    } i { $departments ->
        [one] { $departments } dział
        [few] { $departments } działy
        [many] { $departments } działów
       *[other] { $departments } działu
    } pozostaną z wartościami, które mają.
sources-delete-many-users = Jego użytkownicy i działy (użytkowników ponad { $users }) pozostaną z wartościami, które mają.
sources-delete-rest = Jego zadania także pozostaną. Źródło można przywrócić, wraz z opcjami i danymi poufnymi, dopóki żadne inne nie nazywa się { $name }.
sources-records = Co się z nimi stanie
sources-records-keep = Pozostaną bez zmian
sources-records-disable = Zostaną wyłączone
sources-records-delete = Zostaną usunięte
sources-records-shared = To, co daje także inne źródło, pozostanie. Zadanie można cofnąć.
sources-deleted = Usunięte źródła
sources-deleted-help = To, co dały, nadal istnieje. Przywrócone źródło jest takie jak wcześniej, ale wyłączone.
sources-left = Użytkownicy i działy
sources-restore = Przywróć
sources-take-disable = Wyłącz to, co dało
sources-take-delete = Usuń to, co dało
notice-source-added = Dodano źródło { $name }.
notice-source-changed = Zmieniono źródło { $name }.
notice-source-enabled = Włączono źródło { $name }.
notice-source-disabled = Wyłączono źródło { $name }.
notice-source-deleted = Usunięto źródło { $name }.
notice-source-gone = Źródło { $name } zostało usunięte. Oto jego zadania.
notice-sync-started = Rozpoczęto synchronizację źródła { $name }.
notice-source-running = Źródło { $name } jest już synchronizowane. Oto to zadanie.
notice-source-busy = Źródła { $name } nie można usunąć, dopóki to zadanie oczekuje, jest w toku lub jest wstrzymane. Najpierw je zakończ.
notice-source-restored = Przywrócono źródło { $name }. Jest wyłączone.
notice-records-taken = Trwa usuwanie tego, co dało źródło { $name }. Oto to zadanie.
notice-deleted-source-busy = Najpierw musi się zakończyć inne zadanie tego źródła. Oto to zadanie.

### Users and departments

people-name = Imię i nazwisko
people-username = Nazwa użytkownika
people-email = E-mail
people-phone = Telefon
people-department = Dział główny
people-status = Stan
people-source = Źródło
people-sources = Źródła
people-search = Szukaj
people-search-users = Imię i nazwisko, e-mail lub telefon
people-search-departments = Nazwa działu
people-deleted-ones = Usunięte
people-enabled = włączony
people-disabled = wyłączony
people-deleted = usunięty
people-present = Włączone i wyłączone
people-unnamed = Użytkownik { $id }
people-no-users = Nie ma tu jeszcze użytkowników
people-no-users-next = Pojawią się po pierwszej synchronizacji źródła lub po pierwszym przesłaniu danych do HTTP API.
people-none-found = Nic nie znaleziono
people-none-found-next = Zmień lub wyczyść filtry.
people-looking = Trwa dalsze wyszukiwanie…
people-look-further = Szukaj dalej
people-called = dokładna zgodność
people-members-of = Członkowie działu { $department }
people-memberships = Działy
people-no-memberships = Nie należy do żadnego działu.
people-dangling = Działy, których nie ma
people-dangling-help = Źródła je wymieniają, ale żadne ich nie daje. Przynależność zacznie obowiązywać, gdy się pojawią.
people-dangling-also = { $source } daje dział o tym uid; źródło może wymieniać tylko własne działy.
people-dangling-parent = Dział nadrzędny, którego nie ma
people-main = główny
people-owner = kieruje
people-links = Pochodzenie
people-links-help = Rekordy źródeł, które odpowiadają temu wpisowi.
people-uid = Uid
people-link-present = dostarczany
people-link-gone = już niedostarczany
people-link-missing = brakuje od
people-link-deleted = usunięty od
people-left = Żadne źródło nie dostarcza już tego użytkownika
people-left-help = Nazwa użytkownika i e-mail pozostają zajęte, dopóki użytkownik nie zostanie zwolniony lub przypisany do innego rekordu.
people-free = Zwolnij nazwę użytkownika i e-mail
people-free-help = Użytkownika usuwa zadanie, które można cofnąć, a systemy docelowe są o tym informowane. Potem nazwę użytkownika i e-mail może mieć ktoś inny.
people-adopt = Przypisz do innego rekordu
people-adopt-help = Dla tej samej osoby pod innym uid: następny rekord z tym uid albo ponowienie zadania, w którym się nie powiódł, dotyczy tego użytkownika.
people-no-links = Żadne źródło już tego nie dostarcza.
people-custom = Dodatkowe pola
people-created = Utworzono
people-updated = Zmieniono
people-deleted-at = Usunięto
people-history = Historia zmian
people-no-history = Przejrzane zadania niczego tu nie zmieniły.
people-older = Pokaż starsze zadania
people-newest = Wróć do najnowszych
people-task = { $source }, nr { $batch }
people-tree = Drzewo działów
people-no-departments = Nie ma tu jeszcze działów
people-title = Nazwa
people-members =
    { $n ->
        [0] brak członków
        [one] { $n } członek
        [few] { $n } członków
        [many] { $n } członków
       *[other] { $n } członka
    }
people-leads = kieruje: { $names }
people-below = Działy podrzędne
people-above = Dział nadrzędny
people-top = Brak: to dział najwyższego poziomu.
people-more-branches = Pokaż więcej
people-all-members =
    { $n ->
        [one] Jedyny członek
        [few] Wszyscy członkowie ({ $n })
        [many] Wszyscy członkowie ({ $n })
       *[other] Wszyscy członkowie ({ $n })
    }
people-members-title = Członkowie

### Plugins

plugin-ready = gotowa
plugin-fallback = ostatnia sprawna wersja
plugin-disabled = wyłączona
plugin-unlisted = spoza listy
plugin-missing = brak pliku
plugin-invalid = nieprawidłowa
sandbox-enforced = działa
sandbox-partly = działa częściowo
sandbox-unavailable = niedostępna
signature-none = brak
signature-unchecked = niesprawdzony
signature-valid = prawidłowy
signature-invalid = nieprawidłowy
plugins-name = Nazwa
plugins-state = Stan
plugins-version = Wersja
plugins-offers = Co oferuje
plugins-offer-source = { $title }, źródło
plugins-offer-target = { $title }, system docelowy
plugins-sandbox = Piaskownica
plugins-signature = Podpis
plugins-unknown = nieznane
plugins-not-running = nieużywana
plugins-rescan = Sprawdź pliki ponownie
plugins-empty = Nie ma wtyczek
plugins-empty-next = Skopiuj wtyczkę do folderu plugins obok pliku plugins.toml, a pojawi się tutaj, albo dodaj ją poleceniem orgsync plugin add FILE.
plugins-unlisted = Pliki spoza listy
plugins-unlisted-lead = Pliki z folderu wtyczek nie są uruchamiane, dopóki nie ma ich w plugins.toml. Najpierw porównaj SHA-256 z wartością podaną przez dostawcę.
plugins-by-hand = Wiersze do pliku plugins.toml
plugins-lines = Aby dodać plik do listy ręcznie, wstaw te wiersze na końcu pliku plugins.toml:
plugins-lines-instead = Wtyczka { $name } jest już w plugins.toml. Aby używała tego pliku, podaj w jej wpisie te wartości path i sha256:
plugins-add = Dodaj { $name }
plugins-replace = Użyj tego pliku dla { $name }
plugins-add-lead = Plik { $file } stanie się wtyczką { $name } w plugins.toml, z przypiętą sumą SHA-256, i zostanie od razu załadowany.
plugins-add-replaces = Wtyczka { $name } jest już w plugins.toml. Od teraz będzie używać pliku { $file } z przypiętą sumą SHA-256; jej limity i piaskownica się nie zmienią.
plugins-add-sandbox = Działa we własnych procesach roboczych w piaskownicy: odczytuje pliki systemowe i ścieżki podane w swoich opcjach, zapisuje w katalogu tymczasowym i może łączyć się z dowolnym portem TCP. Aby zezwolić jej na więcej lub mniej, ustaw [plugin.sandbox] w plugins.toml.
plugins-no-plugin = Plik nie podaje, czym jest, więc nie może być wtyczką. Przyczyna:
plugin-missing-lead = Nie ma pliku { $path }.
plugin-calls-itself = Nazwa własna
plugin-vendor = Dostawca
plugin-size = Rozmiar
plugin-sha256 = SHA-256
plugin-fallback-sha256 = SHA-256 pliku, którego nie można użyć
plugin-path = Plik
plugin-abi = Wersja ABI
plugin-not-listed = Nie ma w plugins.toml
plugin-offer-title = Nazwa
plugin-offer-kind = Rodzaj
plugin-offer-type = Typ
plugin-kind-source = źródło
plugin-kind-target = system docelowy
plugin-used = Gdzie jest używana
plugin-unused = Żadne źródło ani system docelowy nie korzysta z tego, co oferuje.
plugin-enabled = Włączona
plugin-manifest = Manifest
notice-plugins-rescanned = Sprawdzono plugins.toml i pliki wtyczek.
notice-plugin-added = Wtyczka { $name } jest teraz w plugins.toml.
notice-plugin-updated = Wtyczka { $name } ma teraz ten plik w plugins.toml.

### Logs

logs-system = Dziennik systemowy
logs-records = Surowe rekordy
logs-event = Wiersz dziennika systemowego
logs-record = Surowy rekord
logs-level = Poziom co najmniej
logs-text = Tekst
logs-task-id = Identyfikator zadania
logs-day = Dzień (UTC)
logs-day-size = { $day } ({ $size })
logs-live = Na żywo
logs-newest = Najnowsze wiersze
logs-older = Starsze wiersze
logs-other-lines = Inne wiersze
logs-look-further = Szukaj dalej
logs-looked-since = Przejrzano wszystko od { $day } (UTC).
logs-looking = Od { $day } (UTC) nic nie ma. Trwa dalsze wyszukiwanie…
logs-left-out = Naraz pojawiło się więcej wierszy, niż tu pokazano. Przeczytaj wiersze przed tym
logs-before = Przeczytaj wiersze przed tym
logs-too-long = Wiersz jest zbyt długi, aby go pokazać. W całości znajduje się w pliku z tego dnia w katalogu dzienników.
logs-none-found = Brak pasujących wierszy
logs-none-found-next = Wiersze poziomów pomijanych przez log_level nie są zapisywane, a pliki starsze niż log_keep_days są usuwane.
logs-empty = Dziennik jest pusty
logs-empty-next = To, co jest zapisywane, zależy od log_level, a pliki starsze niż log_keep_days są usuwane.
logs-records-lead = Rekordy w postaci podanej przez źródła; są to dane osobowe. Wartości kluczy, które wyglądają na dane poufne, są zamaskowane.
logs-no-records-found = Brak pasujących surowych rekordów
logs-no-records-found-next = Pliki starsze niż raw_records_keep_days są usuwane.
logs-no-records = Nie ma surowych rekordów
logs-no-records-next = Pojawiają się, gdy źródło jest synchronizowane lub klient przesyła rekordy; pliki starsze niż raw_records_keep_days są usuwane.
logs-unlogged = Zgodnie z zasadami źródła { $source } jego surowe rekordy nie są zapisywane w dzienniku.
logs-time = Czas
logs-part = Część programu
logs-cut = Pokazano tylko początek.
logs-open-event = Otwórz ten wiersz osobno
logs-open-record = Otwórz ten rekord osobno
logs-source = Źródło
logs-task = Zadanie
logs-type = Typ
logs-uid = Uid
logs-no-record = Ten wiersz nie jest pełnym rekordem; mógł pozostać po awarii.

### Tokens

scope-admin = Wszystko, także źródła, wtyczki i tokeny.
scope-operate = Odczyt, a także synchronizacja, ponawianie, zatrzymywanie, zatwierdzanie, odrzucanie i cofanie.
scope-read = Tylko odczyt.
scope-push = Tylko przesyłanie rekordów. Takim tokenem nie można zalogować się na tej stronie.
tokens-new = Nowy token
tokens-lead = Klienci HTTP API i osoby, które się tu logują, okazują token. Tokenu administratora z katalogu danych nie ma na tej liście; działa on zawsze.
tokens-empty = Nie ma jeszcze tokenów
tokens-empty-next = Utwórz osobny token dla każdego klienta i każdej osoby, aby każdy można było unieważnić osobno.
tokens-name = Nazwa
tokens-scopes = Zakresy
tokens-source = Źródło
tokens-any-source = dowolne
tokens-created = Utworzono
tokens-expires = Ważny do
tokens-never-expires = bezterminowo
tokens-expired = wygasł
tokens-used = Ostatnio użyto
tokens-never-used = jeszcze nie
tokens-actions = Akcje
tokens-own = ta sesja
tokens-revoke = Unieważnij
tokens-revoke-name = Unieważnij { $name }
tokens-revoke-lead = Od teraz żądania z tokenem { $name } będą odrzucane, a osoby zalogowane tym tokenem zostaną wylogowane. Tej operacji nie można cofnąć.
tokens-revoke-own = To token, którym się zalogowano w tej sesji: trzeba będzie zalogować się innym.
tokens-name-help = Dla kogo lub do czego służy, na przykład „Nocny eksport z kadr”.
tokens-scopes-help = Na co pozwala token. Wystarczy jeden zakres; kilka zakresów się sumuje.
tokens-source-help = Token, który pozwala wyłącznie przesyłać rekordy, można ograniczyć do jednego źródła.
tokens-source-any = Dowolne źródło
tokens-end = Koniec ważności
tokens-end-days =
    { $n ->
        [one] za { $n } dzień
        [few] za { $n } dni
        [many] za { $n } dni
       *[other] za { $n } dnia
    }
tokens-end-year = za rok
tokens-end-never = nigdy
tokens-end-day = po wybranym dniu
tokens-day = Ostatni dzień
tokens-day-help = Token jest ważny do końca tego dnia.
tokens-make = Utwórz token
tokens-wrong = Token nie został utworzony. Popraw to, co zaznaczono poniżej.
tokens-wrong-name = Nazwa ma od 1 do 100 znaków i nie zawiera znaków sterujących.
tokens-wrong-taken = Token o tej nazwie już istnieje. Jeśli ten formularz wysłano dwukrotnie, token utworzono za pierwszym razem. Jeśli nie skopiowano jego treści, unieważnij go i utwórz inny.
tokens-wrong-scopes = Wybierz co najmniej jeden zakres.
tokens-wrong-source = Do jednego źródła można ograniczyć tylko token, który pozwala wyłącznie przesyłać rekordy.
tokens-wrong-source-gone = Takiego źródła już nie ma.
tokens-wrong-day = Wybierz dzień, który jeszcze się nie skończył.
token-made = Utworzono token { $name }
token-once = Skopiuj go teraz. Jest pokazywany tylko raz i nigdzie nie jest przechowywany, więc nie można go odzyskać. Odświeżenie tej strony nie tworzy kolejnego.
token-text = Token
token-header = Klienci wysyłają go w nagłówku:
token-back = Wróć do tokenów
notice-token-revoked = Unieważniono token { $name }.

### Targets

target-reachable = przyjmuje wysyłane dane
target-unreachable = niczego nie przyjmuje
target-trouble = Nic do niego nie dociera:
target-retry-at = Kolejna próba
target-retry = Wyślij teraz wszystko ponownie
target-deliveries = Wysyłki
target-none = Nic tu nie ma
target-remote-id = Identyfikator w systemie docelowym
target-not-there = jeszcze go tam nie ma
notice-target-gone = System docelowy { $name } został usunięty.
notice-target-retried = Odrzucone i oczekujące rekordy są wysyłane ponownie.

### Overview

overview-attention = Wymaga uwagi
overview-calm = Nic nie wymaga uwagi.
overview-held = Zadanie { $batch } źródła { $source } jest wstrzymane: dopóki ktoś go nie zatwierdzi, nic nie zostanie zapisane.
overview-failed = Ostatnie zadanie źródła { $source } nie powiodło się.
overview-partial = Ostatnie zadanie źródła { $source } pominęło rekordy, w których wystąpił błąd.
overview-dangling = { $source } wymienia działy, których nie daje: { $uids }
overview-not-runnable = Nie można zsynchronizować źródła { $source }.
overview-plugin = Nie można użyć wtyczki { $plugin }.
overview-fallback = Wtyczka { $plugin } działa nadal w ostatniej sprawnej wersji, ponieważ nie można użyć jej pliku.
overview-plugins-file = Wystąpił problem z plikiem plugins.toml lub folderem wtyczek.
overview-target = System docelowy { $target } obecnie niczego nie przyjmuje.
overview-deliveries =
    { $n ->
        [one] System docelowy { $target } odrzuca { $n } rekord.
        [few] System docelowy { $target } odrzuca { $n } rekordy.
        [many] System docelowy { $target } odrzuca { $n } rekordów.
       *[other] System docelowy { $target } odrzuca { $n } rekordu.
    }
overview-tls-stale = Nie można użyć certyfikatu TLS z pliku; nadal używany jest poprzedni.
overview-tls-expired = Certyfikat TLS wygasł.
overview-running = W toku
overview-directory = W katalogu
overview-users = Użytkownicy
overview-departments = Działy
overview-sources = Źródła
overview-disabled =
    { $n ->
        [one] wyłączonych: { $n }
        [few] wyłączonych: { $n }
        [many] wyłączonych: { $n }
       *[other] wyłączonych: { $n }
    }
overview-last-days = Ostatnie 30 dni
overview-tasks-by-status = Zadania według stanu
overview-changes = Zmiany
overview-durations = Czas trwania zadań
overview-removed = wyłączono lub usunięto
overview-failed-records = rekordy z błędem
overview-median = mediana
overview-longest = najdłużej
overview-most = maks. { $n }
overview-no-tasks = W tych dniach nie rozpoczęto żadnego zadania.
overview-table = Jako tabela
overview-day = Dzień
