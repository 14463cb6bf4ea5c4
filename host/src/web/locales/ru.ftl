# What the page says, in Russian.

### Numbers, sizes and times

number = { $n }
size-b = { $n } Б
size-kib = { $n } КиБ
size-mib = { $n } МиБ
size-gib = { $n } ГиБ
duration-ms = { $n } мс
duration-s = { $n } с
duration-min-s = { $a } мин { $b } с
duration-h-min = { $a } ч { $b } мин
duration-d-h = { $a } д { $b } ч
time-now = только что
time-minutes-ago =
    { $n ->
        [one] { $n } минуту назад
        [few] { $n } минуты назад
        [many] { $n } минут назад
       *[other] { $n } минуты назад
    }
time-hours-ago =
    { $n ->
        [one] { $n } час назад
        [few] { $n } часа назад
        [many] { $n } часов назад
       *[other] { $n } часа назад
    }
time-days-ago =
    { $n ->
        [one] { $n } день назад
        [few] { $n } дня назад
        [many] { $n } дней назад
       *[other] { $n } дня назад
    }
time-in-minutes =
    { $n ->
        [one] через { $n } минуту
        [few] через { $n } минуты
        [many] через { $n } минут
       *[other] через { $n } минуты
    }
time-in-hours =
    { $n ->
        [one] через { $n } час
        [few] через { $n } часа
        [many] через { $n } часов
       *[other] через { $n } часа
    }
time-in-days =
    { $n ->
        [one] через { $n } день
        [few] через { $n } дня
        [many] через { $n } дней
       *[other] через { $n } дня
    }

### The frame around every page

nav-label = Основная навигация
nav-skip = Перейти к содержимому
nav-menu = Меню
nav-overview = Обзор
nav-sources = Источники
nav-tasks = Задачи
nav-users = Пользователи
nav-departments = Отделы
nav-plugins = Плагины
nav-logs = Журналы
nav-tokens = Токены
frame-breadcrumbs = Путь к странице
frame-language = Язык
frame-theme = Тема
frame-theme-auto = Как в системе
frame-theme-light = Светлая
frame-theme-dark = Тёмная
frame-apply = Применить
frame-preferences = Настройки
frame-log-out = Выйти
frame-cancel = Отмена
frame-copy = Копировать
frame-copied = Скопировано
frame-next = Следующая страница
frame-first = Первая страница
frame-filter = Фильтровать
frame-clear = Сбросить фильтры
frame-stale = Показанные данные могли устареть: служба не отвечает. Запрос повторяется каждые несколько секунд.
frame-left-out = Часть этого адреса непонятна и не учитывается: { $names }.
frame-all = Все
frame-none = Нет
frame-yes = Да
frame-command = Командная строка
frame-no = Нет

### Logging in

login-title = Вход
login-lead = Вставьте токен с областью действия admin, operate или read.
login-token = Токен
login-token-help = При первом запуске токен администратора записан в файл admin-token в каталоге данных; другие токены создаёт команда orgsync token create.
login-button = Войти
login-refused = Токен недействителен: он неизвестен, отозван или срок его действия истёк. Проверьте, что он скопирован полностью.
login-wait = С этого адреса поступило слишком много недействительных токенов. Подождите минуту и повторите попытку.
login-no-scope = Этот токен позволяет только отправлять записи. Войдите с токеном, у которого область действия admin, operate или read.
login-needed = Чтобы продолжить, войдите.
notice-logged-out = Вы вышли.

### When something goes wrong

problem-title-400 = Неверный адрес
problem-title-403 = У вас нет на это прав
problem-title-404 = Здесь ничего нет
problem-title-409 = В текущем состоянии это невозможно
problem-title-422 = В отправленных данных есть ошибка
problem-title-503 = Временно недоступно
problem-title-other = Не удалось выполнить действие
problem-lead-400 = По этому адресу запрошено то, чего страница не знает. Вернитесь назад или начните с обзора.
problem-lead-403 = У вашего токена нет нужной области действия. Войдите с другим токеном или запросите токен с этой областью.
problem-lead-404 = То, что вы ищете, удалено, или в адресе ошибка.
problem-lead-409 = С момента просмотра что-то изменилось, или сначала нужно выполнить другое действие.
problem-lead-422 = Вернитесь назад и исправьте то, что указано ниже.
problem-lead-503 = Немного подождите и перезагрузите страницу.
problem-lead-other = Перезагрузите страницу. Если ошибка повторится, найдите в журнале идентификатор запроса.
problem-csrf = Эта форма относится к другому сеансу или отправлена с другого сайта. Вернитесь назад, перезагрузите страницу и отправьте форму ещё раз.
problem-detail = Сообщение службы
problem-request = Идентификатор запроса
problem-back = Перейти к обзору

### Words of the domain

