# What the page says, in Italian.

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
duration-d-h = { $a } g { $b } h
time-now = proprio ora
time-minutes-ago =
    { $n ->
        [one] { $n } minuto fa
       *[other] { $n } minuti fa
    }
time-hours-ago =
    { $n ->
        [one] { $n } ora fa
       *[other] { $n } ore fa
    }
time-days-ago =
    { $n ->
        [one] { $n } giorno fa
       *[other] { $n } giorni fa
    }
time-in-minutes =
    { $n ->
        [one] tra { $n } minuto
       *[other] tra { $n } minuti
    }
time-in-hours =
    { $n ->
        [one] tra { $n } ora
       *[other] tra { $n } ore
    }
time-in-days =
    { $n ->
        [one] tra { $n } giorno
       *[other] tra { $n } giorni
    }

### The frame around every page

nav-label = Navigazione principale
nav-skip = Vai al contenuto
nav-menu = Menu
nav-overview = Panoramica
nav-sources = Origini
nav-tasks = Attività
nav-users = Utenti
nav-departments = Reparti
nav-plugins = Plugin
nav-logs = Log
nav-tokens = Token
frame-breadcrumbs = Percorso di navigazione
frame-language = Lingua
frame-theme = Tema
frame-theme-auto = Come il sistema
frame-theme-light = Chiaro
frame-theme-dark = Scuro
frame-apply = Applica
frame-preferences = Preferenze
frame-log-out = Esci
frame-close = Chiudi
frame-cancel = Annulla
frame-copy = Copia
frame-copied = Copiato
frame-next = Pagina successiva
frame-first = Prima pagina
frame-filter = Filtra
frame-clear = Cancella i filtri
frame-all = Tutti
frame-none = Nessuno
frame-yes = Sì
frame-no = No

### Logging in

login-title = Accesso
login-lead = Incollare un token con ambito admin, operate o read.
login-token = Token
login-token-help = Al primo avvio è stato scritto un token di amministrazione nel file admin-token della directory dei dati; con orgsync token create se ne creano altri.
login-button = Accedi
login-refused = Il token non è valido: è sconosciuto, scaduto o revocato. Verificare di averlo copiato per intero.
login-wait = Da questo indirizzo sono arrivati troppi token non validi. Attendere un minuto, quindi riprovare.
login-no-scope = Questo token consente solo di inviare record. Accedere con un token con ambito admin, operate o read.
login-needed = Per continuare è necessario accedere.
login-logged-out = Disconnessione effettuata.

### When something goes wrong

problem-title-400 = Indirizzo non valido
problem-title-403 = Operazione non consentita
problem-title-404 = Qui non c'è nulla
problem-title-409 = Operazione non possibile nello stato attuale
problem-title-422 = I dati inviati contengono un errore
problem-title-503 = Momentaneamente non disponibile
problem-title-other = Operazione non riuscita
problem-lead-400 = L'indirizzo richiede qualcosa che la pagina non conosce. Tornare indietro o ripartire dalla panoramica.
problem-lead-403 = Il token non ha l'ambito necessario. Accedere con un altro token o richiederne uno con tale ambito.
problem-lead-404 = L'elemento cercato è stato eliminato oppure l'indirizzo contiene un errore.
problem-lead-409 = Qualcosa è cambiato dall'ultima visualizzazione, oppure è necessario prima un altro passaggio.
problem-lead-422 = Tornare indietro e correggere quanto indicato di seguito.
problem-lead-503 = Attendere qualche istante, quindi ricaricare la pagina.
problem-lead-other = Ricaricare la pagina. Se il problema si ripete, cercare l'ID della richiesta nel log.
problem-csrf = Questo modulo appartiene a un'altra sessione o è stato inviato da un altro sito. Tornare indietro, ricaricare la pagina e inviarlo di nuovo.
problem-detail = Messaggio del daemon
problem-request = ID della richiesta
problem-back = Vai alla panoramica

### Words of the domain

status-init = in coda
status-processing = in corso
status-success = riuscita
status-partial = parziale
status-failed = non riuscita
status-held = in sospeso
status-cancelled = annullata
count-created = creati
count-updated = aggiornati
count-unchanged = invariati
count-disabled = disabilitati
count-deleted = eliminati
count-failed = non riusciti
counts-none = nessuno
kind-pull = letta da un plugin
kind-push = inviata da un client
kind-undo = ripristino
kind-backfill = riallineamento
op-create = creato
op-update = aggiornato
op-delete = eliminato
op-disable = disabilitato
op-unlink = scollegato
op-reject = rifiutato

