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
frame-cancel = Annulla
frame-copy = Copia
frame-copied = Copiato
frame-next = Pagina successiva
frame-first = Prima pagina
frame-filter = Filtra
frame-clear = Cancella i filtri
frame-stale = I dati visualizzati potrebbero non essere aggiornati: il daemon non risponde. Viene interpellato di nuovo ogni pochi secondi.
frame-left-out = Una parte di questo indirizzo non ha senso e viene ignorata: { $names }.
frame-all = Tutti
frame-none = Nessuno
frame-yes = Sì
frame-command = Riga di comando
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
notice-logged-out = Disconnessione effettuata.

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
count-all = letti
count-unlinked = scollegati
count-duplicates = duplicati
count-dangling = riferimenti a vuoto
counts-none = nessuno
list-comma = ,{ " " }
counts-created =
    { $n ->
        [one] { $n } creato
       *[other] { $n } creati
    }
counts-updated =
    { $n ->
        [one] { $n } aggiornato
       *[other] { $n } aggiornati
    }
counts-unchanged =
    { $n ->
        [one] { $n } invariato
       *[other] { $n } invariati
    }
counts-disabled =
    { $n ->
        [one] { $n } disabilitato
       *[other] { $n } disabilitati
    }
counts-deleted =
    { $n ->
        [one] { $n } eliminato
       *[other] { $n } eliminati
    }
counts-failed =
    { $n ->
        [one] { $n } non riuscito
       *[other] { $n } non riusciti
    }
kind-pull = letta da un plugin
kind-push = inviata da un client
kind-undo = annullamento di modifiche
kind-disable = disabilitazione di quanto fornito da un'origine eliminata
kind-delete = eliminazione di quanto fornito da un'origine eliminata
kind-backfill = riallineamento
op-create = creato
op-update = aggiornato
op-delete = eliminato
op-disable = disabilitato
op-unlink = scollegato
op-reject = rifiutato
not-create = non creato
not-update = non aggiornato
not-delete = non eliminato
not-disable = non disabilitato
not-unlink = non scollegato
type-user = utente
type-department = reparto
level-error = errore
level-warn = avviso
level-info = informazione
level-debug = debug
level-trace = traccia
outcome-pending = in attesa
outcome-applied = applicata
outcome-failed = non riuscita
outcome-skipped = ignorata
cause-missing = assente in una lettura completa
cause-parent-deleted = il reparto superiore è eliminato
cause-undo-create = annulla una creazione
cause-undo-update = annulla un aggiornamento
cause-undo-disable = annulla una disabilitazione
cause-undo-delete = annulla un'eliminazione
cause-undo-unlink = annulla uno scollegamento
mode-full = completa
mode-incremental = incrementale
starter-schedule = la pianificazione
starter-daemon = il daemon
starter-admin-token = il token di amministrazione
delivery-pending = da inviare
delivery-delivered = consegnati
delivery-failed = rifiutati
diff-same =
    { $n ->
        [one] { $n } invariato
       *[other] { $n } invariati
    }

### Tasks