status-init = в очереди
status-processing = выполняется
status-success = успешно
status-partial = частично
status-failed = с ошибкой
status-held = удержано
status-cancelled = отменено
count-created = создано
count-updated = обновлено
count-unchanged = без изменений
count-disabled = отключено
count-deleted = удалено
count-failed = с ошибкой
count-all = прочитано
count-unlinked = отвязано
count-duplicates = дубликаты
count-dangling = ссылок в никуда
counts-none = нет
list-comma = ,{ " " }
counts-created = создано: { $n }
counts-updated = обновлено: { $n }
counts-unchanged = без изменений: { $n }
counts-disabled = отключено: { $n }
counts-deleted = удалено: { $n }
counts-failed = с ошибкой: { $n }
kind-pull = чтение плагином
kind-push = отправка клиентом
kind-undo = откат
kind-disable = отключение того, что дал удалённый источник
kind-delete = удаление того, что дал удалённый источник
kind-backfill = дозаполнение
op-create = создано
op-update = обновлено
op-delete = удалено
op-disable = отключено
op-unlink = отвязано
op-reject = отклонено
not-create = не создано
not-update = не обновлено
not-delete = не удалено
not-disable = не отключено
not-unlink = не отвязано
type-user = пользователь
type-department = отдел
level-error = ошибка
level-warn = предупреждение
level-info = сведения
level-debug = отладка
level-trace = трассировка
outcome-pending = в очереди
outcome-applied = применено
outcome-failed = с ошибкой
outcome-skipped = пропущено
cause-missing = отсутствует при полном чтении
cause-parent-deleted = удалён вышестоящий отдел
cause-undo-create = откат создания
cause-undo-update = откат обновления
cause-undo-disable = откат отключения
cause-undo-delete = откат удаления
cause-undo-unlink = откат отвязки
mode-full = полностью
mode-incremental = только изменения
starter-schedule = расписание
starter-daemon = служба
starter-admin-token = токен администратора
delivery-pending = к отправке
delivery-delivered = доставлено
delivery-failed = не принято
diff-same = без изменений: { $n }

### Tasks

tasks-task = Задача
tasks-source = Источник
tasks-status = Состояние
tasks-kind = Вид
tasks-counts = Записи
tasks-by = Инициатор
tasks-cost = Длительность
tasks-created = Начало
tasks-batch = № { $n }
tasks-name = { $source }, № { $batch }
tasks-empty = Здесь нет задач
tasks-empty-next = Задача начинается, когда синхронизируется источник или клиент отправляет записи.
tasks-none-match = Нет подходящих задач
task-title = Задача { $batch } источника { $source }
task-number = Идентификатор
task-id = Задача с идентификатором { $id }
task-dry-run = пробный запуск
task-dry-run-lead = Это пробный запуск: он показывает, что изменилось бы, но ничего не записывает.
task-ended = Окончание
task-attempt = попытка { $n }
task-undoes = Откатывает
task-undone-by = Откат выполняет
task-source-deleted = удалён
task-all-of-source = Все задачи источника
task-waiting = Задача скоро начнётся. Задачи одного источника выполняются одна за другой.
task-elsewhere = Задача выполняется. Как далеко она продвинулась, здесь пока неизвестно.
task-progress = Ход выполнения
task-step-read = Прочитано записей
task-step-planned = Запланировано изменений
task-step-applied = Применено изменений
task-rate = { $n } в секунду
task-rate-unknown = Скорость пока неизвестна
task-left = осталось около { $time }
task-gate-empty-read = Источник не передал ничего из того, что передавал раньше. Почти всегда это ошибка на стороне источника: сначала проверьте его.
task-gate-removals = План отключает или удаляет больше, чем политика источника допускает без проверки человеком: более { $percent } % и более { $count }.
task-gate-removals-gone = План отключает или удаляет больше, чем политика источника допускала без проверки человеком.
task-held-next = Пока решение не принято, ничего не записывается. План показан ниже.
task-held-blocked = Пока решение не принято, ничего не записывается. План нельзя утвердить, пока источник отключён; план показан ниже.
task-lost = Повторить задачу нельзя: её записей больше нет. Клиент должен отправить их ещё раз.
task-approve = Утвердить
task-approve-lead = План будет применён в том виде, в каком он показан:
approve-disable-users =
    { $of ->
        [0]
            { $n ->
                [one] Будет отключён { $n } пользователь.
                [few] Будут отключены { $n } пользователя.
                [many] Будет отключено { $n } пользователей.
               *[other] Будет отключено { $n } пользователя.
            }
       *[other] Будет отключено пользователей: { $n } из { $of }.
    }
approve-delete-users =
    { $of ->
        [0]
            { $n ->
                [one] Будет удалён { $n } пользователь.
                [few] Будут удалены { $n } пользователя.
                [many] Будет удалено { $n } пользователей.
               *[other] Будет удалено { $n } пользователя.
            }
       *[other] Будет удалено пользователей: { $n } из { $of }.
    }
approve-disable-departments =
    { $of ->
        [0]
            { $n ->
                [one] Будет отключён { $n } отдел.
                [few] Будут отключены { $n } отдела.
                [many] Будет отключено { $n } отделов.
               *[other] Будет отключено { $n } отдела.
            }
       *[other] Будет отключено отделов: { $n } из { $of }.
    }
