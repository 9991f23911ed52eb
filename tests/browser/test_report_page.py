# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML report in a real browser: what people do with it, and what names from servers must not do."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from ansible_collections.deskops.vdi.plugins.module_utils._sessions.record import SessionRecord
from ansible_collections.deskops.vdi.plugins.module_utils._sessions.reports import (
    AuditOptions,
    AuditWriter,
    SourceResult,
)

NOW = datetime.datetime(2026, 3, 10, 12, 0, 0, tzinfo=datetime.UTC)
SCRIPT_USER = "<script>alert(1)</script>"
# Long enough to never matter: the tests wait for what the page does, not for a time to pass.
PATIENCE = 120


def session(number: int, **values: Any) -> SessionRecord:
    return SessionRecord(**{"platform": "ras", "farm": "Oslo", "id": f"s{number}", "user": f"user{number}", **values})


FEW = [
    session(1, user="dora", state="active", host="rds-10", idle_seconds=90),
    session(2, user="Anna", state="disconnected", host="rds-9", idle_seconds=36000, domain="CORP"),
    session(3, user=None, state="unknown", host=None, idle_seconds=None),
    session(4, user="bert", state="active", host="rds-9", idle_seconds=7200, platform="cvad", farm="London"),
    session(5, user=SCRIPT_USER, state="idle", host="<b>rds</b>", idle_seconds=3600, applications=["<img src=x>"]),
]


class Report:
    """A report that stands open in the browser."""

    def __init__(self, browser: webdriver.Chrome, path: Path):
        self.browser = browser
        browser.get_log("performance")
        browser.get_log("browser")
        browser.get(path.as_uri())

    def grid(self, noun: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, f'[data-noun="{noun}"]')

    def head(self, noun: str, label: str) -> WebElement:
        heads = self.grid(noun).find_elements(By.CSS_SELECTOR, "thead th")
        return next(head for head in heads if head.text.split("\n")[0].split(" ")[0] == label.split(" ", maxsplit=1)[0])

    def button(self, noun: str, text: str) -> WebElement:
        buttons = self.grid(noun).find_elements(By.CSS_SELECTOR, ".pages button")
        return next(button for button in buttons if button.text == text)

    def column(self, noun: str, label: str) -> list[str]:
        """The texts of a column as they are shown, from the top."""
        cells = self.grid(noun).find_elements(By.CSS_SELECTOR, f'tbody td[data-label="{label}"]')
        return [cell.text.split("\n")[0] for cell in cells]

    def status(self, noun: str) -> str:
        return self.grid(noun).find_element(By.CSS_SELECTOR, "[role=status]").text

    def search(self, noun: str) -> WebElement:
        return self.grid(noun).find_element(By.CSS_SELECTOR, "input[type=search]")

    def sorted_as(self, noun: str, label: str, order: str) -> None:
        """Wait until a column is sorted."""
        WebDriverWait(self.browser, PATIENCE).until(
            lambda _: self.head(noun, label).get_attribute("aria-sort") == order
        )

    def evaluate(self, expression: str) -> Any:
        return self.browser.execute_script(f"return {expression}")


def network(browser: webdriver.Chrome, event: str) -> list[dict[str, Any]]:
    """What the browser's network did since the last look."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [message["params"] for message in messages if message["method"] == f"Network.{event}"]


def asked_for(browser: webdriver.Chrome, page: Path) -> set[str]:
    """The addresses that a page asked for; Chromium's own first page asks for some, too."""
    requests = [params for params in network(browser, "requestWillBeSent") if params["documentURL"] == page.as_uri()]
    return {params["request"]["url"] for params in requests}


@pytest.fixture
def opened(browser: webdriver.Chrome, folder: Path) -> Iterator[Callable[..., Report]]:
    """Writes a report and opens it; at the end the page must have asked for nothing and complained about nothing."""

    def open_report(sessions: Sequence[SessionRecord], formats: Sequence[str] = ("html",), **options: Any) -> Report:
        wanted = {name: folder / f"audit 1.{name}" for name in formats}
        with AuditWriter(AuditOptions(reports=wanted, **options), now=NOW) as writer:
            writer.add(sessions)
            sources = [SourceResult("ras", "Oslo"), SourceResult("cvad", "London", error="No <b>answer</b>.")]
            writer.finish(sources)
        return Report(browser, wanted["html"])

    yield open_report
    page = folder / "audit 1.html"
    # The icon stands in the page itself, as data.
    assert asked_for(browser, page) <= {page.as_uri(), "data:,"}
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_click_sorts_and_another_one_turns_it_round(opened: Callable[..., Report]) -> None:
    report = opened(FEW)
    assert report.column("sessions", "User") == ["dora", "Anna", "", "bert", SCRIPT_USER]
    report.head("sessions", "User").click()
    report.sorted_as("sessions", "User", "ascending")
    assert report.column("sessions", "User") == [SCRIPT_USER, "Anna", "bert", "dora", ""]
    report.head("sessions", "User").click()
    report.sorted_as("sessions", "User", "descending")
    assert report.column("sessions", "User") == ["dora", "bert", "Anna", SCRIPT_USER, ""]