tasks-task = Attività
tasks-source = Origine
tasks-status = Stato
tasks-kind = Tipo
tasks-counts = Record
tasks-by = Avviata da
tasks-cost = Durata
tasks-created = Avvio
tasks-batch = N. { $n }
tasks-name = { $source }, n. { $batch }
tasks-empty = Qui non ci sono attività
tasks-empty-next = Un'attività inizia quando si sincronizza un'origine o quando un client invia record.
tasks-none-match = Nessuna attività corrisponde
task-title = Attività { $batch } di { $source }
task-number = ID
task-id = Attività con ID { $id }
task-dry-run = simulazione
task-dry-run-lead = Simulazione: mostra che cosa cambierebbe, senza scrivere nulla.
task-ended = Fine
task-attempt = tentativo { $n }
task-undoes = Annulla le modifiche di
task-undone-by = Modifiche annullate da
task-source-deleted = eliminata
task-all-of-source = Tutte le attività dell'origine
task-waiting = L'attività sta per iniziare. Le attività di una stessa origine vengono eseguite una dopo l'altra.
task-elsewhere = In corso. Lo stato di avanzamento non è ancora noto.
task-progress = Avanzamento
task-step-read = Record letti
task-step-planned = Modifiche pianificate
task-step-applied = Modifiche applicate
task-rate = { $n } al secondo
task-rate-unknown = Velocità non ancora nota
task-left = circa { $time } rimanenti
task-gate-empty-read = L'origine non ha restituito nulla di quanto aveva in precedenza. Si tratta quasi sempre di un errore nell'origine: controllare prima di tutto quella.
task-gate-removals = Il piano rimuove più di quanto i criteri dell'origine consentano senza una verifica: più del { $percent } % e più di { $count }.
task-gate-removals-gone = Il piano rimuove più di quanto i criteri dell'origine consentissero senza una verifica.
task-held-next = Non verrà scritto nulla finché qualcuno non decide. Il piano è riportato di seguito.
task-held-blocked = Non verrà scritto nulla finché qualcuno non decide. L'approvazione non è possibile mentre l'origine è disabilitata; il piano è riportato di seguito.
task-lost = Non è possibile riprovare, perché i record non esistono più. Fare in modo che il client li invii di nuovo.
task-approve = Approva
task-approve-lead = Il piano viene applicato così come è mostrato:
approve-disable-users =
    { $of ->
        [0]
            { $n ->
                [one] Disabilita { $n } utente.
               *[other] Disabilita { $n } utenti.
            }
       *[other] Disabilita { $n } utenti su { $of }.
    }
approve-delete-users =
    { $of ->
        [0]
            { $n ->
                [one] Elimina { $n } utente.
               *[other] Elimina { $n } utenti.
            }
       *[other] Elimina { $n } utenti su { $of }.
    }
approve-disable-departments =
    { $of ->
        [0]
            { $n ->
                [one] Disabilita { $n } reparto.
               *[other] Disabilita { $n } reparti.
            }
       *[other] Disabilita { $n } reparti su { $of }.
    }
approve-delete-departments =
    { $of ->
        [0]
            { $n ->
                [one] Elimina { $n } reparto.
               *[other] Elimina { $n } reparti.
            }
       *[other] Elimina { $n } reparti su { $of }.
    }
approve-create-users =
    { $n ->
        [one] Crea { $n } utente.
       *[other] Crea { $n } utenti.
    }
approve-update-users =
    { $n ->
        [one] Aggiorna { $n } utente.
       *[other] Aggiorna { $n } utenti.
    }
approve-create-departments =
    { $n ->
        [one] Crea { $n } reparto.
       *[other] Crea { $n } reparti.
    }
approve-update-departments =
    { $n ->
        [one] Aggiorna { $n } reparto.
       *[other] Aggiorna { $n } reparti.
    }
approve-unlink-users = Utenti scollegati, che restano in un'altra origine: { $n } su { $of }
approve-unlink-departments = Reparti scollegati, che restano in un'altra origine: { $n } su { $of }
approve-empty-users = Utenti tolti da tutti i loro reparti: { $n } su { $of }
approve-nothing = Non modifica alcun utente né reparto.
task-reject = Rifiuta
task-reject-pull = Nulla del piano viene scritto. La prossima sincronizzazione leggerà di nuovo l'origine.
task-reject-push = Nulla del piano viene scritto. Il client dovrà inviare di nuovo i propri record.
task-cancel = Interrompi l'attività
task-cancel-waiting = L'attività non è iniziata e non ne viene scritto nulla.
task-cancel-running = L'attività si interrompe al passaggio successivo. Quanto scritto fino a quel momento viene mantenuto.
task-retry = Riprova
task-retry-failed = Riprova i record non riusciti
task-retry-deliveries = Invia di nuovo i record rifiutati dalle destinazioni
task-undo = Annulla le modifiche
task-undo-lead = Un'attività separata annulla quanto scritto da questa, dove nel frattempo non sia cambiato altro:
task-undo-help = La prossima sincronizzazione riporterà le stesse modifiche, a meno che l'origine non sia stata corretta.
task-undo-dry = Mostra soltanto che cosa accadrebbe
undo-remove-users =
    { $n ->
        [one] Rimuove { $n } utente creato da questa attività.
       *[other] Rimuove { $n } utenti creati da questa attività.
    }