approve-delete-departments =
    { $of ->
        [0]
            { $n ->
                [one] Будет удалён { $n } отдел.
                [few] Будут удалены { $n } отдела.
                [many] Будет удалено { $n } отделов.
               *[other] Будет удалено { $n } отдела.
            }
       *[other] Будет удалено отделов: { $n } из { $of }.
    }
approve-create-users =
    { $n ->
        [one] Будет создан { $n } пользователь.
        [few] Будут созданы { $n } пользователя.
        [many] Будет создано { $n } пользователей.
       *[other] Будет создано { $n } пользователя.
    }
approve-update-users =
    { $n ->
        [one] Будет обновлён { $n } пользователь.
        [few] Будут обновлены { $n } пользователя.
        [many] Будет обновлено { $n } пользователей.
       *[other] Будет обновлено { $n } пользователя.
    }
approve-create-departments =
    { $n ->
        [one] Будет создан { $n } отдел.
        [few] Будут созданы { $n } отдела.
        [many] Будет создано { $n } отделов.
       *[other] Будет создано { $n } отдела.
    }
approve-update-departments =
    { $n ->
        [one] Будет обновлён { $n } отдел.
        [few] Будут обновлены { $n } отдела.
        [many] Будет обновлено { $n } отделов.
       *[other] Будет обновлено { $n } отдела.
    }
approve-unlink-users = Отвязано пользователей, которых сохраняет другой источник: { $n } из { $of }
approve-unlink-departments = Отвязано отделов, которые сохраняет другой источник: { $n } из { $of }
approve-empty-users = Исключено пользователей из всех их отделов: { $n } из { $of }
approve-nothing = Пользователи и отделы не изменятся.
task-reject = Отклонить
task-reject-pull = Ничего из плана не будет записано. При следующей синхронизации источник будет прочитан заново.
task-reject-push = Ничего из плана не будет записано. Клиенту придётся отправить записи ещё раз.
task-cancel = Остановить задачу
task-cancel-waiting = Задача ещё не началась, и ничего из неё не записано.
task-cancel-running = Задача остановится на следующем шаге. Всё, что к этому времени записано, сохранится.
task-retry = Повторить
task-retry-failed = Повторить для записей с ошибкой
task-retry-deliveries = Отправить не принятое приёмниками ещё раз
task-undo = Откатить
task-undo-lead = Отдельная задача отменит то, что записала эта, если с тех пор это не изменялось:
task-undo-help = Следующая синхронизация вернёт всё обратно, если источник не будет исправлен.
task-undo-dry = Только показать, что изменится
undo-remove-users =
    { $n ->
        [one] Будет удалён { $n } пользователь, созданный этой задачей.
        [few] Будут удалены { $n } пользователя, созданных этой задачей.
        [many] Будет удалено { $n } пользователей, созданных этой задачей.
       *[other] Будет удалено { $n } пользователя, созданных этой задачей.
    }
undo-set-users =
    { $n ->
        [one] Прежние значения получит { $n } пользователь, обновлённый этой задачей.
        [few] Прежние значения получат { $n } пользователя, обновлённых этой задачей.
        [many] Прежние значения получат { $n } пользователей, обновлённых этой задачей.
       *[other] Прежние значения получат { $n } пользователя, обновлённых этой задачей.
    }
undo-bring-users =
    { $n ->
        [one] Будет восстановлён { $n } пользователь, отключённый, удалённый или отвязанный этой задачей.
        [few] Будут восстановлены { $n } пользователя, отключённых, удалённых или отвязанных этой задачей.
        [many] Будет восстановлено { $n } пользователей, отключённых, удалённых или отвязанных этой задачей.
       *[other] Будет восстановлено { $n } пользователя, отключённых, удалённых или отвязанных этой задачей.
    }
undo-remove-departments =
    { $n ->
        [one] Будет удалён { $n } отдел, созданный этой задачей.
        [few] Будут удалены { $n } отдела, созданных этой задачей.
        [many] Будет удалено { $n } отделов, созданных этой задачей.
       *[other] Будет удалено { $n } отдела, созданных этой задачей.
    }
undo-set-departments =
    { $n ->
        [one] Прежние значения получит { $n } отдел, обновлённый этой задачей.
        [few] Прежние значения получат { $n } отдела, обновлённых этой задачей.
        [many] Прежние значения получат { $n } отделов, обновлённых этой задачей.
       *[other] Прежние значения получат { $n } отдела, обновлённых этой задачей.
    }
undo-bring-departments =
    { $n ->
        [one] Будет восстановлён { $n } отдел, отключённый, удалённый или отвязанный этой задачей.
        [few] Будут восстановлены { $n } отдела, отключённых, удалённых или отвязанных этой задачей.
        [many] Будет восстановлено { $n } отделов, отключённых, удалённых или отвязанных этой задачей.
       *[other] Будет восстановлено { $n } отдела, отключённых, удалённых или отвязанных этой задачей.
    }
