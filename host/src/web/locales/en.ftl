# What the page says, in English. Every other catalogue in this folder has the same keys; a test looks.

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
time-now = just now
time-minutes-ago =
    { $n ->
        [one] { $n } minute ago
       *[other] { $n } minutes ago
    }
time-hours-ago =
    { $n ->
        [one] { $n } hour ago
       *[other] { $n } hours ago
    }
time-days-ago =
    { $n ->
        [one] { $n } day ago
       *[other] { $n } days ago
    }
time-in-minutes =
    { $n ->
        [one] in { $n } minute
       *[other] in { $n } minutes
    }
time-in-hours =
    { $n ->
        [one] in { $n } hour
       *[other] in { $n } hours
    }
time-in-days =
    { $n ->
        [one] in { $n } day
       *[other] in { $n } days
    }

### The frame around every page

nav-label = Main navigation
nav-skip = Skip to the content
nav-menu = Menu
nav-overview = Overview
nav-sources = Sources
nav-tasks = Tasks
nav-users = Users
nav-departments = Departments
nav-plugins = Plugins
nav-logs = Logs
nav-tokens = Tokens
frame-breadcrumbs = Where you are
frame-language = Language
frame-theme = Theme
frame-theme-auto = As the system
frame-theme-light = Light
frame-theme-dark = Dark
frame-apply = Apply
frame-preferences = Preferences
frame-log-out = Log out
frame-cancel = Cancel
frame-copy = Copy
frame-copied = Copied
frame-next = Next page
frame-first = First page
frame-filter = Filter
frame-clear = Clear the filters
frame-stale = What is shown may be out of date: the daemon does not answer. It is asked again every few seconds.
frame-left-out = Part of this address makes no sense and is ignored: { $names }.
frame-all = All
frame-none = None
frame-yes = Yes
frame-command = Command line
frame-no = No

### Logging in

login-title = Log in
login-lead = Paste a token of scope admin, operate or read.
login-token = Token
login-token-help = The first start wrote an admin token to the file admin-token in the data directory; orgsync token create makes others.
login-button = Log in
login-refused = This token is not valid: it is unknown, expired or revoked. Check that you copied all of it.
login-wait = Too many tokens from this address were not valid. Wait a minute, then try again.
login-no-scope = This token may only push records. Log in with one of scope admin, operate or read.
login-needed = Log in to go on.
notice-logged-out = You are logged out.

### When something goes wrong

problem-title-400 = This address makes no sense
problem-title-403 = You may not do that
problem-title-404 = There is nothing here
problem-title-409 = Not as things stand
problem-title-422 = Something in what you sent is wrong
problem-title-503 = Not just now
problem-title-other = That did not work
problem-lead-400 = The address asks for something that the page does not know. Go back, or begin at the overview.
problem-lead-403 = Your token does not have the scope for it. Log in with another one, or ask for a token with that scope.
problem-lead-404 = What you look for has been deleted, or the address is misspelt.
problem-lead-409 = Something has changed since you saw it, or something else must happen first.
problem-lead-422 = Go back and mend what is named below.
problem-lead-503 = Wait a little, then reload the page.
problem-lead-other = Reload the page. If it happens again, look for the request id in the log.
problem-csrf = This form belongs to another session, or was sent by another site. Go back, reload the page and send it again.
problem-detail = What the daemon says
problem-request = Request id
problem-back = Go to the overview

### Words of the domain

