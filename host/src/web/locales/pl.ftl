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
frame-close = Zamknij
frame-cancel = Anuluj
frame-copy = Kopiuj
frame-copied = Skopiowano
frame-next = Następna strona
frame-first = Pierwsza strona
frame-filter = Filtruj
frame-clear = Wyczyść filtry
frame-all = Wszystkie
frame-none = Brak
frame-yes = Tak
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
login-logged-out = Wylogowano.

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
counts-none = nic
kind-pull = odczyt przez wtyczkę
kind-push = przesłanie przez klienta
kind-undo = cofnięcie
kind-backfill = uzupełnienie
op-create = utworzono
op-update = zaktualizowano
op-delete = usunięto
op-disable = wyłączono
op-unlink = odłączono
op-reject = odrzucono

### Tasks

tasks-task = Zadanie
tasks-source = Źródło
tasks-status = Stan
tasks-counts = Rekordy
tasks-cost = Czas trwania
tasks-created = Rozpoczęto
tasks-batch = Nr { $n }
tasks-empty = Nie ma tu żadnych zadań
tasks-empty-next = Zadanie rozpoczyna się, gdy źródło jest synchronizowane lub gdy klient przesyła rekordy.

### Sources

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
people-deleted-ones = usunięty
people-enabled = włączony
people-disabled = wyłączony
people-deleted = usunięty
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
people-main = główny
people-owner = kieruje
people-links = Pochodzenie
people-links-help = Rekordy źródeł, które odpowiadają temu wpisowi.
people-uid = Uid
people-link-present = dostarczany
people-link-gone = już niedostarczany
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

### Logs

### Tokens

### Overview

overview-attention = Wymaga uwagi
overview-calm = Nic nie wymaga uwagi.
overview-held = Zadanie { $batch } źródła { $source } jest wstrzymane: dopóki ktoś go nie zatwierdzi, nic nie zostanie zapisane.
overview-failed = Ostatnie zadanie źródła { $source } nie powiodło się.
overview-partial = Ostatnie zadanie źródła { $source } pominęło rekordy, w których wystąpił błąd.
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