### Tasks

tasks-task = Attività
tasks-source = Origine
tasks-status = Stato
tasks-counts = Record
tasks-cost = Durata
tasks-created = Avvio
tasks-batch = N. { $n }
tasks-empty = Qui non ci sono attività
tasks-empty-next = Un'attività inizia quando si sincronizza un'origine o quando un client invia record.

### Sources

### Users and departments

people-name = Nome
people-username = Nome utente
people-email = E-mail
people-phone = Telefono
people-department = Reparto principale
people-status = Stato
people-source = Origine
people-sources = Origini
people-search = Cerca
people-search-users = Nome, e-mail o telefono
people-search-departments = Nome
people-deleted-ones = Eliminati
people-enabled = abilitato
people-disabled = disabilitato
people-deleted = eliminato
people-unnamed = Utente { $id }
people-no-users = Qui non ci sono ancora utenti
people-no-users-next = Compariranno con la prima sincronizzazione di un'origine o con il primo invio all'HTTP API.
people-none-found = Nessun risultato
people-none-found-next = Modificare o cancellare i filtri.
people-looking = Ricerca in corso…
people-look-further = Continua la ricerca
people-called = nome identico
people-members-of = Membri di { $department }
people-memberships = Reparti
people-no-memberships = In nessun reparto.
people-main = principale
people-owner = responsabile
people-links = Provenienza
people-links-help = I record delle origini che corrispondono a questo elemento.
people-uid = UID
people-link-present = fornito
people-link-gone = non più fornito
people-no-links = Nessuna origine lo fornisce più.
people-custom = Altri campi
people-created = Creato
people-updated = Modificato
people-deleted-at = Eliminato
people-history = Cronologia delle modifiche
people-no-history = Le attività esaminate non lo hanno modificato.
people-older = Esamina le attività precedenti
people-newest = Torna alle più recenti
people-task = { $source }, n. { $batch }
people-tree = Albero dei reparti
people-no-departments = Qui non ci sono ancora reparti
people-title = Nome
people-members =
    { $n ->
        [0] nessun membro
        [one] { $n } membro
       *[other] { $n } membri
    }
people-leads = guidato da { $names }
people-below = Reparti subordinati
people-above = Reparto superiore
people-top = Nessuno: è al livello più alto.
people-more-branches = Mostra altro
people-all-members =
    { $n ->
        [one] Il membro
       *[other] Tutti i { $n } membri
    }
people-members-title = Membri

### Plugins

### Logs

### Tokens

### Overview

overview-attention = Richiede attenzione
overview-calm = Nulla richiede attenzione.
overview-held = L'attività { $batch } di { $source } è in sospeso: non verrà scritto nulla finché qualcuno non la approva.
overview-failed = L'ultima attività di { $source } non è riuscita.
overview-partial = L'ultima attività di { $source } ha tralasciato i record non riusciti.
overview-not-runnable = Impossibile sincronizzare { $source }.
overview-plugin = Impossibile usare il plugin { $plugin }.
overview-fallback = Il plugin { $plugin } continua con l'ultima versione valida, perché il suo file non è utilizzabile.
overview-plugins-file = C'è un problema in plugins.toml o nella cartella dei plugin.
overview-target = Al momento la destinazione { $target } non accetta nulla.
overview-deliveries =
    { $n ->
        [one] La destinazione { $target } rifiuta { $n } record.
       *[other] La destinazione { $target } rifiuta { $n } record.
    }
overview-tls-stale = Il file del certificato TLS non è utilizzabile; resta in uso il certificato precedente.
overview-tls-expired = Il certificato TLS è scaduto.
overview-running = In corso
overview-directory = Nella directory
overview-users = Utenti
overview-departments = Reparti
overview-sources = Origini
overview-disabled =
    { $n ->
        [one] { $n } disabilitato
       *[other] { $n } disabilitati
    }
overview-last-days = Ultimi 30 giorni
overview-tasks-by-status = Attività per stato
overview-changes = Modifiche
overview-durations = Durata delle attività
overview-removed = disabilitati o eliminati
overview-failed-records = record non riusciti
overview-median = mediana
overview-longest = massima
overview-most = max { $n }
overview-no-tasks = Nessuna attività è iniziata in questi giorni.
overview-table = Come tabella
overview-day = Giorno
