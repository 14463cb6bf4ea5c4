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
nav-logs = Журнал
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
frame-close = Закрыть
frame-cancel = Отмена
frame-copy = Копировать
frame-copied = Скопировано
frame-next = Следующая страница
frame-first = Первая страница
frame-filter = Фильтровать
frame-clear = Сбросить фильтры
frame-all = Все
frame-none = Нет
frame-yes = Да
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
login-logged-out = Вы вышли.

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
counts-none = нет
kind-pull = чтение плагином
kind-push = отправка клиентом
kind-undo = откат
kind-backfill = дозаполнение
op-create = создано
op-update = обновлено
op-delete = удалено
op-disable = отключено
op-unlink = отвязано
op-reject = отклонено

### Tasks

tasks-task = Задача
tasks-source = Источник
tasks-status = Состояние
tasks-counts = Записи
tasks-cost = Длительность
tasks-created = Начало
tasks-batch = № { $n }
tasks-empty = Здесь нет задач
tasks-empty-next = Задача начинается, когда синхронизируется источник или клиент отправляет записи.

### Sources

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
people-main = основной
people-owner = руководитель
people-links = Происхождение
people-links-help = Записи источников, которые ведут сюда.
people-uid = UID
people-link-present = передаётся
people-link-gone = больше не передаётся
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

### Logs

### Tokens

### Overview

overview-attention = Требует внимания
overview-calm = Ничто не требует внимания.
overview-held = Задача { $batch } источника { $source } удержана: без утверждения из неё ничего не будет записано.
overview-failed = Последняя задача источника { $source } завершилась с ошибкой.
overview-partial = В последней задаче источника { $source } пропущены записи с ошибками.
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
