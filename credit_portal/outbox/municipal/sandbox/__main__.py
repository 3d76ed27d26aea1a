"""`python -m credit_portal.outbox.municipal.sandbox --port 8001`"""

import argparse
import os
import sys
from pathlib import Path

from .faults import MIX, Faults
from .platform import Platform
from .server import SandboxServer


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description="市信用平台模拟器")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 表示任选空闲端口")
    parser.add_argument("--state", type=Path, help="保存已接收记录的文件或目录；不给则重启后清空")
    parser.add_argument(
        "--faults", type=float, default=0.0, help="故障概率，按固定比例分给各种故障"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME=P",
        help=f"单项故障概率，可重复：{' '.join(MIX)}",
    )
    parser.add_argument("--hang-seconds", type=float, default=8.0, help="挂起时长")
    parser.add_argument("--delay", type=float, default=0.0, help="每次答复前等待的秒数")
    parser.add_argument("--no-dedupe", action="store_true", help="不按幂等键去重")
    parser.add_argument("--seed", type=int, help="随机数种子")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    faults = Faults.mixed(given.faults, hang_seconds=given.hang_seconds, seed=given.seed)
    faults.delay = given.delay
    for pair in given.fault:
        name, _, chance = pair.partition("=")
        faults.set(name, float(chance))
    key_id = os.environ.get("PORTAL_MUNICIPAL_KEY_ID", "sandbox")
    secret = os.environ.get("PORTAL_MUNICIPAL_SECRET", "sandbox-secret")
    platform = Platform(journal_of(given.state), dedupe=not given.no_dedupe)
    server = SandboxServer((given.host, given.port), platform, faults, {key_id: secret})
    sys.stdout.write(f"http://{given.host}:{server.server_address[1]}\n")
    sys.stdout.flush()
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        sys.stdout.write("stopped\n")


def journal_of(state: Path | None) -> Path | None:
    if state is not None and (state.is_dir() or not state.suffix):
        state.mkdir(parents=True, exist_ok=True)
        return state / "effects.jsonl"
    return state


if __name__ == "__main__":
    main()