status-init = waiting
status-processing = running
status-success = success
status-partial = partial
status-failed = failed
status-held = held
status-cancelled = cancelled
count-created = created
count-updated = updated
count-unchanged = unchanged
count-disabled = disabled
count-deleted = deleted
count-failed = failed
count-all = read
count-unlinked = let go
count-duplicates = duplicates
count-dangling = dangling
counts-none = nothing
list-comma = ,{ " " }
counts-created = { $n } created
counts-updated = { $n } updated
counts-unchanged = { $n } unchanged
counts-disabled = { $n } disabled
counts-deleted = { $n } deleted
counts-failed = { $n } failed
kind-pull = read by a plugin
kind-push = pushed by a client
kind-undo = undo
kind-disable = disabling what a deleted source gave
kind-delete = deleting what a deleted source gave
kind-backfill = backfill
op-create = created
op-update = updated
op-delete = deleted
op-disable = disabled
op-unlink = let go
op-reject = rejected
not-create = not created
not-update = not updated
not-delete = not deleted
not-disable = not disabled
not-unlink = not let go
type-user = user
type-department = department
level-error = error
level-warn = warning
level-info = information
level-debug = debug
level-trace = trace
outcome-pending = pending
outcome-applied = applied
outcome-failed = failed
outcome-skipped = skipped
cause-missing = absent from a full read
cause-parent-deleted = its parent is deleted
cause-undo-create = undoes a create
cause-undo-update = undoes an update
cause-undo-disable = undoes a disable
cause-undo-delete = undoes a delete
cause-undo-unlink = undoes a letting go
mode-full = full
mode-incremental = incremental
starter-schedule = the schedule
starter-daemon = the daemon
starter-admin-token = the admin token
delivery-pending = to be sent
delivery-delivered = delivered
delivery-failed = refused
diff-same =
    { $n ->
        [one] { $n } as before
       *[other] { $n } as before
    }

### Tasks

tasks-task = Task
tasks-source = Source
tasks-status = Status
tasks-kind = Kind
tasks-counts = Records
tasks-by = Started by
tasks-cost = Took
tasks-created = Begun
tasks-batch = No. { $n }
tasks-name = { $source }, no. { $batch }
tasks-empty = There are no tasks here
tasks-empty-next = A task begins when a source is synced, or when a client pushes records.
tasks-none-match = No task matches
task-title = Task { $batch } of { $source }
task-number = Id
task-id = Task with id { $id }
task-dry-run = dry run
task-dry-run-lead = A dry run: it shows what would change, and nothing of it is written.
task-ended = Ended
task-attempt = attempt { $n }
task-undoes = Undoes
task-undone-by = Undone by
task-source-deleted = deleted
task-all-of-source = All its tasks
task-waiting = It is about to begin. The tasks of one source run one after another.
task-elsewhere = It runs. How far it has come is not known here yet.
task-progress = Progress
task-step-read = Records read
task-step-planned = Changes planned
task-step-applied = Changes applied
task-rate = { $n } a second
task-rate-unknown = The rate is not known yet
task-left = about { $time } left
task-gate-empty-read = The source gave nothing of what it had before. That is nearly always a mistake at the source: look there first.
task-gate-removals = The plan takes away more than the source's policy allows without a person looking at it: more than { $percent } %, and more than { $count }.
task-gate-removals-gone = The plan takes away more than the source's policy allowed without a person looking at it.
task-held-next = Nothing is written until somebody decides. Its plan stands below.
task-held-blocked = Nothing is written until somebody decides. It can't be approved while its source is disabled; its plan stands below.
task-lost = It can't be tried again, because its records are gone. Have the client push them again.
task-approve = Approve
task-approve-lead = The plan is applied as it is shown:
approve-disable-users =
    { $of ->
        [0]
            { $n ->
                [one] Disables { $n } user.
               *[other] Disables { $n } users.
            }
       *[other] Disables { $n } of { $of } users.
    }
approve-delete-users =
    { $of ->
        [0]
            { $n ->
                [one] Deletes { $n } user.
               *[other] Deletes { $n } users.
            }
       *[other] Deletes { $n } of { $of } users.
    }
approve-disable-departments =
    { $of ->
        [0]
            { $n ->
                [one] Disables { $n } department.
               *[other] Disables { $n } departments.
            }
       *[other] Disables { $n } of { $of } departments.
    }
approve-delete-departments =
    { $of ->
        [0]
            { $n ->
                [one] Deletes { $n } department.
               *[other] Deletes { $n } departments.
            }
       *[other] Deletes { $n } of { $of } departments.
    }
approve-create-users =
    { $n ->
        [one] Creates { $n } user.
       *[other] Creates { $n } users.
    }
approve-update-users =
    { $n ->
        [one] Updates { $n } user.
       *[other] Updates { $n } users.
    }
approve-create-departments =
    { $n ->
        [one] Creates { $n } department.
       *[other] Creates { $n } departments.
    }
approve-update-departments =
    { $n ->
        [one] Updates { $n } department.
       *[other] Updates { $n } departments.
    }