task-targets = Приёмники
task-target = Приёмник
task-tab-changes = Изменения
task-tab-records = Исходные записи
task-tab-log = Журнал
task-op = Изменение
task-outcome = Результат
task-type = Объект
task-no-uid = без UID
task-received = Запись в полученном виде
task-failures = Ошибки
task-failures-csv = Скачать как CSV
task-failures-all = Показать все ошибки
task-others = Всё остальное
task-none = Задача ничего не изменила
task-none-next = Всё уже соответствовало данным источника, или в задаче ничего не было запланировано.
task-none-yet = Пока ничего не запланировано.
task-none-match = Нет подходящих изменений
task-looking = Поиск продолжается…
task-look-further = Искать дальше
task-records-search = Текст
task-records-all = Все исходные записи задачи
task-record-whole = Показать полностью
task-records-none = Здесь нет исходных записей
task-records-none-next = Запись без изменений попадает в журнал лишь раз в день. Возможно также, что срок хранения записей в журнале истёк или ничего не подходит под условия.
task-records-off = По политике источника его записи не попадают в журнал исходных записей.
task-records-kind = Задача этого вида не читает записи.
task-log-none = В журнале об этой задаче ничего нет
task-log-none-next = Возможно, срок хранения журнала за это время истёк.
notice-task-cancelled = Задача останавливается.
notice-task-approved = План утверждён и применяется.
notice-task-rejected = План отклонён. Ничего из него не записано.
notice-task-retried = Выполняется повторная попытка.
notice-task-undo = Эта задача откатывает другую.
notice-task-undo-dry = Этот пробный запуск показывает, что изменит откат другой задачи.
notice-user-freed = Эта задача освобождает имя пользователя и адрес почты.
notice-user-adopted = Теперь пользователь принадлежит этой записи. Синхронизируйте её источник или повторите задачу, в которой она не прошла.
notice-refused-user = Не выполнено: источник снова передаёт пользователя, этот uid — другой пользователь или источник отключён.
notice-refused-task-moved = Ничего не сделано: с момента просмотра состояние задачи изменилось. Ниже показано текущее состояние.
notice-refused-source-disabled = Ничего не сделано: источник отключён. Включите его и повторите попытку.
notice-refused-already-running = Ничего не сделано: источник сейчас синхронизируется. Дождитесь окончания этой задачи и повторите попытку.
notice-refused-not-retriable = Повторить задачу нельзя: её записей больше нет или её откатывает другая задача. Синхронизируйте источник или запросите повторную отправку записей.
notice-refused-not-undoable = Откатить задачу нельзя: она ничего не записала или её откат уже выполнен.

### Forms

form-required = обязательно
form-default = Если оставить пустым: { $value }.
form-other = Другие параметры
form-json = в формате JSON
form-no-choice = (нет)
form-secret = Хранится в секрете и больше не показывается.
form-stored = Значение сохранено. Чтобы не менять его, оставьте поле пустым.
form-stored-short = сохранено; чтобы не менять, оставьте пустым
form-forget = Удалить сохранённое значение
form-type-again = Введите ещё раз: введённое здесь никогда не отправляется обратно.
form-item = № { $n }
form-remove-item = Удалить № { $n }
form-remove = Удалить
form-add = Добавить
form-key = Имя
form-value = Значение
form-mistakes =
    { $n ->
        [one] Нужно исправить { $n } ошибку:
        [few] Нужно исправить { $n } ошибки:
        [many] Нужно исправить { $n } ошибок:
       *[other] Нужно исправить { $n } ошибки:
    }

### Sources

