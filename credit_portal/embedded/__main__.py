"""The commands of `./portal`. Each is a function that gets its arguments and answers an exit code."""

import signal
import sys
from collections.abc import Callable
from typing import Any

from credit_portal.embedded import places as placing
from credit_portal.embedded.say import Trouble, say

Command = Callable[[placing.Places, list[str]], int]


def demo(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded.demo import run

    return run(places, arguments)


def test(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded.testing import run

    return run(places, arguments)


def bench(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded.testing import bench

    return bench(places, arguments)


def check(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded import checking, setup

    setup.quick(places)
    return checking.run(places)


def up(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded import running

    return running.up(places)


def down(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded import running

    return running.down(places)


def manage(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded import running

    return running.manage(places, arguments)


def doctor(places: placing.Places, arguments: list[str]) -> int:
    from credit_portal.embedded.doctor import run

    return run(places, arguments)


COMMANDS: dict[str, Command] = {
    function.__name__: function for function in (demo, test, check, bench, up, down, manage, doctor)
}


def _interrupted(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    # A shell starts background jobs with SIGINT ignored; ours must still stop when asked. SIGHUP stays
    # ignored under nohup.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupted)
    try:
        return COMMANDS[argv[0]](placing.find_places(), argv[1:])
    except Trouble as trouble:
        say(f"! {trouble}")
        return trouble.status
    except KeyboardInterrupt:
        say("已中断。")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