approve-unlink-users = Users let go of, whom another source keeps: { $n } of { $of }
approve-unlink-departments = Departments let go of, which another source keeps: { $n } of { $of }
approve-empty-users = Users taken out of all their departments: { $n } of { $of }
approve-nothing = It changes no user and no department.
task-reject = Reject
task-reject-pull = Nothing of the plan is written. The next sync reads the source again.
task-reject-push = Nothing of the plan is written. The client has to push its records again.
task-cancel = Stop the task
task-cancel-waiting = It has not begun, and nothing of it is written.
task-cancel-running = It stops at its next step. What it has written by then stays written.
task-retry = Retry
task-retry-failed = Retry the failed ones
task-retry-deliveries = Send what targets refused again
task-undo = Undo
task-undo-lead = A task of its own takes back what this one wrote, where nothing else has changed it since:
task-undo-help = The next sync brings it all again, unless the source has been mended.
task-undo-dry = Only show what it would do
undo-remove-users =
    { $n ->
        [one] Removes { $n } user that it created.
       *[other] Removes { $n } users that it created.
    }
undo-set-users =
    { $n ->
        [one] Sets { $n } user back that it updated.
       *[other] Sets { $n } users back that it updated.
    }
undo-bring-users =
    { $n ->
        [one] Brings { $n } user back that it disabled, deleted or let go.
       *[other] Brings { $n } users back that it disabled, deleted or let go.
    }
undo-remove-departments =
    { $n ->
        [one] Removes { $n } department that it created.
       *[other] Removes { $n } departments that it created.
    }
undo-set-departments =
    { $n ->
        [one] Sets { $n } department back that it updated.
       *[other] Sets { $n } departments back that it updated.
    }
undo-bring-departments =
    { $n ->
        [one] Brings { $n } department back that it disabled, deleted or let go.
       *[other] Brings { $n } departments back that it disabled, deleted or let go.
    }
task-targets = Targets
task-target = Target
task-tab-changes = Changes
task-tab-records = Raw records
task-tab-log = Log
task-op = Change
task-outcome = Outcome
task-type = Of
task-no-uid = without a uid
task-received = The record as it came
task-failures = What failed
task-failures-csv = Download as CSV
task-failures-all = Show all that failed
task-others = Everything else
task-none = It changed nothing
task-none-next = Everything was as the source gives it already, or nothing of the task was planned.
task-none-yet = Nothing is planned yet.
task-none-match = No change matches
task-looking = Looking further…
task-look-further = Look further
task-records-search = Text
task-records-all = All raw records of the task
task-record-whole = Show it whole
task-records-none = There are no raw records here
task-records-none-next = A record that has not changed is logged once a day only. They may also be older than the log keeps them, or nothing matches.
task-records-off = The source's policy keeps its records out of the raw-record log.
task-records-kind = A task of this kind reads no records.
task-log-none = The log says nothing of it
task-log-none-next = What it said may be older than the log is kept.
notice-task-cancelled = The task is being stopped.
notice-task-approved = The plan is approved and is being applied.
notice-task-rejected = The plan is rejected. Nothing of it was written.
notice-task-retried = It is being tried again.
notice-task-undo = This task takes the other one back.
notice-task-undo-dry = This dry run shows what undoing the other task would do.
notice-user-freed = This task frees the username and e-mail of the user.
notice-user-adopted = The user belongs to that record now. Sync its source, or retry the task in which it failed.
notice-refused-user = Not done: a source gives the user again, that uid is another user, or the source is disabled.
notice-refused-task-moved = Nothing was done: the task has moved on since you saw it. This is how it stands now.
notice-refused-source-disabled = Nothing was done: the source is disabled. Enable it, then try again.
notice-refused-already-running = Nothing was done: the source is being synced just now. Wait for the end of that task, then try again.
notice-refused-not-retriable = It can't be tried again: its records are gone, or another task undoes it. Sync the source or have the records pushed again.
notice-refused-not-undoable = It can't be undone: it wrote nothing, or is undone already.

### Forms

form-required = required
form-default = Left empty: { $value }.
form-other = Other options
form-json = as JSON
form-no-choice = (none)
form-secret = Is kept secret and never shown again.
form-stored = One is stored. Leave this empty to keep it.
form-stored-short = stored; leave empty to keep
form-forget = Forget the stored one
form-type-again = Type it again: what was typed here is never sent back.
form-item = No. { $n }
form-remove-item = Remove no. { $n }
form-remove = Remove
form-add = Add
form-key = Name
form-value = Value
form-mistakes =
    { $n ->
        [one] One thing is to be mended:
       *[other] { $n } things are to be mended:
    }