def test_times_sort_as_times_and_hosts_by_their_numbers(opened: Callable[..., Report]) -> None:
    report = opened(FEW)
    report.head("sessions", "Idle").click()
    report.sorted_as("sessions", "Idle", "ascending")
    assert report.column("sessions", "Idle") == ["1 min", "1 h", "2 h", "10 h", ""]
    report.head("sessions", "Host").click()
    report.sorted_as("sessions", "Host", "ascending")
    assert report.head("sessions", "Idle").get_attribute("aria-sort") is None
    assert report.column("sessions", "Host") == ["<b>rds</b>", "rds-9", "rds-9", "rds-10", ""]


@pytest.mark.parametrize("turn", [1, 2])
def test_what_is_unknown_comes_last_either_way(opened: Callable[..., Report], turn: int) -> None:
    report = opened(FEW)
    for _step in range(turn):
        report.head("sessions", "Host").click()
    assert report.column("sessions", "Session")[-1] == "s3"


def test_typing_filters(opened: Callable[..., Report]) -> None:
    report = opened(FEW)
    assert report.status("sessions") == "1 to 5 of 5 sessions"
    report.search("sessions").send_keys("RDS-9 an")
    assert report.column("sessions", "Session") == ["s2"]
    assert report.status("sessions") == "1 to 1 of 1 that match, of 5 sessions"
    report.search("sessions").send_keys("zzz")
    assert report.column("sessions", "Session") == []
    assert "None of the sessions matches." in report.grid("sessions").text
    report.search("sessions").send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)
    assert report.column("sessions", "Session") == ["s1", "s2", "s3", "s4", "s5"]


def test_choices_filter_together_with_typing_and_sorting(opened: Callable[..., Report]) -> None:
    report = opened(FEW)
    labels = report.grid("sessions").find_elements(By.CSS_SELECTOR, ".grid-tools label")
    state = next(label for label in labels if label.text.startswith("State"))
    Select(state.find_element(By.TAG_NAME, "select")).select_by_visible_text("Active (2)")
    assert report.column("sessions", "Session") == ["s1", "s4"]
    report.head("sessions", "Session").click()
    report.head("sessions", "Session").click()
    assert report.column("sessions", "Session") == ["s4", "s1"]
    report.search("sessions").send_keys("london")
    assert report.column("sessions", "Session") == ["s4"]


def test_the_keyboard_alone_sorts_and_filters(opened: Callable[..., Report]) -> None:
    report = opened(FEW)
    report.search("sessions").send_keys("rds")
    active = report.browser.switch_to.active_element
    for _step in range(40):
        active.send_keys(Keys.TAB)
        active = report.browser.switch_to.active_element
        if active.tag_name == "button" and active.text.startswith("Host"):
            break
    assert active.text.startswith("Host")
    assert report.evaluate("document.activeElement.matches(':focus-visible')")
    assert report.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    active.send_keys(Keys.ENTER)
    report.sorted_as("sessions", "Host", "ascending")
    assert report.column("sessions", "Session") == ["s5", "s2", "s4", "s1"]
    active.send_keys(Keys.SPACE)
    report.sorted_as("sessions", "Host", "descending")
    assert report.column("sessions", "Session") == ["s1", "s2", "s4", "s5"]
    assert report.evaluate("document.activeElement.textContent").startswith("Host"), "the focus stays"


def test_everything_that_takes_input_has_a_name(opened: Callable[..., Report]) -> None:
    report = opened(FEW, policies={"idle_longer_than": "30m"})
    controls = report.browser.find_elements(By.CSS_SELECTOR, "input, select, button, [tabindex='0'], svg[role=img]")
    controls = [control for control in controls if control.is_displayed()]
    assert len(controls) > 20
    # Chromium's own computation of what a screen reader says.
    assert [control.get_attribute("outerHTML") for control in controls if not control.accessible_name.strip()] == []