undo-set-users =
    { $n ->
        [one] Riporta allo stato precedente { $n } utente aggiornato da questa attività.
       *[other] Riporta allo stato precedente { $n } utenti aggiornati da questa attività.
    }
undo-bring-users =
    { $n ->
        [one] Ripristina { $n } utente disabilitato, eliminato o scollegato da questa attività.
       *[other] Ripristina { $n } utenti disabilitati, eliminati o scollegati da questa attività.
    }
undo-remove-departments =
    { $n ->
        [one] Rimuove { $n } reparto creato da questa attività.
       *[other] Rimuove { $n } reparti creati da questa attività.
    }
undo-set-departments =
    { $n ->
        [one] Riporta allo stato precedente { $n } reparto aggiornato da questa attività.
       *[other] Riporta allo stato precedente { $n } reparti aggiornati da questa attività.
    }
undo-bring-departments =
    { $n ->
        [one] Ripristina { $n } reparto disabilitato, eliminato o scollegato da questa attività.
       *[other] Ripristina { $n } reparti disabilitati, eliminati o scollegati da questa attività.
    }
task-targets = Destinazioni
task-target = Destinazione
task-tab-changes = Modifiche
task-tab-records = Record grezzi
task-tab-log = Log
task-op = Modifica
task-outcome = Esito
task-type = Oggetto
task-no-uid = senza UID
task-received = Il record come è stato ricevuto
task-failures = Operazioni non riuscite
task-failures-csv = Scarica come CSV
task-failures-all = Mostra tutte le operazioni non riuscite
task-others = Tutto il resto
task-none = Nessuna modifica
task-none-next = Tutto corrispondeva già ai dati dell'origine, oppure per l'attività non è stato pianificato nulla.
task-none-yet = Non è ancora stato pianificato nulla.
task-none-match = Nessuna modifica corrisponde
task-looking = Ricerca in corso…
task-look-further = Continua la ricerca
task-records-search = Testo
task-records-all = Tutti i record grezzi dell'attività
task-record-whole = Mostra per intero
task-records-none = Qui non ci sono record grezzi
task-records-none-next = Un record invariato viene registrato una sola volta al giorno. I record potrebbero anche aver superato il periodo di conservazione del log, oppure nessuno corrisponde.
task-records-off = I criteri dell'origine escludono i suoi record dal log dei record grezzi.
task-records-kind = Un'attività di questo tipo non legge record.
task-log-none = Il log non contiene nulla sull'attività
task-log-none-next = Le righe relative potrebbero aver superato il periodo di conservazione del log.
notice-task-cancelled = L'attività viene interrotta.
notice-task-approved = Il piano è approvato e viene applicato.
notice-task-rejected = Il piano è rifiutato. Non ne è stato scritto nulla.
notice-task-retried = Nuovo tentativo in corso.
notice-task-undo = Questa attività annulla le modifiche dell'altra.
notice-task-undo-dry = Questa simulazione mostra l'effetto dell'annullamento delle modifiche dell'altra attività.
notice-user-freed = Questa attività libera il nome utente e l'e-mail dell'utente.
notice-user-adopted = L'utente appartiene ora a quel record. Sincronizza la sua origine o riprova l'attività in cui non è riuscito.
notice-refused-user = Non eseguito: un'origine fornisce di nuovo l'utente, quell'uid è un altro utente o l'origine è disabilitata.
notice-refused-task-moved = Nessuna operazione eseguita: lo stato dell'attività è cambiato dall'ultima visualizzazione. Questo è lo stato attuale.
notice-refused-source-disabled = Nessuna operazione eseguita: l'origine è disabilitata. Abilitarla, quindi riprovare.
notice-refused-already-running = Nessuna operazione eseguita: è in corso una sincronizzazione dell'origine. Attendere la fine dell'attività, quindi riprovare.
notice-refused-not-retriable = Non è possibile riprovare: i record non esistono più, oppure un'altra attività ne annulla le modifiche. Sincronizzare l'origine o far inviare di nuovo i record.
notice-refused-not-undoable = Non è possibile annullare le modifiche: l'attività non ha scritto nulla o le sue modifiche sono già annullate.