### Sources

sources-add = Add a source
sources-source = Source
sources-type = Type
sources-plugin = Plugin
sources-enabled = State
sources-schedule = Schedule (UTC)
sources-last = Last task
sources-actions = Actions
sources-never = never
sources-sync = Sync
sources-sync-full = Sync everything
sources-sync-incremental = Sync what changed
sources-sync-dry = Dry run
sources-tasks = Tasks
sources-all-tasks = all its tasks
sources-is-enabled = enabled
sources-is-disabled = disabled
sources-plugin-built-in = built in
sources-plugin-ready = ready
sources-plugin-missing = not ready
sources-empty = Only the built-in source is here
sources-empty-plugins = Add a source that a plugin reads: a directory, files, and whatever other plugins offer.
sources-empty-api = Or let another system push its users and departments to the source api over HTTP. TOKEN is a token of scope push:
sources-choose = What is the source?
sources-choose-lead = These types can be used now: those of the plugins that are ready, and the built-in one.
sources-type-api = Other systems push their users and departments over HTTP; no plugin is needed.
sources-type-plugin = Read by the plugin { $plugin }, version { $version }.
sources-type-incremental = It can tell what changed since the last sync.
sources-no-plugins = No plugin that is ready offers a source type.
sources-add-title = Add a source: { $type }
sources-edit = Edit
sources-edit-title = Edit { $name }
sources-save = Save
sources-check = Check connection
sources-check-done = The connection works.
sources-check-failed = The connection does not work:
sources-options = Options
sources-no-options = The options can't be shown or changed now; they stay as they are.
sources-rules = When and how
sources-name = Name
sources-name-help = 1 to 64 of `a-z`, `0-9`, `-` and `_`, beginning with a letter or digit. It stands in addresses and logs, and never changes.
sources-display-name = Display name
sources-display-name-help = What people read instead of the name.
sources-enabled-box = Enabled
sources-enabled-help = Only an enabled source is synced and takes pushes.
sources-schedule-help = When it is synced by itself: a cron expression, in UTC. `0 3 * * *` is every day at three, `*/15 * * * *` every quarter of an hour, `0 6 * * 1-5` on weekdays at six. Empty: only by hand.
sources-next-run = next
sources-last-full = Last full sync
sources-cursor = Changes are known since
sources-no-cursor = the next sync reads everything
sources-not-runnable = It can't be synced now:
sources-push = Push records
sources-push-lead = Clients send users and departments here. TOKEN is a token of scope push.
sources-policy = Policy
sources-on-missing = Those who are missing
sources-on-missing-help = What happens to those whom a full read no longer gives.
on-missing-disable = are disabled
on-missing-keep = stay as they are
on-missing-delete = are deleted
sources-match-key = Match existing users by
sources-match-key-help = A record seen for the first time adopts the one user who has the same value, also one who is missing from this source or goes in the same task. It fails if two have it, or if this source still gives the user under another uid.
sources-match-never = never
match-key-username = username
match-key-email = e-mail
match-key-phone = phone
sources-match-keys = Pushes may also match by
sources-match-keys-help = What else a push may ask for. Whoever may push and match can take over users of other sources by claiming their e-mail address: allow no more than is needed.
sources-removals = Hold a plan
sources-removals-help = A plan that would disable, delete or let go of more than both of these, of users or of departments, or take as many users out of all their departments, is held until somebody approves it.
sources-removals-limit = when it takes away more than { $percent } % and more than { $count }
sources-removals-percent = Percent
sources-removals-percent-help = Of those that the source has now, 0 to 100.
sources-removals-count = Number
sources-removals-count-help = Below it the percentage is not looked at.
sources-raw-records = Log raw records
sources-raw-records-help = Records are written to the raw-record log as they come, with secrets masked.
sources-full-every = Full sync at least every
sources-full-every-help = How old the last full sync may be before a scheduled one has to be full again, such as `1d` or `12h`; until then scheduled syncs bring only what changed. Empty: all scheduled syncs are full.
sources-full-always = all scheduled syncs are full
sources-enable = Enable
sources-disable = Disable
sources-delete = Delete
sources-delete-users =
    { $users ->
        [one] Its { $users } user
       *[other] Its { $users } users
    } and { $departments ->
        [one] { $departments } department
       *[other] { $departments } departments
    } stay, with the values that they have.