sources-add = Добавить источник
sources-source = Источник
sources-type = Тип
sources-plugin = Плагин
sources-enabled = Состояние
sources-schedule = Расписание (UTC)
sources-last = Последняя задача
sources-actions = Действия
sources-never = никогда
sources-sync = Синхронизировать
sources-sync-full = Синхронизировать всё
sources-sync-incremental = Синхронизировать изменения
sources-sync-dry = Пробный запуск
sources-tasks = Задачи
sources-all-tasks = все задачи источника
sources-is-enabled = включён
sources-is-disabled = отключён
sources-plugin-built-in = встроенный
sources-plugin-ready = готов
sources-plugin-missing = не готов
sources-empty = Здесь только встроенный источник
sources-empty-plugins = Добавьте источник, который читает плагин: каталог, файлы или другое, что предлагают плагины.
sources-empty-api = Или пусть другая система отправляет своих пользователей и отделы в источник api по HTTP. TOKEN — это токен с областью действия push:
sources-choose = Что служит источником?
sources-choose-lead = Сейчас доступны эти типы: типы готовых плагинов и встроенный.
sources-type-api = Другие системы отправляют своих пользователей и отделы по HTTP; плагин не нужен.
sources-type-plugin = Читает плагин { $plugin } версии { $version }.
sources-type-incremental = Может сообщить, что изменилось с последней синхронизации.
sources-no-plugins = Ни один готовый плагин не предлагает тип источника.
sources-add-title = Добавление источника: { $type }
sources-edit = Изменить
sources-edit-title = Изменение источника { $name }
sources-save = Сохранить
sources-check = Проверить подключение
sources-check-done = Подключение работает.
sources-check-failed = Подключение не работает:
sources-options = Параметры
sources-no-options = Параметры сейчас нельзя показать или изменить; они остаются прежними.
sources-rules = Когда и как
sources-name = Имя
sources-name-help = От 1 до 64 символов `a-z`, `0-9`, `-` и `_`; первый символ — буква или цифра. Имя используется в адресах и журналах и никогда не меняется.
sources-display-name = Отображаемое имя
sources-display-name-help = Показывается вместо имени.
sources-enabled-box = Включён
sources-enabled-help = Только включённый источник синхронизируется и принимает отправленные записи.
sources-schedule-help = Когда источник синхронизируется автоматически: выражение cron, время UTC. `0 3 * * *` — каждый день в три часа, `*/15 * * * *` — каждые четверть часа, `0 6 * * 1-5` — по будням в шесть часов. Пусто: только вручную.
sources-next-run = следующий запуск
sources-last-full = Последняя полная синхронизация
sources-cursor = Точка отсчёта изменений
sources-no-cursor = при следующей синхронизации будет прочитано всё
sources-not-runnable = Сейчас источник нельзя синхронизировать:
sources-push = Отправка записей
sources-push-lead = Сюда клиенты отправляют пользователей и отделы. TOKEN — это токен с областью действия push.
sources-policy = Политика
sources-on-missing = Отсутствующие
sources-on-missing-help = Что происходит с теми, кого больше нет при полном чтении.
on-missing-disable = отключаются
on-missing-keep = остаются без изменений
on-missing-delete = удаляются
sources-match-key = Ключ сопоставления с существующими пользователями
sources-match-key-help = Запись, встреченная впервые, получает единственного пользователя с тем же значением, в том числе того, кто отсутствует в этом источнике или уходит в той же задаче. Она не проходит, если значение есть у двоих или источник всё ещё передаёт пользователя под другим uid.
sources-match-never = не сопоставлять
match-key-username = имя пользователя
match-key-email = эл. почта
match-key-phone = телефон
sources-match-keys = Дополнительные ключи сопоставления при отправке
sources-match-keys-help = Какие ещё ключи можно запросить при отправке. Тот, кто может отправлять записи и сопоставлять их, может завладеть пользователями других источников, указав их адрес эл. почты: разрешайте не больше, чем нужно.
sources-removals = Удерживать план
sources-removals-help = План, который отключил бы, удалил или отвязал больше пользователей или отделов, чем допускают оба этих предела, либо исключил бы столько же пользователей из всех их отделов, удерживается, пока его не утвердят.
sources-removals-limit = когда он отключает или удаляет более { $percent } % и более { $count }
sources-removals-percent = Процент
sources-removals-percent-help = От того, что сейчас есть у источника, от 0 до 100.
sources-removals-count = Количество
sources-removals-count-help = При меньшем количестве процент не учитывается.
sources-raw-records = Вести журнал исходных записей
sources-raw-records-help = Записи сохраняются в журнал исходных записей в полученном виде, секреты в них скрыты.
sources-full-every = Полная синхронизация не реже чем раз в
sources-full-every-help = Сколько времени может пройти с последней полной синхронизации, прежде чем синхронизация по расписанию снова должна быть полной, например `1d` или `12h`; до этого синхронизации по расписанию передают только изменения. Пусто: все синхронизации по расписанию полные.
sources-full-always = все синхронизации по расписанию полные
sources-enable = Включить
sources-disable = Отключить
sources-delete = Удалить
sources-delete-users =
    { $users ->
        [one] Его { $users } пользователь
        [few] Его { $users } пользователя
        [many] Его { $users } пользователей
       *[other] Его { $users } пользователя
    } и { $departments ->
        [one] { $departments } отдел
        [few] { $departments } отдела
        [many] { $departments } отделов
       *[other] { $departments } отдела
    } останутся с теми значениями, которые у них есть.