### Forms

form-required = obbligatorio
form-default = Se vuoto: { $value }.
form-other = Altre opzioni
form-json = come JSON
form-no-choice = (nessuna scelta)
form-secret = Viene mantenuto segreto e non verrà più mostrato.
form-stored = Un valore è già memorizzato. Lasciare vuoto per mantenerlo.
form-stored-short = memorizzato; lasciare vuoto per mantenerlo
form-forget = Rimuovi il valore memorizzato
form-type-again = Digitare di nuovo: quanto inserito qui non viene mai restituito.
form-item = N. { $n }
form-remove-item = Rimuovi il n. { $n }
form-remove = Rimuovi
form-add = Aggiungi
form-key = Nome
form-value = Valore
form-mistakes =
    { $n ->
        [one] C'è un elemento da correggere:
       *[other] Ci sono { $n } elementi da correggere:
    }

### Sources

sources-add = Aggiungi un'origine
sources-source = Origine
sources-type = Tipo
sources-plugin = Plugin
sources-enabled = Stato
sources-schedule = Pianificazione (UTC)
sources-last = Ultima attività
sources-actions = Azioni
sources-never = mai
sources-sync = Sincronizza
sources-sync-full = Sincronizza tutto
sources-sync-incremental = Sincronizza le modifiche
sources-sync-dry = Simulazione
sources-tasks = Attività
sources-all-tasks = tutte le attività
sources-is-enabled = abilitata
sources-is-disabled = disabilitata
sources-plugin-built-in = integrato
sources-plugin-ready = pronto
sources-plugin-missing = non pronto
sources-empty = È presente solo l'origine integrata
sources-empty-plugins = Aggiungere un'origine letta da un plugin: una directory, file o quanto offerto da altri plugin.
sources-empty-api = In alternativa, un altro sistema può inviare i propri utenti e reparti all'origine api tramite HTTP. TOKEN è un token con ambito push:
sources-choose = Di quale origine si tratta?
sources-choose-lead = Al momento è possibile usare questi tipi: quelli dei plugin pronti e quello integrato.
sources-type-api = Altri sistemi inviano utenti e reparti tramite HTTP; non serve alcun plugin.
sources-type-plugin = Letta dal plugin { $plugin }, versione { $version }.
sources-type-incremental = Può indicare che cosa è cambiato dall'ultima sincronizzazione.
sources-no-plugins = Nessuno dei plugin pronti offre un tipo di origine.
sources-add-title = Aggiungi un'origine: { $type }
sources-edit = Modifica
sources-edit-title = Modifica { $name }
sources-save = Salva
sources-check = Verifica la connessione
sources-check-done = La connessione funziona.
sources-check-failed = La connessione non funziona:
sources-options = Opzioni
sources-no-options = Al momento non è possibile mostrare o modificare le opzioni; restano invariate.
sources-rules = Quando e come
sources-name = Nome
sources-name-help = Da 1 a 64 caratteri tra `a-z`, `0-9`, `-` e `_`, iniziando con una lettera o una cifra. Compare negli indirizzi e nei log e non cambia mai.
sources-display-name = Nome visualizzato
sources-display-name-help = Il testo mostrato al posto del nome.
sources-enabled-box = Abilitata
sources-enabled-help = Solo un'origine abilitata viene sincronizzata e accetta invii.
sources-schedule-help = Quando viene sincronizzata automaticamente: un'espressione cron, in UTC. `0 3 * * *` indica ogni giorno alle tre, `*/15 * * * *` ogni quarto d'ora, `0 6 * * 1-5` nei giorni feriali alle sei. Vuoto: solo manualmente.
sources-next-run = prossima
sources-last-full = Ultima sincronizzazione completa
sources-cursor = Modifiche note a partire da
sources-no-cursor = la prossima sincronizzazione leggerà tutto
sources-not-runnable = Al momento non è possibile sincronizzarla:
sources-push = Invio di record
sources-push-lead = I client inviano qui utenti e reparti. TOKEN è un token con ambito push.
sources-policy = Criteri
sources-on-missing = Elementi mancanti
sources-on-missing-help = Che cosa accade agli utenti e ai reparti non più presenti in una lettura completa.
on-missing-disable = vengono disabilitati
on-missing-keep = restano invariati
on-missing-delete = vengono eliminati
sources-match-key = Abbina gli utenti esistenti per
sources-match-key-help = Un record visto per la prima volta adotta l'unico utente che ha lo stesso valore, anche uno che manca da questa origine o che ne esce nella stessa attività. Non riesce se due ce l'hanno o se questa origine fornisce ancora l'utente con un altro uid.
sources-match-never = mai
match-key-username = nome utente
match-key-email = e-mail
match-key-phone = telefono
sources-match-keys = Gli invii possono anche abbinare per
sources-match-keys-help = Che cos'altro può richiedere un invio. Chi può inviare e abbinare può appropriarsi di utenti di altre origini dichiarandone l'indirizzo e-mail: consentire solo lo stretto necessario.
sources-removals = Sospendi un piano
sources-removals-help = Un piano che disabiliterebbe, eliminerebbe o scollegherebbe un numero di utenti o di reparti superiore a entrambi questi limiti, o che toglierebbe altrettanti utenti da tutti i loro reparti, resta in sospeso finché qualcuno non lo approva.
sources-removals-limit = quando rimuove più del { $percent } % e più di { $count }
sources-removals-percent = Percentuale
sources-removals-percent-help = Rispetto agli elementi attuali dell'origine, da 0 a 100.
sources-removals-count = Numero
sources-removals-count-help = Al di sotto di questo numero la percentuale non viene considerata.
sources-raw-records = Registra i record grezzi
sources-raw-records-help = I record vengono scritti nel log dei record grezzi così come arrivano, con i segreti mascherati.
sources-full-every = Sincronizzazione completa almeno ogni
sources-full-every-help = Età massima dell'ultima sincronizzazione completa prima che una pianificata debba essere di nuovo completa, ad esempio `1d` o `12h`; fino ad allora le sincronizzazioni pianificate leggono solo le modifiche. Vuoto: tutte le sincronizzazioni pianificate sono complete.
sources-full-always = tutte le sincronizzazioni pianificate sono complete
sources-enable = Abilita
sources-disable = Disabilita
sources-delete = Elimina
sources-delete-users =
    { $users ->
        [one] Il suo { $users } utente
       *[other] I suoi { $users } utenti
    } e { $departments ->
        [one] { $departments } reparto
       *[other] { $departments } reparti
    } restano, con i valori attuali.
