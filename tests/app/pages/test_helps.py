"""What would help most is asked for by a click, and each change can be tried as a scenario."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from planner.app.jobs.jobs import StudyJob


def told(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def optimise(app: AppTest) -> None:
    app.button(key="optimise").click().run()
    app.session_state["workspace"].job.wait(300)
    app.run()


def test_it_is_worked_out_only_when_asked_for(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    optimise(app)
    workspace = app.session_state["workspace"]
    assert workspace.job.result.helps == ()
    app.button(key="helps").click().run()
    job: StudyJob[object] = workspace.studies["helps"].job
    job.wait(300)
    app.run()
    assert not app.exception
    found = job.result
    assert found is not None
    # On the command line the same plan names one more dialer and one more agent line first.
    assert "One more dialer like D1" in told(app)
    assert "One more agent line of Solar" in told(app)
    # What holds the plan back is told once, by now with what it costs.
    _, limits = told(app).split("What holds the plan back:")
    assert limits.count("Solar: all 10 agent lines on shift are assigned") == 1
    assert "Solar: all 10 agent lines on shift are assigned; one more would bring" in limits


def test_a_change_can_be_tried_as_a_scenario(app: AppTest) -> None:
    app.run().button(key="open-quickstart").click().run()
    optimise(app)
    workspace = app.session_state["workspace"]
    app.button(key="helps").click().run()
    job = workspace.studies["helps"].job
    job.wait(300)
    app.run()
    app.button(key="help-0").click().run()
    assert not app.exception
    assert workspace.worlds[0].levers.more == job.result.helps[0].set
