"""How fast the addon reads Asterisk's events, compared with panoramisk alone.

A generator of its own process plays direct calls (33 events each, the wire text of a
real Asterisk) over a TCP socket of this machine, as fast as they are taken. They are
read by

* panoramisk's Manager with an empty callback on ``*``, which is the least one can do;
* the addon's session and tracker, with the changed calls taken every 500 events.

Each runs in a process of its own, by turns; the median counts. A third run plays many
calls and watches the memory. A part of bench_listener.py.
"""

import asyncio
import contextlib
import importlib
import multiprocessing
import pathlib
import resource
import statistics
import sys
import time
import types
from datetime import UTC, datetime

ROOT = pathlib.Path(__file__).resolve().parent.parent
ADDON = ROOT / "telephony_connector"
TRACE = ADDON / "tests" / "transcripts" / "01-inbound-answered.txt"
WARM_UP = 2000
BATCH = 500


def load(name):
    """Import a module of the addon's Odoo-free parts, without the addon's models."""
    if "telephony_connector" not in sys.modules:
        package = types.ModuleType("telephony_connector")
        package.__path__ = [str(ADDON)]
        sys.modules["telephony_connector"] = package
    return importlib.import_module("telephony_connector." + name)


# -- the generator -------------------------------------------------------------------


def template():
    """Return the events of one call, with {0}, {1} and {2} for what differs."""
    text = TRACE.read_bytes().decode()
    blocks = [b for b in text.split("\r\n\r\n") if b.startswith("Event: ")]
    text = "\r\n\r\n".join(blocks) + "\r\n\r\n"
    bridge = next(b for b in blocks if "BridgeCreate" in b).split("BridgeUniqueid: ")[1]
    for old, new in (
        ("1795501889.0", "{0}.0"),
        ("1795501889.1", "{0}.1"),
        ("trunk-00000000", "trunk-{1}"),
        ("1001-00000001", "1001-{1}"),
        (bridge.split("\r\n")[0], "{2}"),
    ):
        text = text.replace(old, new)
    return text, len(blocks)


def generate(pipe, calls):
    """Be a PBX: let one client log in, play the calls, wait until it has gone."""
    asyncio.run(_serve(pipe, calls))


async def converse(reader, writer, on_login):
    """Answer a client's actions, all with yes, until it hangs up."""
    writer.write(b"Asterisk Call Manager/11.0.0\r\n")
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            action = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = [line for line in action.split("\r\n") if line]
            headers = dict(line.split(": ", 1) for line in lines)
            answer = f"Response: Success\r\nActionID: {headers['ActionID']}\r\n"
            if headers["Action"] == "Challenge":
                answer += "Challenge: 123456789\r\n"
            writer.write((answer + "Message: OK\r\n\r\n").encode())
            if headers["Action"] == "Login":
                on_login(writer)


async def _serve(pipe, calls):
    text, _count = template()
    served = asyncio.Event()
    playing = []

    async def client(reader, writer):
        def begin(writer):
            playing.append(asyncio.create_task(play(writer)))

        await converse(reader, writer, begin)
        for task in playing:
            task.cancel()
        served.set()

    async def play(writer):
        await asyncio.sleep(0.2)
        for first in range(0, calls, 20):
            numbers = range(first, min(first + 20, calls))
            chunk = "".join(
                text.format(1795501889 + n, f"{n:08x}", f"bridge-{n:08x}")
                for n in numbers
            )
            writer.write(chunk.encode())
            await writer.drain()

    server = await asyncio.start_server(client, "127.0.0.1", 0)
    async with server:
        pipe.send(server.sockets[0].getsockname()[1])
        await served.wait()


# -- the readers ---------------------------------------------------------------------


