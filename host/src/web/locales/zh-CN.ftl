# What the page says, in Chinese.

### Numbers, sizes and times

number = { $n }
size-b = { $n } B
size-kib = { $n } KiB
size-mib = { $n } MiB
size-gib = { $n } GiB
duration-ms = { $n } 毫秒
duration-s = { $n } 秒
duration-min-s = { $a } 分 { $b } 秒
duration-h-min = { $a } 小时 { $b } 分
duration-d-h = { $a } 天 { $b } 小时
time-now = 刚刚
time-minutes-ago = { $n } 分钟前
time-hours-ago = { $n } 小时前
time-days-ago = { $n } 天前
time-in-minutes = { $n } 分钟后
time-in-hours = { $n } 小时后
time-in-days = { $n } 天后

### The frame around every page

nav-label = 主导航
nav-skip = 跳到正文
nav-menu = 菜单
nav-overview = 概览
nav-sources = 数据源
nav-tasks = 任务
nav-users = 用户
nav-departments = 部门
nav-plugins = 插件
nav-logs = 日志
nav-tokens = 令牌
frame-breadcrumbs = 当前位置
frame-language = 语言
frame-theme = 主题
frame-theme-auto = 跟随系统
frame-theme-light = 浅色
frame-theme-dark = 深色
frame-apply = 应用
frame-preferences = 偏好设置
frame-log-out = 退出登录
frame-close = 关闭
frame-cancel = 取消
frame-copy = 复制
frame-copied = 已复制
frame-next = 下一页
frame-first = 第一页
frame-filter = 筛选
frame-clear = 清除筛选条件
frame-all = 全部
frame-none = 无
frame-yes = 是
frame-no = 否

### Logging in

login-title = 登录
login-lead = 请粘贴权限范围为 admin、operate 或 read 的令牌。
login-token = 令牌
login-token-help = 首次启动时，系统已将一个管理员令牌写入数据目录下的 admin-token 文件；使用 orgsync token create 可创建其他令牌。
login-button = 登录
login-refused = 此令牌无效：未知、已过期或已吊销。请检查是否完整复制。
login-wait = 来自此地址的无效令牌过多。请等待一分钟后重试。
login-no-scope = 此令牌只能推送记录。请使用权限范围为 admin、operate 或 read 的令牌登录。
login-needed = 请登录后继续。
login-logged-out = 您已退出登录。

### When something goes wrong

problem-title-400 = 地址无效
problem-title-403 = 您无权执行此操作
problem-title-404 = 此处没有内容
problem-title-409 = 当前状态下无法执行
problem-title-422 = 提交的内容有误
problem-title-503 = 暂时不可用
problem-title-other = 操作未成功
problem-lead-400 = 该地址请求的内容无法识别。请返回上一页，或从概览开始。
problem-lead-403 = 您的令牌没有所需的权限范围。请使用其他令牌登录，或申请具有该权限范围的令牌。
problem-lead-404 = 您查找的内容已被删除，或地址有误。
problem-lead-409 = 您查看之后内容已发生变化，或需要先完成其他操作。
problem-lead-422 = 请返回上一页，更正下列问题。
problem-lead-503 = 请稍候，然后重新加载页面。
problem-lead-other = 请重新加载页面。如果问题再次出现，请在日志中查找该请求 ID。
problem-csrf = 此表单属于另一个会话，或由其他网站提交。请返回上一页，重新加载后再次提交。
problem-detail = 守护进程返回的信息
problem-request = 请求 ID
problem-back = 前往概览

### Words of the domain

status-init = 等待中
status-processing = 运行中
status-success = 成功
status-partial = 部分成功
status-failed = 失败
status-held = 已挂起
status-cancelled = 已取消
count-created = 新建
count-updated = 更新
count-unchanged = 未变
count-disabled = 停用
count-deleted = 删除
count-failed = 失败
counts-none = 无
kind-pull = 插件读取
kind-push = 客户端推送
kind-undo = 撤销
kind-backfill = 回填
op-create = 已创建
op-update = 已更新
op-delete = 已删除
op-disable = 已停用
op-unlink = 已解除关联
op-reject = 已拒绝