sources-delete-many-users = Его пользователи и отделы (пользователей более { $users }) останутся с теми значениями, которые у них есть.
sources-delete-rest = Задачи источника также останутся. Его можно восстановить вместе с параметрами и секретами, пока имя { $name } не занято другим источником.
sources-records = Что с ними станет
sources-records-keep = Останутся как есть
sources-records-disable = Будут отключены
sources-records-delete = Будут удалены
sources-records-shared = Те, кого даёт и другой источник, останутся. Задачу можно откатить.
sources-deleted = Удалённые источники
sources-deleted-help = То, что они дали, осталось. Восстановленный источник такой же, как был, но отключён.
sources-left = Пользователи и отделы
sources-restore = Восстановить
sources-take-disable = Отключить то, что он дал
sources-take-delete = Удалить то, что он дал
notice-source-added = Источник { $name } добавлен.
notice-source-changed = Источник { $name } изменён.
notice-source-enabled = Источник { $name } включён.
notice-source-disabled = Источник { $name } отключён.
notice-source-deleted = Источник { $name } удалён.
notice-source-gone = Источник { $name } удалён. Здесь показаны его задачи.
notice-sync-started = Синхронизация источника { $name } началась.
notice-source-running = Источник { $name } уже синхронизируется. Вот эта задача.
notice-source-busy = Источник { $name } нельзя удалить, пока эта задача ждёт, выполняется или удержана. Сначала завершите её.
notice-source-restored = Источник { $name } восстановлен. Он отключён.
notice-records-taken = То, что дал источник { $name }, убирается. Вот эта задача.
notice-deleted-source-busy = Сначала должна завершиться другая задача этого источника. Вот эта задача.

### Users and departments

people-name = Имя
people-username = Имя пользователя
people-email = Эл. почта
people-phone = Телефон
people-department = Основной отдел
people-status = Состояние
people-source = Источник
people-sources = Источники
people-search = Поиск
people-search-users = Имя, эл. почта или телефон
people-search-departments = Название
people-deleted-ones = Удалённые
people-enabled = включён
people-disabled = отключён
people-deleted = удалён
people-present = Включённые и отключённые
people-unnamed = Пользователь { $id }
people-no-users = Здесь пока нет пользователей
people-no-users-next = Они появятся после первой синхронизации источника или первой отправки в HTTP API.
people-none-found = Ничего не найдено
people-none-found-next = Измените или сбросьте фильтры.
people-looking = Поиск продолжается…
people-look-further = Искать дальше
people-called = точное совпадение
people-members-of = Сотрудники отдела «{ $department }»
people-memberships = Отделы
people-no-memberships = Не состоит ни в одном отделе.
people-dangling = Отделы, которых нет
people-dangling-help = Источники называют их, но ни один их не даёт. Принадлежность начнёт действовать, как только они появятся.
people-dangling-also = { $source } даёт отдел с этим uid; источник может называть только свои отделы.
people-dangling-parent = Вышестоящий отдел, которого нет
people-main = основной
people-owner = руководитель
people-links = Происхождение
people-links-help = Записи источников, которые ведут сюда.
people-uid = UID
people-link-present = передаётся
people-link-gone = больше не передаётся
people-link-missing = отсутствует с
people-link-deleted = удалена с
people-left = Ни один источник больше не передаёт этого пользователя
people-left-help = Имя пользователя и адрес почты остаются занятыми, пока пользователь не освобождён или не передан другой записи.
people-free = Освободить имя пользователя и почту
people-free-help = Пользователя удаляет задача, которую можно откатить; целевые системы узнают об этом. После этого имя пользователя и адрес почты может получить другой.
people-adopt = Передать другой записи
people-adopt-help = Для того же человека с другим uid: следующая запись с этим uid или повтор задачи, в которой она не прошла, относится к этому пользователю.
people-no-links = Ни один источник его больше не передаёт.
people-custom = Дополнительные поля
people-created = Создан
people-updated = Изменён
people-deleted-at = Удалён
people-history = История изменений
people-no-history = Просмотренные задачи его не изменяли.
people-older = Просмотреть более ранние задачи
people-newest = Вернуться к последним
people-task = { $source }, № { $batch }
people-tree = Дерево отделов
people-no-departments = Здесь пока нет отделов
people-title = Название
people-members =
    { $n ->
        [0] нет сотрудников
        [one] { $n } сотрудник
        [few] { $n } сотрудника
        [many] { $n } сотрудников
       *[other] { $n } сотрудника
    }
people-leads = руководство: { $names }
people-below = Нижестоящие отделы
people-above = Вышестоящий отдел
people-top = Нет: это отдел верхнего уровня.
people-more-branches = Показать ещё
people-all-members =
    { $n ->
        [1] Сотрудник
       *[other] Все сотрудники ({ $n })
    }
people-members-title = Сотрудники

### Plugins