sources-delete-many-users = Its users and departments, more than { $users }, stay, with the values that they have.
sources-delete-rest = Its tasks stay, too. It can be restored, with its options and secrets, as long as no other source is called { $name }.
sources-records = What becomes of them
sources-records-keep = They stay as they are
sources-records-disable = They are disabled
sources-records-delete = They are deleted
sources-records-shared = Whoever another source gives as well stays. The task can be undone.
sources-deleted = Deleted sources
sources-deleted-help = What they gave is still there. A restored source is as it was, but disabled.
sources-left = Users and departments
sources-restore = Restore
sources-take-disable = Disable what it gave
sources-take-delete = Delete what it gave
notice-source-added = The source { $name } is added.
notice-source-changed = The source { $name } is changed.
notice-source-enabled = The source { $name } is enabled.
notice-source-disabled = The source { $name } is disabled.
notice-source-deleted = The source { $name } is deleted.
notice-source-gone = The source { $name } is deleted. These are its tasks.
notice-sync-started = The sync of { $name } has begun.
notice-source-running = { $name } is being synced already. This is the task.
notice-source-busy = { $name } can't be deleted while this task waits, runs or is held. End it first.
notice-source-restored = The source { $name } is restored. It is disabled.
notice-records-taken = What { $name } gave is being taken away. This is the task.
notice-deleted-source-busy = Another task of this source has to come to its end first. This is the task.

### Users and departments

people-name = Name
people-username = Username
people-email = E-mail
people-phone = Phone
people-department = Main department
people-status = Status
people-source = Source
people-sources = Sources
people-search = Search
people-search-users = Name, e-mail or phone
people-search-departments = Title
people-deleted-ones = Deleted ones
people-enabled = enabled
people-disabled = disabled
people-deleted = deleted
people-present = enabled and disabled
people-unnamed = User { $id }
people-no-users = There are no users here yet
people-no-users-next = They come with the first sync of a source, or with the first push to the HTTP API.
people-none-found = Nobody is found
people-none-found-next = Change or clear the filters.
people-looking = Looking further…
people-look-further = Look further
people-called = called exactly so
people-members-of = Members of { $department }
people-memberships = Departments
people-no-memberships = In no department.
people-dangling = Departments that are not there
people-dangling-help = The sources name these, and nobody gives them. The membership has effect as soon as they come.
people-dangling-also = { $source } gives a department with this uid; a source can name only its own.
people-dangling-parent = Parent that is not there
people-main = main
people-owner = leads it
people-links = Where it comes from
people-links-help = The records of sources that lead here.
people-uid = Uid
people-link-present = given
people-link-gone = no longer given
people-link-missing = missing since
people-link-deleted = deleted since
people-left = No source gives this user any more
people-left-help = The username and e-mail stay taken until the user is freed or given to another record.
people-free = Free the username and e-mail
people-free-help = The user is deleted by a task that can be undone, and targets are told. Then others can have its username and e-mail.
people-adopt = Give to another record
people-adopt-help = For the same person under another uid: the next record of that uid, or a retry of the task in which it failed, goes on with this user.
people-no-links = No source gives it any more.
people-custom = Further fields
people-created = Created
people-updated = Changed
people-deleted-at = Deleted
people-history = What changed it
people-no-history = The tasks that were looked at did not change it.
people-older = Look at older tasks
people-newest = Back to the newest
people-task = { $source }, no. { $batch }
people-tree = Departments as a tree
people-no-departments = There are no departments here yet
people-title = Title
people-members =
    { $n ->
        [0] no members
        [one] { $n } member
       *[other] { $n } members
    }
people-leads = led by { $names }
people-below = Below it
people-above = Above it
people-top = Nothing: it stands at the top.
people-more-branches = Show more
people-all-members =
    { $n ->
        [one] The member
       *[other] All { $n } members
    }
people-members-title = Members

### Plugins

