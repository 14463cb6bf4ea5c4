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
frame-close = Close
frame-cancel = Cancel
frame-copy = Copy
frame-copied = Copied
frame-next = Next page
frame-first = First page
frame-filter = Filter
frame-clear = Clear the filters
frame-all = All
frame-none = None
frame-yes = Yes
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
login-logged-out = You are logged out.

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
counts-none = nothing
kind-pull = read by a plugin
kind-push = pushed by a client
kind-undo = undo
kind-backfill = backfill
op-create = created
op-update = updated
op-delete = deleted
op-disable = disabled
op-unlink = let go
op-reject = rejected
type-user = user
type-department = department
level-error = error
level-warn = warning
level-info = information
level-debug = debug
level-trace = trace

### Tasks

tasks-task = Task
tasks-source = Source
tasks-status = Status
tasks-counts = Records
tasks-cost = Took
tasks-created = Begun
tasks-batch = No. { $n }
tasks-empty = There are no tasks here
tasks-empty-next = A task begins when a source is synced, or when a client pushes records.

### Sources

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
people-main = main
people-owner = leads it
people-links = Where it comes from
people-links-help = The records of sources that lead here.
people-uid = Uid
people-link-present = given
people-link-gone = no longer given
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

### Overview

overview-attention = Needs attention
overview-calm = Nothing needs attention.
overview-held = Task { $batch } of { $source } is held: nothing of it is written before somebody approves it.
overview-failed = The last task of { $source } failed.
overview-partial = The last task of { $source } left records out that failed.
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