sources-delete-many-users = I suoi utenti e reparti, più di { $users }, restano, con i valori attuali.
sources-delete-rest = Restano anche le sue attività. L'origine può essere ripristinata, con opzioni e segreti, finché nessun'altra si chiama { $name }.
sources-records = Che cosa ne sarà
sources-records-keep = Restano come sono
sources-records-disable = Vengono disabilitati
sources-records-delete = Vengono eliminati
sources-records-shared = Chi è fornito anche da un'altra origine resta. L'attività può essere annullata.
sources-deleted = Origini eliminate
sources-deleted-help = Quanto hanno fornito esiste ancora. Un'origine ripristinata è come prima, ma disabilitata.
sources-left = Utenti e reparti
sources-restore = Ripristina
sources-take-disable = Disabilita quanto ha fornito
sources-take-delete = Elimina quanto ha fornito
notice-source-added = L'origine { $name } è stata aggiunta.
notice-source-changed = L'origine { $name } è stata modificata.
notice-source-enabled = L'origine { $name } è stata abilitata.
notice-source-disabled = L'origine { $name } è stata disabilitata.
notice-source-deleted = L'origine { $name } è stata eliminata.
notice-source-gone = L'origine { $name } è stata eliminata. Queste sono le sue attività.
notice-sync-started = La sincronizzazione di { $name } è iniziata.
notice-source-running = La sincronizzazione di { $name } è già in corso. Questa è l'attività.
notice-source-busy = Non è possibile eliminare { $name } mentre questa attività è in coda, in corso o in sospeso. Terminarla prima.
notice-source-restored = L'origine { $name } è stata ripristinata. È disabilitata.
notice-records-taken = Rimozione di quanto fornito da { $name } in corso. Questa è l'attività.
notice-deleted-source-busy = Prima deve terminare un'altra attività di questa origine. Questa è l'attività.

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
people-present = abilitati e disabilitati
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
people-dangling = Reparti inesistenti
people-dangling-help = Le origini li nominano, ma nessuna li fornisce. L'appartenenza ha effetto appena arrivano.
people-dangling-also = { $source } fornisce un reparto con questo uid; un'origine può nominare solo i propri.
people-dangling-parent = Reparto superiore inesistente
people-main = principale
people-owner = responsabile
people-links = Provenienza
people-links-help = I record delle origini che corrispondono a questo elemento.
people-uid = UID
people-link-present = fornito
people-link-gone = non più fornito
people-link-missing = mancante da
people-link-deleted = eliminato da
people-left = Nessuna origine fornisce più questo utente
people-left-help = Il nome utente e l'e-mail restano occupati finché l'utente non viene liberato o assegnato a un altro record.
people-free = Libera nome utente ed e-mail
people-free-help = L'utente viene eliminato da un'attività che si può annullare e le destinazioni vengono informate. Poi altri possono avere il nome utente e l'e-mail.
people-adopt = Assegna a un altro record
people-adopt-help = Per la stessa persona con un altro uid: il prossimo record con quell'uid, o un nuovo tentativo dell'attività in cui non è riuscito, prosegue con questo utente.
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