plugin-ready = ready
plugin-fallback = last good version
plugin-disabled = switched off
plugin-unlisted = not listed
plugin-missing = missing
plugin-invalid = invalid
sandbox-enforced = enforced
sandbox-partly = partly
sandbox-unavailable = unavailable
signature-none = none
signature-unchecked = not checked
signature-valid = valid
signature-invalid = invalid
plugins-name = Name
plugins-state = State
plugins-version = Version
plugins-offers = What it offers
plugins-offer-source = { $title }, a source
plugins-offer-target = { $title }, a target
plugins-sandbox = Sandbox
plugins-signature = Signature
plugins-unknown = unknown
plugins-not-running = not in use
plugins-rescan = Look at the files again
plugins-empty = There are no plugins
plugins-empty-next = Copy a plugin into the folder plugins beside plugins.toml, and it appears here; or add it with orgsync plugin add FILE.
plugins-unlisted = Files that are not listed
plugins-unlisted-lead = What lies in the folder of plugins is not run before plugins.toml lists it. Compare the SHA-256 with what the vendor says first.
plugins-by-hand = Lines for plugins.toml
plugins-lines = To list it by hand, put these lines at the end of plugins.toml:
plugins-lines-instead = Plugin { $name } stands in plugins.toml already. To have it use this file, give its entry this path and sha256:
plugins-add = Add { $name }
plugins-replace = Use this file for { $name }
plugins-add-lead = The file { $file } becomes the plugin { $name } in plugins.toml, pinned to its SHA-256, and is loaded at once.
plugins-add-replaces = The plugin { $name } stands in plugins.toml already. From now on it uses the file { $file }, pinned to its SHA-256, within the limits and the sandbox that it has.
plugins-add-sandbox = It runs in worker processes of its own, within the sandbox: it reads system files and the paths in its options, writes to a scratch directory, and may connect to any TCP port. To allow it more or less, write [plugin.sandbox] in plugins.toml.
plugins-no-plugin = This file does not say what it is, so it can't be a plugin. This tells why:
plugin-missing-lead = There is no file { $path }.
plugin-calls-itself = Calls itself
plugin-vendor = Vendor
plugin-size = Size
plugin-sha256 = SHA-256
plugin-fallback-sha256 = SHA-256 of the file that can't be used
plugin-path = File
plugin-abi = ABI version
plugin-not-listed = Not in plugins.toml
plugin-offer-title = Title
plugin-offer-kind = Kind
plugin-offer-type = Type
plugin-kind-source = source
plugin-kind-target = target
plugin-used = Who uses it
plugin-unused = No source and no target is made of what it offers.
plugin-enabled = Enabled
plugin-manifest = Manifest
notice-plugins-rescanned = plugins.toml and the files of the plugins have been looked at.
notice-plugin-added = Plugin { $name } is in plugins.toml now.
notice-plugin-updated = Plugin { $name } has this file in plugins.toml now.

### Logs

logs-system = System log
logs-records = Raw records
logs-event = A line of the system log
logs-record = A raw record
logs-level = Level, at least
logs-text = Text
logs-task-id = Task id
logs-day = Day (UTC)
logs-day-size = { $day } ({ $size })
logs-live = Live
logs-newest = Newest lines
logs-older = Older lines
logs-other-lines = Other lines
logs-look-further = Look further
logs-looked-since = Everything since { $day } (UTC) has been looked at.
logs-looking = Nothing since { $day } (UTC). Still looking…
logs-left-out = More lines came at once than are shown here. Read those before this one
logs-before = Read the lines before this one
logs-too-long = It is longer than can be shown. All of it is in the file of that day in the log directory.
logs-none-found = No line matches
logs-none-found-next = Lines of a level that log_level leaves out are not written, and files older than log_keep_days are gone.
logs-empty = The log has no lines
logs-empty-next = What is written depends on log_level, and files older than log_keep_days are gone.
logs-records-lead = Records as the sources gave them, which are personal data. Values under keys that look like secrets are masked.
logs-no-records-found = No raw record matches
logs-no-records-found-next = Files older than raw_records_keep_days are gone.
logs-no-records = There are no raw records
logs-no-records-next = They come when a source is synced or a client pushes; files older than raw_records_keep_days are gone.
logs-unlogged = The policy of { $source } says that its raw records are not logged.
logs-time = Time
logs-part = Part of the program
logs-cut = Only the beginning is shown here.
logs-open-event = Open this line by itself
logs-open-record = Open this record by itself
logs-source = Source
logs-task = Task
logs-type = Type
logs-uid = Uid
logs-no-record = This line is no whole record; a crash may have left it.

### Tokens