plugin-ready = готов
plugin-fallback = последняя исправная версия
plugin-disabled = отключён
plugin-unlisted = нет в списке
plugin-missing = отсутствует
plugin-invalid = недействителен
sandbox-enforced = действует
sandbox-partly = действует частично
sandbox-unavailable = недоступна
signature-none = нет
signature-unchecked = не проверена
signature-valid = действительна
signature-invalid = недействительна
plugins-name = Имя
plugins-state = Состояние
plugins-version = Версия
plugins-offers = Что предлагает
plugins-offer-source = { $title }, источник
plugins-offer-target = { $title }, приёмник
plugins-sandbox = Песочница
plugins-signature = Подпись
plugins-unknown = неизвестно
plugins-not-running = не используется
plugins-rescan = Проверить файлы ещё раз
plugins-empty = Плагинов нет
plugins-empty-next = Скопируйте плагин в папку plugins рядом с plugins.toml, и он появится здесь; или добавьте его командой orgsync plugin add FILE.
plugins-unlisted = Файлы не из списка
plugins-unlisted-lead = Файлы из папки плагинов не запускаются, пока они не указаны в plugins.toml. Сначала сравните SHA-256 с тем, что сообщает поставщик.
plugins-by-hand = Строки для plugins.toml
plugins-lines = Чтобы внести файл в список вручную, добавьте эти строки в конец plugins.toml:
plugins-lines-instead = Плагин { $name } уже есть в plugins.toml. Чтобы он использовал этот файл, укажите в его записи эти path и sha256:
plugins-add = Добавить { $name }
plugins-replace = Использовать этот файл для { $name }
plugins-add-lead = Файл { $file } станет плагином { $name } в plugins.toml с закреплённым SHA-256 и сразу загрузится.
plugins-add-replaces = Плагин { $name } уже есть в plugins.toml. Теперь он будет использовать файл { $file } с закреплённым SHA-256; его ограничения и песочница останутся прежними.
plugins-add-sandbox = Он выполняется в собственных рабочих процессах в песочнице: читает системные файлы и пути из своих параметров, пишет во временный каталог и может подключаться к любому порту TCP. Чтобы разрешить ему больше или меньше, задайте [plugin.sandbox] в plugins.toml.
plugins-no-plugin = Файл не сообщает, что он собой представляет, поэтому не может быть плагином. Причина:
plugin-missing-lead = Файла { $path } нет.
plugin-calls-itself = Собственное имя
plugin-vendor = Поставщик
plugin-size = Размер
plugin-sha256 = SHA-256
plugin-fallback-sha256 = SHA-256 файла, который нельзя использовать
plugin-path = Файл
plugin-abi = Версия ABI
plugin-not-listed = Нет в plugins.toml
plugin-offer-title = Название
plugin-offer-kind = Вид
plugin-offer-type = Тип
plugin-kind-source = источник
plugin-kind-target = приёмник
plugin-used = Где используется
plugin-unused = То, что он предлагает, не использует ни один источник и ни один приёмник.
plugin-enabled = Включён
plugin-manifest = Манифест
notice-plugins-rescanned = plugins.toml и файлы плагинов проверены.
notice-plugin-added = Плагин { $name } теперь есть в plugins.toml.
notice-plugin-updated = Для плагина { $name } в plugins.toml теперь указан этот файл.

### Logs

logs-system = Системный журнал
logs-records = Исходные записи
logs-event = Строка системного журнала
logs-record = Исходная запись
logs-level = Уровень не ниже
logs-text = Текст
logs-task-id = Идентификатор задачи
logs-day = День (UTC)
logs-day-size = { $day } ({ $size })
logs-live = В реальном времени
logs-newest = Последние строки
logs-older = Более ранние строки
logs-other-lines = Другие строки
logs-look-further = Искать дальше
logs-looked-since = Просмотрено всё начиная с { $day } (UTC).
logs-looking = Начиная с { $day } (UTC) ничего нет. Поиск продолжается…
logs-left-out = Одновременно поступило больше строк, чем здесь показано. Прочитать строки перед этой
logs-before = Прочитать строки перед этой
logs-too-long = Строка слишком длинная, чтобы показать её целиком. Полностью она есть в файле за этот день в каталоге журналов.
logs-none-found = Нет подходящих строк
logs-none-found-next = Строки тех уровней, которые исключает log_level, не записываются, а файлы старше log_keep_days удалены.
logs-empty = В журнале нет строк
logs-empty-next = Что записывается, определяет log_level, а файлы старше log_keep_days удалены.
logs-records-lead = Записи в том виде, в каком их передали источники; это персональные данные. Значения ключей, похожих на секреты, скрыты.
logs-no-records-found = Нет подходящих исходных записей
logs-no-records-found-next = Файлы старше raw_records_keep_days удалены.
logs-no-records = Исходных записей нет
logs-no-records-next = Они появляются, когда источник синхронизируется или клиент отправляет записи; файлы старше raw_records_keep_days удалены.
logs-unlogged = По политике источника { $source } его исходные записи не сохраняются в журнал.
logs-time = Время
logs-part = Часть программы
logs-cut = Здесь показано только начало.
logs-open-event = Открыть эту строку отдельно
logs-open-record = Открыть эту запись отдельно
logs-source = Источник
logs-task = Задача
logs-type = Тип
logs-uid = UID
logs-no-record = Эта строка — неполная запись; возможно, она осталась после сбоя.

### Tokens