def test_names_from_servers_are_text(opened: Callable[..., Report]) -> None:
    report = opened(FEW, policies={"idle_longer_than": "30m"}, title="<i>Audit</i>")
    with pytest.raises(NoAlertPresentException):
        report.browser.switch_to.alert.dismiss()
    assert SCRIPT_USER in report.column("sessions", "User")
    assert SCRIPT_USER in report.column("findings", "User")
    assert "<img src=x>" in report.column("sessions", "In use")
    assert "No <b>answer</b>." in report.browser.find_element(By.CLASS_NAME, "alert").text
    assert report.browser.title == "<i>Audit</i>"
    assert report.evaluate("document.querySelectorAll('main img, td b, th b, dd b, h1 i').length") == 0
    assert report.evaluate("document.scripts.length") == 3


def test_even_markup_that_got_in_could_neither_run_nor_ask(opened: Callable[..., Report], folder: Path) -> None:
    report = opened(FEW)
    page = folder / "audit 1.html"
    assert page.as_uri() in asked_for(report.browser, page), "else the recording does not work"
    told = report.browser.execute_async_script(
        """
        const done = arguments[arguments.length - 1], told = [];
        document.addEventListener("securitypolicyviolation", (event) => {
          told.push(event.effectiveDirective);
          if (told.length === 3) done(told.sort());
        });
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        const image = document.createElement("img");
        image.src = "http://127.0.0.1:9/x.png";
        const box = document.createElement("p");
        box.innerHTML = "<b style='color: red'>x</b>";
        document.body.append(script, image, box);
        """
    )
    assert told == ["img-src", "script-src-elem", "style-src-attr"]
    assert report.evaluate("window.ran") is None
    assert [params.get("blockedReason") for params in network(report.browser, "loadingFailed")] == ["csp"]
    refused = [entry["message"] for entry in report.browser.get_log("browser")]
    assert len(refused) == 3
    assert all("Content Security Policy" in message for message in refused)


def test_findings_stand_before_the_charts_and_failures_before_them(opened: Callable[..., Report]) -> None:
    report = opened(FEW, policies={"idle_longer_than": "90m", "forbidden_users": ["dora"]})
    tops = [
        report.browser.find_element(By.CSS_SELECTOR, selector).rect["y"]
        for selector in (".alert", "[data-noun=findings]", ".charts", "[data-noun=sessions]")
    ]
    assert tops == sorted(tops)
    assert sorted(zip(report.column("findings", "Session"), report.column("findings", "Measured"), strict=True)) == [
        ("s1", "dora"),
        ("s2", "10 h"),
        ("s4", "2 h"),
    ]


def test_charts_are_drawn_in_proportion(opened: Callable[..., Report]) -> None:
    report = opened(FEW)
    charts = report.browser.find_elements(By.CSS_SELECTOR, ".charts figure")
    by_farm = next(chart for chart in charts if chart.text.startswith("By farm"))
    widths = [fill.size["width"] for fill in by_farm.find_elements(By.CSS_SELECTOR, ".fill")]
    assert widths[1] == pytest.approx(widths[0] / 4, abs=1.5), "4 sessions against 1"
    idle = next(chart for chart in charts if chart.text.startswith("Idle time"))
    heights = [round(fill.size["height"]) for fill in idle.find_elements(By.CSS_SELECTOR, "rect.fill")]
    # Of the five sessions one has no idle time; the others: 90 s; 1 h and 2 h; 10 h.
    assert len(heights) == 7
    assert heights[0] * 2 == pytest.approx(heights[3], abs=2)
    assert [height > 0 for height in heights] == [True, False, False, True, False, True, False]