def read_with_panoramisk(port, expected, pipe):
    from panoramisk import Manager

    async def main():
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        seen = 0

        def callback(_manager, _event):
            nonlocal seen
            seen += 1
            if seen == expected:
                done.set_result(None)

        logged_in = asyncio.Event()
        manager = Manager(
            loop=loop,
            host="127.0.0.1",
            port=port,
            username="odoo",
            secret="x",
            on_login=lambda _manager: logged_in.set(),
        )
        manager.register_event("*", callback)
        await manager.connect()
        await logged_in.wait()
        started, cpu = time.perf_counter(), time.process_time()
        await done
        pipe.send((time.perf_counter() - started, time.process_time() - cpu, 0))
        loop.stop()

    loop = asyncio.new_event_loop()
    loop.create_task(main())
    loop.run_forever()


def read_with_addon(port, expected, pipe, warm_up=0):
    session, tracker = load("ami.session"), load("ami.tracker")
    dialplan = load("ami.dialplan")

    async def main():
        done = asyncio.get_running_loop().create_future()
        plan = dialplan.Dialplan(internal_numbers=frozenset({"1001"}))
        calls = tracker.Tracker(plan, _now)
        seen = ended = base = 0

        def on_event(event):
            nonlocal seen, ended, base
            calls.feed(event)
            seen += 1
            if seen % BATCH == 0 or seen == expected:
                ended += sum(c.state == "ended" for c in calls.pop_changes())
                calls.pop_presences()
                calls.expire(_now())
            if seen == warm_up:
                base = _rss()
            if seen == expected:
                done.set_result(None)

        settings = session.Settings(
            host="127.0.0.1", port=port, username="odoo", secret="x"
        )
        connection = session.Session(settings, on_event)
        await connection.open()
        started, cpu = time.perf_counter(), time.process_time()
        await done
        elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
        if ended * 33 != expected:
            raise AssertionError(f"{ended} calls told, {expected} events sent")
        pipe.send((elapsed, cpu, (_rss() - base) / 1024 if base else 0))
        await connection.close()

    asyncio.run(main())


def _now():
    return datetime.now(UTC).replace(tzinfo=None)


def _rss():
    """Return the present resident memory in KB."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def run(reader, calls, *args):
    """Play calls to a reader; return its seconds, CPU seconds and growth in MB."""
    context = multiprocessing.get_context("spawn")
    port_end, port_sender = context.Pipe(duplex=False)
    result_end, result_sender = context.Pipe(duplex=False)
    generator = context.Process(target=generate, args=(port_sender, calls))
    generator.start()
    port = port_end.recv()
    expected = calls * template()[1]
    process = context.Process(
        target=reader, args=(port, expected, result_sender, *args)
    )
    process.start()
    result_sender.close()
    result = result_end.recv()
    process.join()
    generator.join(10)
    generator.terminate()
    return result


def measure(calls=6000, rounds=3, memory_calls=100_000):
    """
    :return: the figures of reading alone, by name.
    """
    events = calls * template()[1]
    alone, ours = [], []
    for _round in range(rounds):
        alone.append(run(read_with_panoramisk, calls))
        ours.append(run(read_with_addon, calls))
    rate_alone = statistics.median(events / result[0] for result in alone)
    rate_ours = statistics.median(events / result[0] for result in ours)
    cpu_alone = statistics.median(events / result[1] for result in alone)
    cpu_ours = statistics.median(events / result[1] for result in ours)
    figures = {
        "events_per_call": template()[1],
        "panoramisk_events_per_s": round(rate_alone),
        "events_per_s": round(rate_ours),
        "ratio": round(rate_ours / rate_alone, 2),
        "panoramisk_events_per_cpu_s": round(cpu_alone),
        "events_per_cpu_s": round(cpu_ours),
        "cpu_ratio": round(cpu_ours / cpu_alone, 2),
    }
    warm_up = WARM_UP * template()[1]
    growth = run(read_with_addon, WARM_UP + memory_calls, warm_up)[2]
    figures |= {"memory_calls": memory_calls, "rss_growth_mb": round(growth, 1)}
    return figures