plugin-ready = pronto
plugin-fallback = ultima versione valida
plugin-disabled = disattivato
plugin-unlisted = non elencato
plugin-missing = mancante
plugin-invalid = non valido
sandbox-enforced = applicata
sandbox-partly = parziale
sandbox-unavailable = non disponibile
signature-none = nessuna
signature-unchecked = non verificata
signature-valid = valida
signature-invalid = non valida
plugins-name = Nome
plugins-state = Stato
plugins-version = Versione
plugins-offers = Che cosa offre
plugins-offer-source = { $title }, un'origine
plugins-offer-target = { $title }, una destinazione
plugins-sandbox = Sandbox
plugins-signature = Firma
plugins-unknown = sconosciuta
plugins-not-running = non in uso
plugins-rescan = Esamina di nuovo i file
plugins-empty = Non ci sono plugin
plugins-empty-next = Copiare un plugin nella cartella plugins accanto a plugins.toml perché compaia qui, oppure aggiungerlo con orgsync plugin add FILE.
plugins-unlisted = File non elencati
plugins-unlisted-lead = Il contenuto della cartella dei plugin non viene eseguito finché non è elencato in plugins.toml. Confrontare prima lo SHA-256 con quello indicato dal produttore.
plugins-by-hand = Righe per plugins.toml
plugins-lines = Per elencarlo manualmente, aggiungere queste righe alla fine di plugins.toml:
plugins-lines-instead = Il plugin { $name } è già presente in plugins.toml. Perché usi questo file, impostare nella sua voce questi valori di path e sha256:
plugins-add = Aggiungi { $name }
plugins-replace = Usa questo file per { $name }
plugins-add-lead = Il file { $file } diventa il plugin { $name } in plugins.toml, vincolato al suo SHA-256, e viene caricato subito.
plugins-add-replaces = Il plugin { $name } è già presente in plugins.toml. D'ora in poi userà il file { $file }, vincolato al suo SHA-256, con i limiti e la sandbox attuali.
plugins-add-sandbox = Viene eseguito in processi di lavoro propri, all'interno della sandbox: legge i file di sistema e i percorsi indicati nelle sue opzioni, scrive in una directory temporanea e può connettersi a qualsiasi porta TCP. Per consentire di più o di meno, scrivere [plugin.sandbox] in plugins.toml.
plugins-no-plugin = Il file non dichiara che cosa sia, quindi non può essere un plugin. Il motivo:
plugin-missing-lead = Il file { $path } non esiste.
plugin-calls-itself = Nome dichiarato
plugin-vendor = Produttore
plugin-size = Dimensioni
plugin-sha256 = SHA-256
plugin-fallback-sha256 = SHA-256 del file non utilizzabile
plugin-path = File
plugin-abi = Versione ABI
plugin-not-listed = Non presente in plugins.toml
plugin-offer-title = Titolo
plugin-offer-kind = Categoria
plugin-offer-type = Tipo
plugin-kind-source = origine
plugin-kind-target = destinazione
plugin-used = Utilizzato da
plugin-unused = Nessuna origine e nessuna destinazione usa ciò che offre.
plugin-enabled = Abilitata
plugin-manifest = Manifesto
notice-plugins-rescanned = plugins.toml e i file dei plugin sono stati esaminati.
notice-plugin-added = Il plugin { $name } è ora presente in plugins.toml.
notice-plugin-updated = In plugins.toml il plugin { $name } usa ora questo file.