### Tasks

tasks-task = 任务
tasks-source = 数据源
tasks-status = 状态
tasks-counts = 记录
tasks-cost = 耗时
tasks-created = 开始时间
tasks-batch = 第 { $n } 号
tasks-empty = 这里没有任务
tasks-empty-next = 同步数据源或客户端推送记录时，会开始一个任务。

### Sources

### Users and departments

people-name = 姓名
people-username = 用户名
people-email = 电子邮件
people-phone = 电话
people-department = 主部门
people-status = 状态
people-source = 数据源
people-sources = 数据源
people-search = 搜索
people-search-users = 姓名、电子邮件或电话
people-search-departments = 名称
people-deleted-ones = 已删除
people-enabled = 已启用
people-disabled = 已停用
people-deleted = 已删除
people-unnamed = 用户 { $id }
people-no-users = 这里还没有用户
people-no-users-next = 首次同步数据源或首次向 HTTP API 推送后，这里会显示用户。
people-none-found = 未找到匹配项
people-none-found-next = 请更改或清除筛选条件。
people-looking = 正在继续查找…
people-look-further = 继续查找
people-called = 名称完全匹配
people-members-of = { $department } 的成员
people-memberships = 部门
people-no-memberships = 不属于任何部门。
people-main = 主部门
people-owner = 负责人
people-links = 来源
people-links-help = 各数据源中对应于此处的记录。
people-uid = UID
people-link-present = 提供中
people-link-gone = 不再提供
people-no-links = 已没有数据源提供此项。
people-custom = 其他字段
people-created = 创建时间
people-updated = 更改时间
people-deleted-at = 删除时间
people-history = 更改历史
people-no-history = 已查看的任务均未更改此项。
people-older = 查看更早的任务
people-newest = 返回最新任务
people-task = { $source }，第 { $batch } 号
people-tree = 部门树
people-no-departments = 这里还没有部门
people-title = 名称
people-members =
    { $n ->
        [0] 无成员
       *[other] { $n } 名成员
    }
people-leads = 负责人：{ $names }
people-below = 下级部门
people-above = 上级部门
people-top = 无：这是顶级部门。
people-more-branches = 显示更多
people-all-members = 全部 { $n } 名成员
people-members-title = 成员

### Plugins

### Logs

### Tokens

### Overview

overview-attention = 需要关注
overview-calm = 没有需要关注的事项。
overview-held = { $source } 的任务 { $batch } 已挂起：获得批准之前不会写入任何内容。
overview-failed = { $source } 的上一个任务失败。
overview-partial = { $source } 的上一个任务略过了失败的记录。
overview-not-runnable = { $source } 无法同步。
overview-plugin = 插件 { $plugin } 无法使用。
overview-fallback = 插件 { $plugin } 的文件无法使用，目前继续使用上一个可用版本。
overview-plugins-file = plugins.toml 或插件文件夹有问题。
overview-target = 目标 { $target } 目前不接收任何内容。
overview-deliveries = 目标 { $target } 拒绝了 { $n } 条记录。
overview-tls-stale = TLS 证书文件无法使用，目前仍在使用之前的证书。
overview-tls-expired = TLS 证书已过期。
overview-running = 正在运行
overview-directory = 目录内容
overview-users = 用户
overview-departments = 部门
overview-sources = 数据源
overview-disabled = { $n } 个已停用
overview-last-days = 最近 30 天
overview-tasks-by-status = 任务（按状态）
overview-changes = 更改
overview-durations = 任务耗时
overview-removed = 停用或删除
overview-failed-records = 失败的记录
overview-median = 中位数
overview-longest = 最长
overview-most = 最大值 { $n }
overview-no-tasks = 这段时间内没有任务开始。
overview-table = 以表格显示
overview-day = 日期
