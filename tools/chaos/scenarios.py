"""What breaks, and what is measured of it. Each scenario is a function of a stand, the
traffic on it and ``note(what, seconds, bar)``; the bars are seconds, too."""

import signal
import time

from tools.stack.demo_data import create_pbx
from tools.stack.odoo import Odoo

from .stand import MODES
from .traffic import forget_all

SCENARIOS = []
TAKEOVER = {"processes": 5, "threaded": 90, "prefork": 90}
SILENCE = 15
# As long as an answer is waited for.
UNANSWERED = 15
SETTINGS = 5
STOP = 2
UNINSTALL = 5
# What is asked after a login.
LISTS = (
    "ListCommands",
    "CoreShowChannels",
    "ExtensionStateList",
    "DeviceStateList",
    "QueueStatus",
)


def scenario(text, modes=tuple(MODES)):
    """Take a function among the scenarios, in the order in which they are played."""

    def register(function):
        SCENARIOS.append((function.__name__, text, modes, function))
        return function

    return register


@scenario("AMI connection reset")
def ami_closed(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    stand.proxy.cut()
    traffic.meanwhile()
    note("connected again", stand.until_connected(after=count), SETTINGS)
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("AMI connection cut in the middle of an event")
def ami_in_mid_event(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    stand.proxy.cut_in_mid_event()
    traffic.meanwhile()
    note("connected again", stand.until_connected(after=count), SETTINGS)
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("AMI connection half-open: nothing comes, nothing is refused")
def ami_half_open(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    stand.proxy.stall()
    began = time.monotonic()
    traffic.meanwhile()
    stand.until(
        "the silence to be noticed", lambda: stand.connection()[0] != "connected", 60
    )
    note("silence noticed", time.monotonic() - began, SILENCE)
    stand.proxy.heal()
    note("connected again", stand.until_connected(after=count), 30)
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("AMI refuses each of the lists after the login, one after the other")
def lists_refused(stand, traffic, note):
    spoil_lists(stand, traffic, note, "refused", SETTINGS)


@scenario("AMI does not answer each of the lists after the login, one after the other")
def lists_unanswered(stand, traffic, note):
    spoil_lists(stand, traffic, note, "unanswered", UNANSWERED)


def spoil_lists(stand, traffic, note, way, limit):
    """Users can call and are called, whichever list fails, and the form says which."""
    traffic.begin()
    connected, shown, rung = [], [], []
    for name in LISTS:
        _state, count = stand.connection()
        stand.proxy.spoil(**{way: [name]})
        stand.proxy.cut()
        connected.append(stand.until_connected(after=count))
        began = time.monotonic()
        talk = traffic.talk()
        rung.append(traffic.click_and_ring())
        talk.hang_up()
        traffic.until_logged(talk, "ended")
        stand.until(
            f"the form to name {name}", lambda name=name: stand.problems() == [name], 60
        )
        shown.append(time.monotonic() - began)
    _state, count = stand.connection()
    stand.proxy.spoil()
    traffic.short.hang_up()
    stand.proxy.cut()
    stand.until_connected(after=count)
    took = stand.until("the form to name nothing", lambda: not stand.problems(), 60)
    # Sessions that end within seconds are no success: the pauses grow.
    note("connected again, at worst", max(connected), 30)
    note("a click rings after, at worst", max(rung), SETTINGS)
    note("the form says so, at worst", max(shown), limit)
    note("all is well again", took, SETTINGS)
    traffic.until_logged(traffic.short, "ended")
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("permissions of the account taken away while connected, and given back")
def permissions_taken_away(stand, traffic, note):
    """Asterisk goes by what was allowed at the login."""
    traffic.begin()
    allowed = stand.set_permissions("call")
    note("a click rings after", traffic.click_and_ring(), SETTINGS)
    _state, count = stand.connection()
    stand.proxy.cut()
    traffic.meanwhile()
    note("connected again", stand.until_connected(after=count), SETTINGS)
    took = stand.until("the form to say so", lambda: "originate" in stand.message(), 60)
    note("what is missing is shown", took, SETTINGS)
    traffic.talk().hang_up()
    stand.set_permissions(allowed)
    _state, count = stand.connection()
    stand.admin.call("telephony.pbx", "action_reconnect", [stand.pbx])
    note("connected anew", stand.until_connected(after=count), SETTINGS)
    stand.until("the form to say nothing", lambda: not stand.message(), 60)
    note("a click rings then", traffic.finish(), SETTINGS)


@scenario("Asterisk killed, and started again")
def asterisk_killed(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    stand.asterisk.process.kill()
    stand.until(
        "the loss to be noticed", lambda: stand.connection()[0] != "connected", 5
    )
    forget_all(stand)
    stand.start_asterisk()
    note("connected again", stand.until_connected(after=count), 30)
    for talk in (traffic.long, traffic.ringing, traffic.short):
        took = traffic.until_logged(talk, "ended")
    note("calls that died are ended", took, SETTINGS)
    traffic.talk()
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("listener killed (-9), another one stands by")
def listener_killed(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    stand.kill(stand.leader())
    began = time.monotonic()
    traffic.meanwhile()
    stand.until_connected(120, after=count)
    note("taken over", time.monotonic() - began, TAKEOVER[stand.mode])
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("listener stopped (SIGTERM)", modes=("processes",))
def listener_stopped(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    note("ended", stop_leader(stand), STOP)
    traffic.meanwhile()
    note("taken over", stand.until_connected(after=count), TAKEOVER[stand.mode])
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("listener stopped while the database does not answer", modes=("processes",))
def listener_stopped_without_database(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    with stand.locked("telephony_pbx", "telephony_call"):
        traffic.short.hang_up()
        traffic.talk()
        note("ended", stop_leader(stand), STOP)
    stand.until_connected(after=count)
    note("a click rings after", traffic.finish(), SETTINGS)


def stop_leader(stand):
    """
    :return: the seconds from SIGTERM until the leading process is gone.
    """
    pid = stand.leader()
    [process] = [each for each in stand.listeners if each.pid == pid]
    stand.kill(pid, signal.SIGTERM)
    return stand.until("the listener to end", lambda: not process.is_running, 30)


@scenario("server restarted (SIGTERM)", modes=("threaded", "prefork"))
def server_restarted(stand, traffic, note):
    traffic.begin()
    _state, count = stand.connection()
    began = time.monotonic()
    stand.server.kill(signal.SIGTERM)
    traffic.short.hang_up()
    traffic.talk()
    stand.until("the server to end", lambda: not stand.server.is_running, 60)
    note("server ended", time.monotonic() - began, 10)
    stand.mend()
    stand.reconnect_web_client()
    note("listens again", stand.until_connected(120, after=count), TAKEOVER[stand.mode])
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("PostgreSQL crashed, and started again at once")
def postgres_restarted(stand, traffic, note):
    traffic.begin()
    stand.postgres.crash()
    stand.postgres.resume()
    began = time.monotonic()
    traffic.meanwhile()
    stand.until_connected(120)
    traffic.until_logged(traffic.long, "ongoing", 120)
    traffic.until_logged(traffic.short, "ended", 120)
    note("log right again", time.monotonic() - began, TAKEOVER[stand.mode])
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("PostgreSQL crashed twice within seconds", modes=("processes",))
def postgres_crashed_twice(stand, traffic, note):
    """Both the former leader and its follower may then want the lead back."""
    traffic.begin()
    stand.postgres.crash()
    stand.postgres.resume()
    stand.until("somebody to lead", stand.leader, 10)
    traffic.talk()
    stand.postgres.crash()
    traffic.short.hang_up()
    stand.postgres.resume()
    began = time.monotonic()
    stand.until_connected(120)
    traffic.until_logged(traffic.long, "ongoing", 120)
    traffic.until_logged(traffic.short, "ended", 120)
    note("log right again", time.monotonic() - began, TAKEOVER[stand.mode])
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("PostgreSQL away for 15 s, calls come and go meanwhile")
def postgres_away(stand, traffic, note):
    traffic.begin()
    stand.postgres.crash()
    traffic.short.hang_up()
    # A thread of a server ends with it: what nobody heard is not in the log.
    if stand.mode != "prefork":
        traffic.talk().hang_up()
    traffic.talk()
    time.sleep(15)
    stand.postgres.resume()
    began = time.monotonic()
    stand.mend()
    stand.until_connected(120)
    for talk in traffic.talks:
        is_up = talk.out.state == "up"
        state = "ongoing" if is_up and talk.was_answered else "ended"
        if talk is not traffic.ringing:
            traffic.until_logged(talk, state, 120)
    note("log right again", time.monotonic() - began, TAKEOVER[stand.mode])
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("registry reloaded by another process")
def registry_reloaded(stand, traffic, note):
    traffic.begin()
    stand.sql("INSERT INTO orm_signaling_registry DEFAULT VALUES RETURNING id")
    began = time.monotonic()
    traffic.meanwhile()
    traffic.until_logged(traffic.short, "ended", 120)
    note("log right again", time.monotonic() - began, 30)
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("addon upgraded by another process")
def addon_upgraded(stand, traffic, note):
    traffic.begin()
    began = time.monotonic()
    upgrade = stand.odoo.start_upgrade()
    traffic.meanwhile()
    stand.until("the upgrade to end", lambda: not upgrade.is_running, 300)
    if upgrade.status:
        raise AssertionError(f"the upgrade failed: {upgrade.tail()}")
    note("the upgrade took", time.monotonic() - began, None)
    took = traffic.until_logged(traffic.short, "ended", 120)
    note("log right after it", took, 30)
    note("a click rings after", traffic.finish(), SETTINGS)


@scenario("telephone system added, changed, archived")
def pbx_changed(stand, traffic, note):
    traffic.begin()
    began = time.monotonic()
    other = create_pbx(stand.admin, "127.0.0.1", stand.asterisk.port, name="Other")

    def in_state(*states):
        return lambda: stand.connection(other)[0] in states

    def measure(what, *states):
        stand.until(what, in_state(*states), 60)
        note(what, time.monotonic() - began, SETTINGS)

    measure("added: connected", "connected")
    began = time.monotonic()
    stand.admin.call("telephony.pbx", "write", [other], {"secret": "wrong"})
    measure("changed: refused", "login_refused")
    began = time.monotonic()
    stand.admin.call("telephony.pbx", "write", [other], {"active": False})
    measure("archived: stopped", "stopped")
    note("a click rings after", traffic.finish(), SETTINGS)
    traffic.hang_up()


@scenario("several databases in one server", modes=("threaded", "prefork"))
def several_databases(stand, traffic, note):
    second = Odoo(stand.postgres, f"{stand.odoo.database}_second")
    second.copy(stand.template)
    try:
        with stand.serving(second):
            traffic.begin()
            traffic.meanwhile()
            for _tick in range(5):
                stand.hurry_cron()
                traffic.talk().hang_up()
                traffic.click_and_ring()
            note("a click rings after", traffic.finish(), SETTINGS)
            traffic.settle()
    finally:
        stand.postgres.drop(second.database)


@scenario("addon uninstalled")
def addon_uninstalled(stand, traffic, note):
    traffic.begin()
    traffic.hang_up()
    traffic.settle()
    stand.uninstall()
    took = stand.until("the lead to be given up", lambda: not stand.leader(), 60)
    if stand.mode == "processes":
        took += stand.until(
            "the listeners to end",
            lambda: not any(each.is_running for each in stand.listeners),
            60,
        )
    note("listener ended", took, UNINSTALL)