def test_ten_thousand_rows_open_sort_and_filter(opened: Callable[..., Report], folder: Path) -> None:
    # 7919 is a prime: the numbers come in no order, and each of them once.
    numbers = [number * 7919 % 12_000 for number in range(12_000)]
    sessions = [session(number, host=f"host-{number}", idle_seconds=number) for number in numbers]
    report = opened(sessions, ("html", "csv"))
    assert report.status("sessions") == "1 to 100 of 10,000 sessions"
    assert len(report.column("sessions", "Session")) == 100
    listed = sorted(numbers[:10_000])
    report.head("sessions", "Idle").click()
    report.sorted_as("sessions", "Idle", "ascending")
    assert report.column("sessions", "Session") == [f"s{number}" for number in listed[:100]]
    report.button("sessions", "Last").click()
    assert report.status("sessions") == "9,901 to 10,000 of 10,000 sessions"
    assert report.column("sessions", "Session") == [f"s{number}" for number in listed[-100:]]
    assert report.button("sessions", "Next").get_attribute("aria-disabled") == "true"
    report.head("sessions", "User").click()
    report.sorted_as("sessions", "User", "ascending")
    assert report.column("sessions", "User") == [f"user{number}" for number in listed[:100]]
    report.button("sessions", "Next").click()
    assert report.column("sessions", "User")[0] == f"user{listed[100]}"
    report.search("sessions").send_keys("host-1199")
    assert report.column("sessions", "User") == [f"user{n}" for n in listed if str(n).startswith("1199")]

    note = report.browser.find_element(By.CSS_SELECTOR, "#sessions .note")
    assert "lists the first 10,000 of 12,000 sessions" in note.text
    link = note.find_element(By.TAG_NAME, "a")
    assert link.get_attribute("href") == (folder / "audit 1.csv").as_uri()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_never_scrolls_sideways(opened: Callable[..., Report], width: int) -> None:
    endless = "x" * 300
    sessions = [
        *FEW,
        session(9, user=endless, host=endless, pool=endless, domain=endless, farm=endless, protocol=endless,
                client_name=endless, applications=[endless], idle_seconds=99999, id=endless),
    ]  # fmt: skip
    report = opened(sessions, policies={"idle_longer_than": 60, "forbidden_hosts": ["*"]}, title=endless)
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 700}
    report.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    report.browser.refresh()
    assert report.evaluate("innerWidth") == width
    assert report.evaluate("document.documentElement.scrollWidth") <= width
    assert report.evaluate("document.body.scrollWidth") <= width


def test_a_phone_shows_cards_that_sort_by_a_list(opened: Callable[..., Report]) -> None:
    report = opened([*FEW, *(session(number, user=f"zoe{number}") for number in range(6, 30))])
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    report.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    report.browser.refresh()
    assert report.status("sessions") == "1 to 15 of 29 sessions"
    assert not report.grid("sessions").find_element(By.TAG_NAME, "thead").is_displayed()
    choice = Select(report.grid("sessions").find_element(By.CSS_SELECTOR, ".sort-list select"))
    choice.select_by_visible_text("User, descending")
    assert report.column("sessions", "User")[0] == "zoe29"
    choice.select_by_visible_text("As read")
    assert report.column("sessions", "User")[0] == "dora"
    # Name and value of a cell stand side by side, and texts keep a size that can be read.
    cell = report.grid("sessions").find_element(By.CSS_SELECTOR, 'td[data-label="User"] span')
    assert cell.rect["x"] > 90
    assert float(cell.value_of_css_property("font-size").removesuffix("px")) >= 13


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(report: Report, selector: str) -> float:
    """How a text stands out from what lies behind it."""
    colour, behind = report.evaluate(
        """(() => {
          let node = document.querySelector(arguments[0]);
          const colour = getComputedStyle(node).color;
          while (node && getComputedStyle(node).backgroundColor === "rgba(0, 0, 0, 0)") node = node.parentElement;
          return [colour, getComputedStyle(node).backgroundColor];
        })()""".replace("arguments[0]", json.dumps(selector))
    )
    light, dark = sorted((luminance(colour), luminance(behind)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_scheme_and_can_be_read(opened: Callable[..., Report], scheme: str) -> None:
    report = opened(FEW, policies={"idle_longer_than": "30m", "sessions_per_user_above": 5})
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    report.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    page = luminance(report.evaluate("getComputedStyle(document.body).backgroundColor"))
    text = luminance(report.evaluate("getComputedStyle(document.body).color"))
    assert (page < 0.05 and text > 0.7) if scheme == "dark" else (page > 0.85 and text < 0.05)
    texts = ("h1", "header .muted", ".alert dd", ".tile dt", ".tile-bad dd", ".chips li:not(.chip-bad)", ".chip-bad",
             ".bars th", ".bars .muted", ".sub", ".tag", ".state", ".sources .good", ".sources .bad", ".pages p",
             ".grid-tools label", "thead button")  # fmt: skip
    # 4.5 is what WCAG 2 asks for at level AA.
    assert {selector: ratio for selector in texts if (ratio := contrast(report, selector)) < 4.5} == {}