### Logs

logs-system = Log di sistema
logs-records = Record grezzi
logs-event = Una riga del log di sistema
logs-record = Un record grezzo
logs-level = Livello minimo
logs-text = Testo
logs-task-id = ID attività
logs-day = Giorno (UTC)
logs-day-size = { $day } ({ $size })
logs-live = In tempo reale
logs-newest = Righe più recenti
logs-older = Righe precedenti
logs-other-lines = Altre righe
logs-look-further = Continua la ricerca
logs-looked-since = È stato esaminato tutto a partire dal { $day } (UTC).
logs-looking = Nessun risultato a partire dal { $day } (UTC). Ricerca in corso…
logs-left-out = Sono arrivate insieme più righe di quante ne vengano mostrate qui. Leggi le righe precedenti a questa
logs-before = Leggi le righe precedenti a questa
logs-too-long = È troppo lunga per essere mostrata. Il testo completo è nel file di quel giorno, nella directory dei log.
logs-none-found = Nessuna riga corrisponde
logs-none-found-next = Le righe di un livello escluso da log_level non vengono scritte e i file più vecchi di log_keep_days non esistono più.
logs-empty = Il log non contiene righe
logs-empty-next = Il contenuto dipende da log_level; i file più vecchi di log_keep_days non esistono più.
logs-records-lead = I record così come forniti dalle origini, che sono dati personali. I valori delle chiavi che sembrano segreti sono mascherati.
logs-no-records-found = Nessun record grezzo corrisponde
logs-no-records-found-next = I file più vecchi di raw_records_keep_days non esistono più.
logs-no-records = Non ci sono record grezzi
logs-no-records-next = Compaiono quando si sincronizza un'origine o un client invia record; i file più vecchi di raw_records_keep_days non esistono più.
logs-unlogged = Secondo i criteri di { $source }, i suoi record grezzi non vengono registrati.
logs-time = Ora
logs-part = Componente del programma
logs-cut = Qui è mostrato solo l'inizio.
logs-open-event = Apri solo questa riga
logs-open-record = Apri solo questo record
logs-source = Origine
logs-task = Attività
logs-type = Tipo
logs-uid = UID
logs-no-record = Questa riga non è un record completo; potrebbe essere il residuo di un arresto anomalo.

### Tokens