scope-admin = Everything: also sources, plugins and tokens.
scope-operate = Reading; also syncing, retrying, cancelling, approving, rejecting and undoing.
scope-read = Reading, and nothing else.
scope-push = Pushing records, and nothing else. It can't log in to this page.
tokens-new = New token
tokens-lead = Clients of the HTTP API and people who log in here show a token. The admin token in the data directory is not in this list; it always works.
tokens-empty = There are no tokens yet
tokens-empty-next = Make one for each client and each person, so that each can be revoked by itself.
tokens-name = Name
tokens-scopes = Scopes
tokens-source = Source
tokens-any-source = any
tokens-created = Made
tokens-expires = Valid until
tokens-never-expires = no end
tokens-expired = expired
tokens-used = Last used
tokens-never-used = not yet
tokens-actions = Actions
tokens-own = this session
tokens-revoke = Revoke
tokens-revoke-name = Revoke { $name }
tokens-revoke-lead = Requests with the token { $name } are refused from now on, and those who logged in with it are logged out. This can't be undone.
tokens-revoke-own = You have logged in with this token yourself: you will have to log in with another one.
tokens-name-help = Whom or what it is for, for instance “HR nightly”.
tokens-scopes-help = What it may do. One is enough; several add up.
tokens-source-help = A token that may push, and nothing else, can be good for one source only.
tokens-source-any = Any source
tokens-end = Ends
tokens-end-days =
    { $n ->
        [one] in { $n } day
       *[other] in { $n } days
    }
tokens-end-year = in a year
tokens-end-never = never
tokens-end-day = after a day that you choose
tokens-day = Last day
tokens-day-help = The token is valid to the end of this day.
tokens-make = Make the token
tokens-wrong = The token was not made. Mend what is marked below.
tokens-wrong-name = A name has 1 to 100 characters, and no control characters.
tokens-wrong-taken = There is a token of this name already. If you have sent this form twice: the token was made the first time. Revoke it if you have not copied its text, and make another.
tokens-wrong-scopes = Choose at least one.
tokens-wrong-source = Only a token that may push, and nothing else, can be good for one source.
tokens-wrong-source-gone = There is no such source any more.
tokens-wrong-day = Choose a day that is not over yet.
token-made = Token { $name } is made
token-once = Copy it now. It is shown this once and kept nowhere, so it can't be had again. Reloading this page does not make another.
token-text = The token
token-header = Clients send it as a header:
token-back = Back to the tokens
notice-token-revoked = Token { $name } is revoked.

### Targets

target-reachable = takes what it is sent
target-unreachable = takes nothing
target-trouble = Nothing reaches it:
target-retry-at = It is tried again
target-retry = Send it all again now
target-deliveries = Deliveries
target-none = There is nothing here
target-remote-id = Its id there
target-not-there = not there yet
notice-target-gone = The target { $name } is deleted.
notice-target-retried = What it refused and what waits is being sent again.

### Overview

overview-attention = Needs attention
overview-calm = Nothing needs attention.
overview-held = Task { $batch } of { $source } is held: nothing of it is written before somebody approves it.
overview-failed = The last task of { $source } failed.
overview-partial = The last task of { $source } left records out that failed.
overview-dangling = { $source } names departments that it does not give: { $uids }
overview-not-runnable = { $source } can't be synced.
overview-plugin = Plugin { $plugin } can't be used.
overview-fallback = Plugin { $plugin } goes on with its last good version, because its file can't be used.
overview-plugins-file = Something is wrong with plugins.toml or the folder of plugins.
overview-target = Target { $target } takes nothing at present.
overview-deliveries =
    { $n ->
        [one] Target { $target } refuses { $n } record.
       *[other] Target { $target } refuses { $n } records.
    }
overview-tls-stale = The TLS certificate in its file can't be used; the one from before still is.
overview-tls-expired = The TLS certificate has expired.
overview-running = Running now
overview-directory = In the directory
overview-users = Users
overview-departments = Departments
overview-sources = Sources
overview-disabled =
    { $n ->
        [one] { $n } disabled
       *[other] { $n } disabled
    }
overview-last-days = The last 30 days
overview-tasks-by-status = Tasks by status
overview-changes = Changes
overview-durations = How long tasks took
overview-removed = disabled or deleted
overview-failed-records = failed records
overview-median = median
overview-longest = longest
overview-most = at most { $n }
overview-no-tasks = No task began in these days.
overview-table = As a table
overview-day = Day
