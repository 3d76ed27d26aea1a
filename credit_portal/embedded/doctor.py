"""`doctor`: one sentence for each thing an installation needs, and what to do where it is wrong."""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from credit_portal.embedded import (
    dependencies,
    doctor_services,
    environment,
    fonts,
    running,
    system,
)
from credit_portal.embedded.places import Places, make_state, port_is_free
from credit_portal.embedded.report import Finding, bad, fine, note
from credit_portal.embedded.say import Trouble
from credit_portal.embedded.servers import Servers, find_servers

ENOUGH_DISK = 2 * 1024**3
FAMILIES = ("FandolFang", "FandolHei", "FandolKai", "Noto Serif CJK SC", "Noto Sans CJK SC")
MARKS = {"fine": "正常", "note": "提示", "bad": "异常"}


@dataclass(frozen=True)
class Patient:
    """The installation under examination."""

    places: Places
    servers: Servers | None
    env: dict[str, str]


def run(places: Places, arguments: list[str]) -> int:
    findings = examine(places)
    broken = [finding for finding in findings if finding.level == "bad"]
    if "--json" in arguments:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(f"[{MARKS[finding.level]}] {finding.subject}：{finding.sentence}")
        print(f"\n共 {len(findings)} 项，异常 {len(broken)} 项。")
    return 1 if broken else 0


def examine(places: Places) -> list[Finding]:
    findings = [_python(), _dependencies(), *_guard("状态目录", lambda: _state(places))]
    findings += [*_components(), *_disk(places), _clock()]
    if not dependencies.are_installed():
        return findings
    patient = _patient(places)
    findings += [*_guard("字体", lambda: _fonts(patient)), *_ports(places)]
    return findings + doctor_services.examine(patient.servers, patient.env, places)


def _patient(places: Places) -> Patient:
    try:
        servers = find_servers(places)
    except Trouble:
        return Patient(places, None, environment.basis(places))
    return Patient(places, servers, running.current_environment(places, servers))


def _guard(subject: str, examination: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """An examination that cannot be made is itself a finding; the others go on."""
    try:
        return list(examination())
    except (OSError, Trouble) as error:
        return [bad(subject, f"无法检查：{error}")]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return fine("Python", f"版本 {version}。")
    return bad("Python", f"版本 {version}，需要 3.11 至 3.13。请删除 .venv 后重新运行。")


def _dependencies() -> Finding:
    if dependencies.are_installed():
        return fine("依赖", "与 requirements.lock 一致。")
    return bad("依赖", "未安装或与 requirements.lock 不一致。请运行 ./portal up，它会自动安装。")


def _state(places: Places) -> Iterator[Finding]:
    make_state(places)
    probe = places.state / ".write-probe"
    probe.write_bytes(b"")
    probe.unlink()
    yield fine("状态目录", f"{places.state} 可写。")


def _components() -> Iterator[Finding]:
    absent = system.missing(system.ALL)
    for need in system.ALL:
        if need not in absent:
            yield fine("系统组件", f"{need.package} 已安装。")
            continue
        sentence = f"缺少 {need.package}（{need.purpose}）。请执行：{system.install_command([need.package])}"
        yield bad("系统组件", sentence) if need in system.PDF else note("系统组件", sentence)


def _fonts(patient: Patient) -> Iterator[Finding]:
    found = fonts.families(patient.env)
    for family in FAMILIES:
        there = family in found if found else _files_hold(family, patient.places)
        if there:
            yield fine("字体", f"{family} 可用。")
        else:
            yield note(
                "字体", f"没有 {family}，PDF 将用其他字体代替。运行 ./portal demo 会尝试下载。"
            )


def _files_hold(family: str, places: Places) -> bool:
    """Without fontconfig's own program the file names must do."""
    index = 0 if family.startswith("Fandol") else 1
    return fonts.is_available(fonts.SETS[index], places)


def _disk(places: Places) -> Iterator[Finding]:
    place = places.state if places.state.exists() else places.checkout
    free = shutil.disk_usage(place).free
    amount = f"{place} 所在磁盘剩余 {free / 1024**3:.1f} GB"
    yield (
        fine("磁盘", f"{amount}。")
        if free > ENOUGH_DISK
        else bad("磁盘", f"{amount}，少于 2 GB，请清理。")
    )


def _clock() -> Finding:
    """Deadlines are computed from this clock; a lock file newer than now proves it wrong."""
    now = time.time()
    newest = dependencies.LOCK.stat().st_mtime
    shown = time.strftime("%Y-%m-%d %H:%M", time.gmtime(now + 8 * 3600))
    if newest > now + 300 or now < 1_760_000_000:
        return bad(
            "时钟", f"系统时间 {shown}（北京时间）早于程序文件的时间，时限计算会出错，请校时。"
        )
    return fine("时钟", f"系统时间 {shown}（北京时间）。")


def _ports(places: Places) -> Iterator[Finding]:
    if running.running_demo(places):
        address = running.running_demo(places)["web_port"]
        yield fine("端口", f"演示系统正在运行：http://127.0.0.1:{address}/")
        return
    for port in (environment.WEB_PORT, environment.SANDBOX_PORT):
        if port_is_free(port):
            yield fine("端口", f"{port} 空闲。")
        else:
            yield note("端口", f"{port} 已被占用，启动时将改用其后的空闲端口。")