scope-admin = Tutto: anche origini, plugin e token.
scope-operate = Lettura; inoltre sincronizzare, riprovare, interrompere, approvare, rifiutare e annullare modifiche.
scope-read = Lettura e nient'altro.
scope-push = Invio di record e nient'altro. Non consente di accedere a questa pagina.
tokens-new = Nuovo token
tokens-lead = I client dell'HTTP API e chi accede qui presentano un token. Il token di amministrazione nella directory dei dati non è in questo elenco; è sempre valido.
tokens-empty = Non ci sono ancora token
tokens-empty-next = Crearne uno per ogni client e per ogni persona, in modo da poterli revocare singolarmente.
tokens-name = Nome
tokens-scopes = Ambiti
tokens-source = Origine
tokens-any-source = qualsiasi
tokens-created = Creato
tokens-expires = Valido fino al
tokens-never-expires = senza scadenza
tokens-expired = scaduto
tokens-used = Ultimo utilizzo
tokens-never-used = non ancora
tokens-actions = Azioni
tokens-own = questa sessione
tokens-revoke = Revoca
tokens-revoke-name = Revoca { $name }
tokens-revoke-lead = D'ora in poi le richieste con il token { $name } vengono rifiutate e chi ha effettuato l'accesso con questo token viene disconnesso. L'operazione non può essere annullata.
tokens-revoke-own = È il token usato per questo accesso: sarà necessario accedere con un altro.
tokens-name-help = A chi o a che cosa serve, ad esempio «HR notturno».
tokens-scopes-help = Che cosa consente. Ne basta uno; più ambiti si sommano.
tokens-source-help = Un token che consente solo l'invio può essere limitato a una sola origine.
tokens-source-any = Qualsiasi origine
tokens-end = Scadenza
tokens-end-days =
    { $n ->
        [one] tra { $n } giorno
       *[other] tra { $n } giorni
    }
tokens-end-year = tra un anno
tokens-end-never = mai
tokens-end-day = dopo un giorno a scelta
tokens-day = Ultimo giorno
tokens-day-help = Il token è valido fino alla fine di questo giorno.
tokens-make = Crea il token
tokens-wrong = Il token non è stato creato. Correggere quanto evidenziato di seguito.
tokens-wrong-name = Un nome ha da 1 a 100 caratteri, senza caratteri di controllo.
tokens-wrong-taken = Esiste già un token con questo nome. Se il modulo è stato inviato due volte, il token è stato creato la prima volta. Se il testo non è stato copiato, revocarlo e crearne un altro.
tokens-wrong-scopes = Sceglierne almeno uno.
tokens-wrong-source = Solo un token che consente unicamente l'invio può essere limitato a una sola origine.
tokens-wrong-source-gone = L'origine non esiste più.
tokens-wrong-day = Scegliere un giorno non ancora trascorso.
token-made = Il token { $name } è stato creato
token-once = Copiarlo adesso. Viene mostrato solo questa volta e non è conservato da nessuna parte, quindi non potrà essere recuperato. Ricaricando la pagina non se ne crea un altro.
token-text = Il token
token-header = I client lo inviano come intestazione:
token-back = Torna ai token
notice-token-revoked = Il token { $name } è stato revocato.

### Targets

target-reachable = accetta i dati inviati
target-unreachable = non accetta nulla
target-trouble = Non riceve nulla:
target-retry-at = Nuovo tentativo
target-retry = Invia di nuovo tutto adesso
target-deliveries = Invii
target-none = Qui non c'è nulla
target-remote-id = Il suo ID nella destinazione
target-not-there = non ancora presente
notice-target-gone = La destinazione { $name } è stata eliminata.
notice-target-retried = Tutto ciò che era stato rifiutato o era in attesa viene inviato di nuovo.

### Overview

overview-attention = Richiede attenzione
overview-calm = Nulla richiede attenzione.
overview-held = L'attività { $batch } di { $source } è in sospeso: non verrà scritto nulla finché qualcuno non la approva.
overview-failed = L'ultima attività di { $source } non è riuscita.
overview-partial = L'ultima attività di { $source } ha tralasciato i record non riusciti.
overview-dangling = { $source } nomina reparti che non fornisce: { $uids }
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