scope-admin = Всё, включая источники, плагины и токены.
scope-operate = Чтение, а также синхронизация, повтор, остановка, утверждение, отклонение и откат.
scope-read = Только чтение.
scope-push = Только отправка записей. Войти на эту страницу с таким токеном нельзя.
tokens-new = Новый токен
tokens-lead = Клиенты HTTP API и те, кто входит сюда, предъявляют токен. Токена администратора из каталога данных в этом списке нет; он действует всегда.
tokens-empty = Токенов пока нет
tokens-empty-next = Создайте отдельный токен для каждого клиента и каждого человека, чтобы каждый можно было отозвать отдельно.
tokens-name = Имя
tokens-scopes = Области действия
tokens-source = Источник
tokens-any-source = любой
tokens-created = Создан
tokens-expires = Действителен до
tokens-never-expires = бессрочно
tokens-expired = истёк
tokens-used = Последнее использование
tokens-never-used = ещё не использовался
tokens-actions = Действия
tokens-own = этот сеанс
tokens-revoke = Отозвать
tokens-revoke-name = Отозвать { $name }
tokens-revoke-lead = Запросы с токеном { $name } больше не будут приниматься, а сеансы тех, кто вошёл с ним, завершатся. Отменить это нельзя.
tokens-revoke-own = С этим токеном вошли вы сами: вам придётся войти с другим.
tokens-name-help = Для кого или для чего этот токен, например «Ночная выгрузка из отдела кадров».
tokens-scopes-help = Что разрешает токен. Достаточно одной области; несколько складываются.
tokens-source-help = Токен, который позволяет только отправлять записи, можно ограничить одним источником.
tokens-source-any = Любой источник
tokens-end = Окончание действия
tokens-end-days =
    { $n ->
        [one] через { $n } день
        [few] через { $n } дня
        [many] через { $n } дней
       *[other] через { $n } дня
    }
tokens-end-year = через год
tokens-end-never = никогда
tokens-end-day = после выбранного дня
tokens-day = Последний день
tokens-day-help = Токен действителен до конца этого дня.
tokens-make = Создать токен
tokens-wrong = Токен не создан. Исправьте то, что отмечено ниже.
tokens-wrong-name = Имя содержит от 1 до 100 символов, без управляющих символов.
tokens-wrong-taken = Токен с таким именем уже есть. Если вы отправили эту форму дважды, токен был создан в первый раз. Если вы не скопировали его текст, отзовите его и создайте другой.
tokens-wrong-scopes = Выберите хотя бы одну область действия.
tokens-wrong-source = Одним источником можно ограничить только токен, который позволяет лишь отправлять записи.
tokens-wrong-source-gone = Такого источника больше нет.
tokens-wrong-day = Выберите день, который ещё не закончился.
token-made = Токен { $name } создан
token-once = Скопируйте его сейчас. Он показывается один раз и нигде не хранится, поэтому получить его снова нельзя. Перезагрузка этой страницы не создаёт новый токен.
token-text = Токен
token-header = Клиенты отправляют его в заголовке:
token-back = К списку токенов
notice-token-revoked = Токен { $name } отозван.

### Targets

target-reachable = принимает данные
target-unreachable = ничего не принимает
target-trouble = До него ничего не доходит:
target-retry-at = Следующая попытка
target-retry = Отправить всё ещё раз сейчас
target-deliveries = Доставки
target-none = Здесь ничего нет
target-remote-id = Идентификатор в приёмнике
target-not-there = там ещё нет
notice-target-gone = Приёмник { $name } удалён.
notice-target-retried = Не принятые и ожидающие записи отправляются ещё раз.

### Overview

overview-attention = Требует внимания
overview-calm = Ничто не требует внимания.
overview-held = Задача { $batch } источника { $source } удержана: без утверждения из неё ничего не будет записано.
overview-failed = Последняя задача источника { $source } завершилась с ошибкой.
overview-partial = В последней задаче источника { $source } пропущены записи с ошибками.
overview-dangling = { $source } называет отделы, которых не даёт: { $uids }
overview-not-runnable = Источник { $source } нельзя синхронизировать.
overview-plugin = Плагин { $plugin } нельзя использовать.
overview-fallback = Плагин { $plugin } продолжает работать в последней исправной версии: его файл нельзя использовать.
overview-plugins-file = Ошибка в plugins.toml или в папке плагинов.
overview-target = Приёмник { $target } сейчас ничего не принимает.
overview-deliveries =
    { $n ->
        [one] Приёмник { $target } не принимает { $n } запись.
        [few] Приёмник { $target } не принимает { $n } записи.
        [many] Приёмник { $target } не принимает { $n } записей.
       *[other] Приёмник { $target } не принимает { $n } записи.
    }
overview-tls-stale = Сертификат TLS из файла нельзя использовать; по-прежнему действует предыдущий.
overview-tls-expired = Срок действия сертификата TLS истёк.
overview-running = Выполняется сейчас
overview-directory = В каталоге
overview-users = Пользователи
overview-departments = Отделы
overview-sources = Источники
overview-disabled = отключено: { $n }
overview-last-days = Последние 30 дней
overview-tasks-by-status = Задачи по состоянию
overview-changes = Изменения
overview-durations = Длительность задач
overview-removed = отключено или удалено
overview-failed-records = записи с ошибкой
overview-median = медиана
overview-longest = максимум
overview-most = макс. { $n }
overview-no-tasks = За эти дни не началась ни одна задача.
overview-table = В виде таблицы
overview-day = День
